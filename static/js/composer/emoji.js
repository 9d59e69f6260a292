// The emoji picker: a popover with a search, moved through by the arrows. Its list comes when it is first opened.
import { insert } from "./suggestions.js";

const COLUMNS = 8;

export class EmojiPicker {
  constructor(host) {
    this.host = host;
  }

  async open(textarea, button) {
    this.textarea = textarea;
    if (!this.box) await this.build();
    this.search.value = "";
    this.show("");
    this.box.showPopover();
    const from = button.getBoundingClientRect();
    this.box.style.insetInlineStart = `${Math.max(8, Math.min(from.left, innerWidth - this.box.offsetWidth - 8))}px`;
    // From below, so that it stays at its button when fewer are found.
    this.box.style.insetBlockEnd = `${Math.min(innerHeight - from.top + 6, innerHeight - this.box.offsetHeight - 8)}px`;
    this.search.focus();
  }

  async build() {
    const { EMOJI } = await import("./emoji-list.js");
    this.list = EMOJI;
    this.box = Object.assign(document.createElement("div"), { className: "emoji", popover: "auto" });
    this.box.setAttribute("role", "dialog");
    this.box.setAttribute("aria-label", "Emoji");
    this.search = Object.assign(document.createElement("input"), { type: "search", className: "input input--small", placeholder: "Search", autocomplete: "off" });
    this.search.setAttribute("aria-label", "Search emoji");
    this.grid = Object.assign(document.createElement("div"), { className: "emoji__grid" });
    this.none = Object.assign(document.createElement("p"), { className: "pick__none" });
    this.none.setAttribute("role", "status");
    this.box.append(this.search, this.grid, this.none);
    this.host.append(this.box);
    this.search.addEventListener("input", () => this.show(this.search.value.trim().toLowerCase()));
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.grid.addEventListener("click", (event) => this.take(event.target.closest("button")));
  }

  show(query) {
    const found = query ? this.list.filter(([, words]) => words.split(" ").some((word) => word.startsWith(query)) || words.includes(query)) : this.list;
    this.grid.replaceChildren(...found.map(([sign, words]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign, title: words, tabIndex: -1 });
      button.setAttribute("aria-label", words);
      return button;
    }));
    this.none.textContent = found.length ? "" : "No emoji of this name.";
    if (found.length) this.grid.firstElementChild.tabIndex = 0;
  }

  key(event) {
    const buttons = [...this.grid.children];
    const at = buttons.indexOf(document.activeElement);
    if (event.isComposing) return;
    if (event.key === "Enter" && at < 0) {
      event.preventDefault();
      return this.take(buttons[0]);
    }
    if (event.key === "ArrowDown" && at < 0) {
      event.preventDefault();
      return buttons[0]?.focus();
    }
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    if (at + step < 0) this.search.focus();
    else buttons[Math.min(at + step, buttons.length - 1)].focus();
  }

  take(button) {
    if (!button) return;
    this.box.hidePopover();
    insert(this.textarea, button.textContent);
  }
}
