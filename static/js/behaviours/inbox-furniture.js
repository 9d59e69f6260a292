// <inbox-furniture data-url data-box>: channels, labels and views as they are by now, in the boxes, the filters and the
// menu of labels, without a reload. It asks when one of them has changed, at most every two seconds.
import { fragment } from "../lib/asking.js";
import { define } from "../lib/dom.js";

const EVERY = 2_000;

define("inbox-furniture", class extends HTMLElement {
  connectedCallback() {
    this.askedAt = Date.now();
    this.listening = new AbortController();
    const { signal } = this.listening;
    for (const name of ["furniture", "channel"]) document.addEventListener(`live:${name}`, () => this.want(), { signal });
    // The first connection has missed nothing: the page is as young as it.
    document.addEventListener("live:refresh", () => { if (Date.now() - this.askedAt > 5 * EVERY) this.want(); }, { signal });
  }

  disconnectedCallback() {
    this.listening.abort();
    clearTimeout(this.waiting);
  }

  want() {
    this.waiting ??= setTimeout(() => this.ask(), Math.max(0, this.askedAt + EVERY - Date.now()));
  }

  async ask() {
    this.askedAt = Date.now();
    this.waiting = undefined;
    try {
      this.put(await fragment(`${this.dataset.url}?box=${this.dataset.box}`));
    } catch {
      // It stays as it was; the next word of a change, or a refresh, asks again.
    }
  }

  put(anew) {
    const boxes = document.getElementById("boxes");
    const at = boxes.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const { scrollTop } = boxes;
    boxes.replaceChildren(...anew.querySelector("#boxes").childNodes);
    boxes.scrollTop = scrollTop;
    if (at) boxes.querySelector(`[href="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
    const name = boxes.querySelector("[aria-current] .nav__label")?.textContent;
    if (name) document.querySelector(".list-head__title bdi").textContent = name;
    for (const select of anew.querySelectorAll("select")) this.offer(document.getElementById(select.id), select);
    const labels = document.getElementById("bulk-label");
    if (labels && !labels.matches(":popover-open")) labels.replaceChildren(...anew.querySelector("#bulk-label").childNodes);
  }

  // What is chosen stays chosen, if it is still there.
  offer(select, anew) {
    if (!select || select.innerHTML === anew.innerHTML) return;
    const { value } = select;
    select.replaceChildren(...anew.childNodes);
    select.value = value;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  }
});
