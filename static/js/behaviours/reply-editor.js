// <reply-editor data-variables="{…}">: chips that put a variable where the cursor is, and the text as a customer
// would read it. data-unknown says what is wrong with a variable that there is none of.
import { define } from "../lib/dom.js";
import { render, unknownIn } from "../lib/variables.js";

define("reply-editor", class extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector("textarea");
    this.preview = this.querySelector("[data-preview]");
    if (!this.text || !this.preview) return;
    this.values = JSON.parse(this.dataset.variables);
    for (const hidden of this.querySelectorAll("[data-needs-script]")) hidden.hidden = false;
    this.addEventListener("click", (event) => this.insert(event.target.closest("[data-variable]")?.dataset.variable));
    this.text.addEventListener("input", () => this.show());
    this.show();
  }

  insert(variable) {
    if (!variable) return;
    this.text.focus();
    // So that Ctrl+Z takes it back, where the browser still can.
    if (!document.execCommand("insertText", false, variable)) this.text.setRangeText(variable, this.text.selectionStart, this.text.selectionEnd, "end");
    this.show();
  }

  show() {
    const nobody = Object.fromEntries(Object.entries(this.values).map(([name, value]) => [name, name.startsWith("contact.") ? "" : value]));
    const known = render(this.text.value.trim(), this.values);
    const nameless = render(this.text.value.trim(), nobody);
    this.write("[data-known]", known);
    this.write("[data-nameless]", nameless === known ? "" : nameless);
    this.querySelector("[data-nameless-heading]").hidden = nameless === known;
    const unknown = unknownIn(this.text.value, this.values);
    this.querySelector("[data-unknown]").textContent = unknown.length ? `${this.dataset.unknown} ${unknown.join(", ")}` : "";
    this.preview.hidden = !known && !unknown.length;
  }

  write(place, words) {
    this.querySelector(place).textContent = words;
  }
});
