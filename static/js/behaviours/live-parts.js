// <live-parts data-parts="ids" data-on="names" [data-url] [data-agent] [data-only]>: parts of this page as they are by
// now, when one of the live events comes, and when all may have been missed. Only while somebody looks, and everybody at
// another moment: what the whole team hears is not asked for by all at once. What is news of data-agent is shown at once;
// with data-only nothing else counts. Without data-url the page itself is asked.
import { fragment } from "../lib/asking.js";
import { define } from "../lib/dom.js";

// One's own news come twice at a time: with the answer, and by the stream.
const AT_ONCE = 100;
const EVERY = 5_000;
const SPREAD = 2_000;
const YOUNG = 10_000;

define("live-parts", class extends HTMLElement {
  connectedCallback() {
    this.askedAt = Date.now();
    this.listening = new AbortController();
    const { signal } = this.listening;
    const { agent, only } = this.dataset;
    for (const name of this.dataset.on.split(" ")) {
      document.addEventListener(`live:${name}`, ({ detail }) => {
        if (detail?.agent ? detail.agent === agent : only !== undefined) this.want(AT_ONCE);
        // Who is in one chat is nobody's coming or going.
        else if (only === undefined && !detail?.chat) this.want(Math.random() * SPREAD + Math.max(0, this.askedAt + EVERY - Date.now()));
      }, { signal });
    }
    // The first connection has missed nothing: the page is as young as it.
    document.addEventListener("live:refresh", () => { if (Date.now() - this.askedAt > YOUNG) this.want(Math.random() * SPREAD); }, { signal });
    document.addEventListener("visibilitychange", () => { if (this.late) this.want(AT_ONCE); }, { signal });
  }

  disconnectedCallback() {
    this.listening.abort();
    clearTimeout(this.waiting);
  }

  want(wait) {
    const due = Date.now() + wait;
    if (this.waiting && this.due <= due) return;
    clearTimeout(this.waiting);
    this.due = due;
    this.waiting = setTimeout(() => this.ask(), wait);
  }

  async ask() {
    this.waiting = undefined;
    this.late = document.hidden;
    if (this.late) return;
    this.askedAt = Date.now();
    try {
      const anew = await fragment(this.dataset.url ?? `${location.pathname}${location.search}`);
      for (const id of this.dataset.parts.split(" ")) this.put(id, anew.querySelector(`#${id}`));
    } catch {
      // It stays as it was; the next event asks again.
    }
  }

  put(id, anew) {
    const part = document.getElementById(id);
    // What somebody writes in is left alone.
    if (!part || !anew || part.isEqualNode(anew) || part.querySelector("dialog:modal")) return;
    const field = part.querySelector("input:not([type=hidden]), textarea");
    if (field && (field === document.activeElement || field.value)) return;
    const at = part.contains(document.activeElement) ? document.activeElement : null;
    part.replaceWith(anew);
    globalThis.htmx?.process(anew);
    if (at) this.refocus(at, anew);
  }

  refocus(at, part) {
    const same = at.id ? document.getElementById(at.id) : part.querySelector(at.value ? `[value="${CSS.escape(at.value)}"]` : `[href="${CSS.escape(at.getAttribute("href") ?? "")}"]`);
    same?.focus({ preventScroll: true });
    // It may stand in a menu that is closed now.
    if (!part.contains(document.activeElement)) part.querySelector("button, a")?.focus({ preventScroll: true });
  }
});
