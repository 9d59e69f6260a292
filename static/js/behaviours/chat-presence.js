// <chat-presence data-url data-chat>: tells that this chat is looked at, or typed in, while the page is in front, and
// shows who else is here. What it shows comes with each answer, and when live:presence names the chat.
import { debounce, define } from "../lib/dom.js";
import { headers } from "../lib/posting.js";

const VIEWING_EVERY = 10_000;
const TYPING_EVERY = 3_000;
const TYPING_FOR = 5_000;

define("chat-presence", class extends HTMLElement {
  connectedCallback() {
    this.typedAt = this.saidAt = 0;
    this.listening = new AbortController();
    const { signal } = this.listening;
    const soon = debounce(250, () => this.say());
    document.addEventListener("live:presence", ({ detail }) => { if (detail.chat === this.dataset.chat) soon(); }, { signal });
    document.addEventListener("live:refresh", soon, { signal });
    document.addEventListener("visibilitychange", () => this.say(), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    document.addEventListener("input", (event) => this.type(event.target), { signal });
    document.addEventListener("submit", (event) => { if (event.target.closest("#composer")) this.stop(); }, { signal });
    this.timer = setInterval(() => this.say(), VIEWING_EVERY);
    this.say();
  }

  disconnectedCallback() {
    this.listening.abort();
    clearInterval(this.timer);
    this.leave();
  }

  get what() {
    if (document.hidden) return "";
    return Date.now() - this.typedAt < TYPING_FOR ? "typing" : "viewing";
  }

  type(field) {
    if (!field.closest?.("#composer") || !field.value?.trim()) return;
    this.typedAt = Date.now();
    clearTimeout(this.stopped);
    this.stopped = setTimeout(() => this.say(), TYPING_FOR + 100);
    if (Date.now() - this.saidAt > TYPING_EVERY) this.say();
  }

  stop() {
    if (this.what !== "typing") return;
    this.typedAt = 0;
    this.say();
  }

  async say() {
    const what = this.what;
    if (!this.isConnected || (!what && this.said === "")) return;
    if (what === "typing") this.saidAt = Date.now();
    this.said = what;
    try {
      const response = await this.post(what);
      if (response.ok && !response.redirected && this.isConnected) this.show(await response.text());
    } catch {
      // Nobody is known to be here, and that is all.
      this.show("");
    }
  }

  leave() {
    if (!this.said) return;
    this.said = "";
    this.post("").catch(() => {});
  }

  post(what) {
    return fetch(this.dataset.url, {
      method: "POST",
      body: new URLSearchParams({ what }),
      headers: headers(),
      keepalive: true,
    });
  }

  // Written only where it differs: what is written is read out.
  show(html) {
    const text = html.trim();
    if (text === this.shown) return;
    this.shown = text;
    this.innerHTML = text;
  }
});
