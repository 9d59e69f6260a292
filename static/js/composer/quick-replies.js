// The titles that a customer can press instead of writing: Enter makes one of what is typed.
export class QuickReplies {
  constructor({ box, mould, limits, changed }) {
    Object.assign(this, { box, mould, limits, changed });
    this.input = box.querySelector(".quick-replies__new");
    // By itself it would be one more title.
    this.input.removeAttribute("name");
    this.input.maxLength = limits.title;
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.add(this.input.value));
    box.addEventListener("click", (event) => {
      if (!event.target.closest("[data-remove-title]")) return;
      event.target.closest(".quick-replies__one").remove();
      this.input.focus();
      this.look();
    });
    this.look();
  }

  get titles() {
    return [...this.box.querySelectorAll("input[name=quick_reply]")].map((input) => input.value);
  }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      this.add(this.input.value);
    } else if (event.key === "Backspace" && !this.input.value) {
      this.box.querySelector(".quick-replies__one:last-of-type")?.remove();
      this.look();
    }
  }

  add(title) {
    const words = title.trim();
    if (words && !this.titles.includes(words) && this.titles.length < this.limits.buttons) {
      const one = this.mould.content.firstElementChild.cloneNode(true);
      one.querySelector("bdi").textContent = words;
      one.querySelector("input").value = words;
      one.querySelector("button").setAttribute("aria-label", `Remove ${words}`);
      this.input.before(one);
    }
    this.input.value = "";
    this.look();
  }

  set(titles) {
    this.box.querySelectorAll(".quick-replies__one").forEach((one) => one.remove());
    for (const title of titles) this.add(title);
    this.box.hidden = !titles.length;
    this.look();
  }

  look() {
    this.input.hidden = this.titles.length >= this.limits.buttons;
    this.changed();
  }
}
