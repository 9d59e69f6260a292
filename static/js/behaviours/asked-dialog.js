// <asked-dialog>: a question that the server has sent to the end of the page. It opens at once, and goes when it is closed.
import { define } from "../lib/dom.js";

define("asked-dialog", class extends HTMLElement {
  connectedCallback() {
    // One question at a time.
    for (const other of document.querySelectorAll("asked-dialog")) if (other !== this) other.remove();
    this.opener = document.activeElement;
    this.dialog = this.querySelector("dialog");
    this.dialog.addEventListener("close", () => { this.remove(); this.back(); });
    this.dialog.addEventListener("click", (event) => {
      if (event.target !== this.dialog && !event.target.closest("[data-close]")) return;
      event.preventDefault();
      this.dialog.close();
    });
    this.dialog.addEventListener("change", () => this.need());
    this.need();
    this.dialog.showModal();
    this.dialog.querySelector("input:checked, input:not([type=hidden]), select")?.focus();
  }

  // A field that belongs to one of the answers has to be filled in with that one alone.
  need() {
    for (const field of this.querySelectorAll("[data-needed-with]")) {
      field.required = !!this.querySelector(`input[value="${CSS.escape(field.dataset.neededWith)}"]:checked`);
    }
  }

  // Where it was asked from; a menu that has closed meanwhile takes no focus, its button does.
  back() {
    this.opener?.focus?.();
    const menu = this.opener?.closest?.("[popover]");
    if (menu && document.activeElement !== this.opener) document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)?.focus();
  }
});
