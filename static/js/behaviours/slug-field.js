// <slug-field data-source="id of the name" data-check-url="…">: proposes the address from the name while
// nobody has touched it, and asks the server whether it is free (GET ?slug=, answered by a line of HTML).
import { debounce, define } from "../lib/dom.js";

export function slugify(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/ß/g, "ss").toLowerCase()
    .replace(/&/g, " and ").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40).replace(/-+$/, "");
}

define("slug-field", class extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.state = this.querySelector("[data-state]");
    if (!this.input) return;
    this.touched = this.input.value !== "";
    this.check = debounce(300, () => this.ask());
    this.source?.addEventListener("input", () => this.propose());
    // On a slow line the name, or the address, may be written before this script is here.
    if (this.source?.value) this.propose();
    if (this.touched && this.input.value !== this.input.defaultValue) this.check();
    this.input.addEventListener("input", () => {
      this.touched = this.input.value !== "";
      this.check();
    });
    this.state?.addEventListener("click", (event) => this.take(event.target.closest("[data-slug]")));
    this.input.addEventListener("change", () => { this.input.value = slugify(this.input.value); this.check(); });
  }

  get source() {
    return document.getElementById(this.dataset.source);
  }

  propose() {
    if (this.touched) return;
    this.input.value = slugify(this.source.value);
    // Written in other letters: nothing can be proposed, and silence would look like a fault.
    if (!this.input.value && this.source.value.trim() && this.state) this.state.textContent = this.dataset.nothing;
    else this.check();
  }

  take(suggestion) {
    if (!suggestion) return;
    this.touched = true;
    this.input.value = suggestion.dataset.slug;
    this.input.focus();
    this.ask();
  }

  async ask() {
    const slug = this.input.value.trim();
    this.request?.abort();
    if (!this.dataset.checkUrl || !this.state) return;
    if (!slug) return this.state.replaceChildren();
    this.request = new AbortController();
    try {
      const url = new URL(this.dataset.checkUrl, location.href);
      url.searchParams.set("slug", slug);
      const response = await fetch(url, { signal: this.request.signal, headers: { "HX-Request": "true" } });
      if (response.ok) this.state.innerHTML = await response.text();
    } catch (error) {
      if (error.name !== "AbortError") this.state.replaceChildren();
    }
  }
});
