// <thread-find data-hits data-here>: from hit to hit of a search within the thread, also to those that are not loaded
// yet; Escape or its x takes the marks away. Without a script its links load the page anew.
import { define } from "../lib/dom.js";

const FIELD = "input, textarea, select, [contenteditable]:not([contenteditable=false])";

define("thread-find", class extends HTMLElement {
  connectedCallback() {
    this.hits = this.dataset.hits.split(" ").filter(Boolean);
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.addEventListener("click", (event) => this.click(event), { signal });
    document.addEventListener("keydown", (event) => this.press(event), { signal });
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  get thread() {
    return this.closest("chat-thread");
  }

  click(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("a");
    if (link?.dataset.step) {
      event.preventDefault();
      this.step(Number(link.dataset.step));
    } else if (link?.hasAttribute("data-leave")) {
      event.preventDefault();
      this.leave();
    }
  }

  press(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || event.target.closest?.(FIELD)) return;
    if (document.querySelector("dialog:modal, [popover]:popover-open")) return;
    event.preventDefault();
    this.leave();
  }

  // Around the end, as a browser's own search goes.
  neighbour(by) {
    const at = this.hits.indexOf(this.dataset.here);
    return this.hits.at(at < 0 ? Math.min(by, 0) : (at + by) % this.hits.length);
  }

  addressOf(hit) {
    const address = new URL(location.href);
    address.searchParams.set("around", hit);
    address.hash = `message-${hit}`;
    return address;
  }

  async step(by) {
    if (this.busy) return;
    this.busy = true;
    const hit = this.neighbour(by);
    const address = this.addressOf(hit);
    const there = await this.thread.show(address.pathname + address.search, `message-${hit}`, !this.contains(document.activeElement));
    this.busy = false;
    if (!there || !this.isConnected) return;
    history.replaceState(history.state, "", address);
    this.dataset.here = hit;
    this.tell();
  }

  tell() {
    const says = this.querySelector("[data-says]");
    says.firstChild.textContent = `${this.hits.indexOf(this.dataset.here) + 1} of ${says.firstChild.textContent.split(" ").at(-1)}`;
    for (const link of this.querySelectorAll("[data-step]")) link.href = this.addressOf(this.neighbour(Number(link.dataset.step)));
  }

  leave() {
    const { thread } = this;
    for (const mark of thread.querySelectorAll("#items mark")) {
      const { parentNode } = mark;
      mark.replaceWith(...mark.childNodes);
      parentNode.normalize();
    }
    thread.querySelector("#items [data-hit]")?.removeAttribute("data-hit");
    const address = new URL(location.href);
    for (const name of ["find", "alike", "around"]) address.searchParams.delete(name);
    address.hash = "";
    history.replaceState(history.state, "", address);
    this.remove();
    thread.querySelector("#to-latest").setAttribute("hx-get", address.pathname);
    window.htmx?.process(thread.querySelector("#to-latest"));
    thread.querySelector("#log").focus({ preventScroll: true });
  }
});
