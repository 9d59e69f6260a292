// <char-count data-words="{n} left">: says how much room is left in the textarea or input it holds.
import { define } from "../lib/dom.js";

define("char-count", class extends HTMLElement {
  connectedCallback() {
    this.control = this.querySelector("textarea, input");
    if (!this.control || this.control.maxLength < 0) return;
    this.output = this.querySelector("output") ?? this.appendChild(Object.assign(document.createElement("output"), { className: "field__help tabular" }));
    this.control.addEventListener("input", () => this.count());
    this.count();
  }

  count() {
    const left = this.control.maxLength - this.control.value.length;
    const near = left <= this.control.maxLength / 5;
    this.output.textContent = near ? (this.dataset.words || "{n} characters left").replace("{n}", left) : "";
  }
});
