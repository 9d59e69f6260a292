// The message that a reply quotes: above the text until it is sent or taken away.
export class Quote {
  constructor({ box, changed }) {
    Object.assign(this, { box, changed });
    this.field = box.querySelector("input[name=reply_to]");
    box.querySelector("[data-unquote]").addEventListener("click", (event) => {
      event.preventDefault();
      this.set();
      box.closest("form").querySelector("textarea").focus();
    });
  }

  get value() {
    if (!this.field.value) return undefined;
    return { id: this.field.value, author: this.part("author").textContent, words: this.part("words").textContent };
  }

  part(name) { return this.box.querySelector(`[data-${name}]`); }

  set(value) {
    this.field.value = value?.id ?? "";
    draw(this.box, value);
    this.part("words").href = value ? `?around=${value.id}` : "";
    this.part("words").dataset.jump = value ? `message-${value.id}` : "";
    this.changed();
  }
}

// Into whatever has a place for its author and its words.
export function draw(place, value) {
  place.hidden = !value;
  place.querySelector("[data-author]").textContent = value?.author ?? "";
  place.querySelector("[data-words]").textContent = value?.words ?? "";
}

// As its button under the message says it.
export function quoteOf(link) {
  const author = link.closest("article").querySelector(".message__author bdi");
  return { id: link.dataset.quote, author: author?.textContent ?? "", words: link.dataset.words };
}

// Of the message in focus, else of the last that the customer wrote.
export function linkToQuote(log) {
  const focused = document.activeElement?.closest("#log article");
  if (focused) return focused.querySelector("[data-quote]");
  return [...(log?.querySelectorAll("article[data-direction=IN] [data-quote]") ?? [])].at(-1);
}
