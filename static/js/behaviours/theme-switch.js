// <theme-switch> around the choice of theme: shows it at once; saving is the form's own business.
import { define } from "../lib/dom.js";

define("theme-switch", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => this.show(event.target.value));
    // Chosen before this script came.
    const chosen = this.querySelector("input:checked");
    if (chosen) this.show(chosen.value);
  }

  show(theme) {
    if (["auto", "light", "dark"].includes(theme)) document.documentElement.dataset.theme = theme;
  }
});
