// <password-field> around a password input: a button that shows what was typed.
import { define } from "../lib/dom.js";

define("password-field", class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const button = this.querySelector("button");
    if (!input || !button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const show = input.type === "password";
      input.type = show ? "text" : "password";
      button.setAttribute("aria-pressed", show);
      const use = button.querySelector("use");
      use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, show ? "#eye-off" : "#eye"));
    });
    input.form?.addEventListener("submit", () => { input.type = "password"; });
  }
});
