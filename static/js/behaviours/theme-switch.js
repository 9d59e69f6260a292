// <theme-switch> around the choice of theme: shows it at once; saving is the form's own business.
import { define } from "../lib/dom.js";

define("theme-switch", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      if (["auto", "light", "dark"].includes(event.target.value)) document.documentElement.dataset.theme = event.target.value;
    });
  }
});
