// <copy-button data-text="…" | data-from="id" data-done="Copied"><button hidden>…<span data-label>Copy</span></button></copy-button>
import { define } from "../lib/dom.js";

define("copy-button", class extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => this.copy());
  }

  async copy() {
    const source = this.dataset.from && document.getElementById(this.dataset.from);
    const text = source ? [...source.querySelectorAll("li")].map((line) => line.textContent.trim()).join("\n") || source.textContent.trim() : this.dataset.text;
    await navigator.clipboard.writeText(text);
    const label = this.querySelector("[data-label]");
    if (!label || this.timer) return;
    const before = label.textContent;
    label.textContent = this.dataset.done || "Copied";
    this.timer = setTimeout(() => {
      label.textContent = before;
      this.timer = null;
    }, 2000);
  }
});
