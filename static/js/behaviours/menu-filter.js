// <menu-filter><input data-filter>… <button data-words="…">…<p data-none hidden></menu-filter>: typing leaves what fits.
// What is hidden with a choice is its form, or what is marked data-choice around it.
import { define } from "../lib/dom.js";

const lineOf = (choice) => choice.closest("[data-choice]") ?? choice.closest("form");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

define("menu-filter", class extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("[data-filter]");
    if (!this.field) return;
    this.field.addEventListener("input", () => this.filter());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    if (this.closest(":popover-open") && !matchMedia("(pointer: coarse)").matches) this.field.focus();
  }

  get choices() {
    return [...this.querySelectorAll("[data-words]")];
  }

  filter() {
    const wanted = plain(this.field.value.trim());
    const words = this.choices.map((choice) => ` ${plain(choice.dataset.words)}`);
    // Who is called so comes before who has it somewhere in the name: Enter takes the first.
    const sought = words.some((one) => one.includes(` ${wanted}`)) ? ` ${wanted}` : wanted;
    let left = 0;
    for (const [at, choice] of this.choices.entries()) {
      const fits = words[at].includes(sought);
      lineOf(choice).hidden = !fits;
      left += fits;
    }
    const none = this.querySelector("[data-none]");
    if (none) none.hidden = left > 0 || !this.choices.length;
  }

  onKey(event) {
    const shown = this.choices.filter((choice) => !lineOf(choice).hidden);
    if (event.key === "Escape") {
      // A search field would first empty itself.
      event.preventDefault();
      this.closest("[popover]")?.hidePopover();
    } else if (event.key === "Enter" && this.field.value.trim()) {
      event.preventDefault();
      shown[0]?.click();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      event.stopPropagation();
      shown[0]?.focus();
    }
  }
});
