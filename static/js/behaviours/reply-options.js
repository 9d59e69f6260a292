// <reply-options>: the canned replies that were found, with the variables of the chat they land in. The nearest
// ancestor with data-variables knows those; option.dataset.text is then what is inserted, as it was read.
import { define } from "../lib/dom.js";
import { render } from "../lib/variables.js";

define("reply-options", class extends HTMLElement {
  connectedCallback() {
    const holder = this.closest("[data-variables]");
    if (!holder || this.dataset.resolved) return;
    const values = JSON.parse(holder.dataset.variables);
    for (const option of this.querySelectorAll("[data-text]")) {
      option.dataset.text = render(option.dataset.text, values);
      const shown = option.querySelector("[data-words]");
      if (shown) shown.textContent = option.dataset.text;
    }
    // A value is never read for variables, also when the list is moved.
    this.dataset.resolved = "true";
  }
});
