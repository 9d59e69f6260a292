// <confirm-dialog>: makes the disclosure in components/confirm.html a modal dialog, and holds the act
// until the word is typed. Without JavaScript the same form stands in the page.
import { define } from "../lib/dom.js";

define("confirm-dialog", class extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    this.dialog = this.querySelector("dialog");
    if (!this.details || !this.dialog) return;
    this.summary = this.details.querySelector("summary");
    const failed = this.details.open;
    this.dialog.open = false;
    this.details.open = false;
    this.summary.addEventListener("click", this);
    this.dialog.addEventListener("click", this);
    this.dialog.addEventListener("close", this);
    this.word = this.dialog.querySelector("[data-word]");
    this.word?.addEventListener("input", () => this.check());
    this.check();
    if (failed) this.show();
  }

  handleEvent(event) {
    if (event.type === "close") {
      this.details.open = false;
      this.summary.focus();
    } else if (event.currentTarget === this.summary) {
      event.preventDefault();
      this.show();
    } else if (event.target === this.dialog || event.target.closest("[data-close]")) {
      this.dialog.close();
    }
  }

  show() {
    this.details.open = true;
    this.dialog.showModal();
    // What is to be filled in; where there is nothing, what does no harm.
    const field = this.dialog.querySelector("input:not([type=hidden]), textarea, select");
    (field ?? this.dialog.querySelector("[data-close]"))?.focus();
  }

  check() {
    if (!this.word) return;
    const fits = this.word.value.trim() === this.word.dataset.word;
    for (const button of this.dialog.querySelectorAll("form button:not([type=button])")) button.disabled = !fits;
  }
});
