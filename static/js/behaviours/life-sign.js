// <life-sign data-url>: tells that somebody is there, at most once a minute, when a hand moves on a page of this workspace.
// Of several tabs one tells it: what was told last is kept for all of them.
import { define } from "../lib/dom.js";
import { post } from "../lib/posting.js";

const EVERY = 60_000;
const KEPT = "switchboard-life-sign";
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"];

define("life-sign", class extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    for (const name of SIGNS) addEventListener(name, () => this.live(), { signal, passive: true });
    this.toldAt = 0;
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  live() {
    const now = Date.now();
    if (now - this.toldAt < EVERY) return;
    this.toldAt = Math.max(Number(localStorage.getItem(KEPT)) || 0, 0);
    if (now - this.toldAt < EVERY && this.toldAt <= now) return;
    this.toldAt = now;
    localStorage.setItem(KEPT, String(now));
    this.tell();
  }

  async tell() {
    try {
      const response = await post(this.dataset.url, {}, { keepalive: true });
      if (!response.ok) throw new Error(`${response.status}`);
    } catch {
      // The next hand tells it again.
      this.toldAt = 0;
      localStorage.removeItem(KEPT);
    }
  }
});
