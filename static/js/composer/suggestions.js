// What a sign opens beside the cursor: / canned replies in a reply, @ colleagues in a note. The textarea keeps the
// focus; the arrows move through the list, Enter and Tab take, Esc closes.
import { debounce } from "../lib/dom.js";
import { get } from "../lib/posting.js";

const TRIGGERS = {
  reply: /(?:^|\s)\/([^\s/]{0,40})$/u,
  note: /(?:^|[\s(])@([\p{L}\p{N}._'’-]{0,40}(?: [\p{L}\p{N}._'’-]{0,40})?)$/u,
};

export class Suggestions {
  constructor({ box, urlOf, taken }) {
    Object.assign(this, { box, urlOf, taken });
    this.ask = debounce(120, () => this.fetch());
    box.addEventListener("pointerdown", (event) => { if (!event.target.closest("a")) event.preventDefault(); });
    box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
  }

  get open() {
    return !this.box.hidden;
  }

  // A name was written that nothing has.
  get inVain() {
    return this.open && !this.options.length && this.query !== "";
  }

  get options() {
    return [...this.box.querySelectorAll("[role=option]")];
  }

  // After each letter and each move of the cursor.
  look(textarea, kind) {
    const before = textarea.value.slice(0, textarea.selectionStart);
    const match = textarea.selectionStart === textarea.selectionEnd && before.match(TRIGGERS[kind]);
    if (!match) {
      this.dismissed = undefined;
      return this.close();
    }
    const from = before.length - match[1].length - 1;
    if (this.dismissed === from) return;
    const query = match[1];
    if ((this.open || this.asking) && this.textarea === textarea && this.from === from && this.query === query) return;
    Object.assign(this, { textarea, kind, from, query, asking: true, otherwise: undefined });
    this.ask();
  }

  async fetch() {
    this.request?.abort();
    if (!this.asking) return;
    const { textarea, kind, query } = this;
    const request = (this.request = new AbortController());
    let found = "";
    try {
      const response = await get(this.urlOf(kind, query), { signal: request.signal });
      if (response.ok && !response.redirected) found = await response.text();
    } catch {
      // Then there is nothing to offer.
    }
    if (request !== this.request || !this.asking) return;
    this.asking = false;
    if (found && document.activeElement === textarea) this.show(found);
    else this.close();
    this.answer();
  }

  show(found) {
    this.box.innerHTML = found;
    this.box.hidden = false;
    this.textarea.setAttribute("aria-controls", this.box.querySelector("[role=listbox]")?.id ?? "");
    this.select(this.options[0]);
  }

  // Who was faster than the list has pressed for what is first in it; or for nothing of it.
  answer() {
    const { otherwise } = this;
    this.otherwise = undefined;
    if (!otherwise) return;
    if (this.open && this.options.length) this.take(this.options[0]);
    else otherwise();
  }

  select(option) {
    for (const one of this.options) one.setAttribute("aria-selected", String(one === option));
    if (!option) return this.textarea.removeAttribute("aria-activedescendant");
    this.textarea.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  // Whether the key was for the list; while it is still asked for, `otherwise` is what the key does without one.
  key(event, otherwise) {
    if (!this.open && !this.asking) return false;
    if (event.key === "Escape") {
      this.dismiss();
      return true;
    }
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (this.asking && ["Enter", "Tab"].includes(event.key)) {
      this.otherwise = otherwise;
      return true;
    }
    const options = this.options;
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (!options.length) return false;
    if (event.key === "ArrowDown") this.select(options[(at + 1) % options.length]);
    else if (event.key === "ArrowUp") this.select(options.at(at - 1));
    else if (event.key === "Enter" || event.key === "Tab") this.take(options[at]);
    else return false;
    return true;
  }

  take(option) {
    const { textarea, from } = this;
    const end = from + 1 + this.query.length;
    this.close();
    textarea.focus();
    textarea.setSelectionRange(from, end);
    this.taken(option, textarea);
  }

  dismiss() {
    this.dismissed = this.from;
    this.close();
  }

  close() {
    this.request?.abort();
    this.asking = false;
    if (!this.open) return;
    this.box.hidden = true;
    this.box.replaceChildren();
    this.textarea?.removeAttribute("aria-activedescendant");
    this.textarea?.removeAttribute("aria-controls");
  }
}

// So that Ctrl+Z takes it back, where the browser still can.
export function insert(textarea, text) {
  textarea.focus();
  if (text && document.execCommand("insertText", false, text)) return;
  textarea.setRangeText(text, textarea.selectionStart, textarea.selectionEnd, "end");
  textarea.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
