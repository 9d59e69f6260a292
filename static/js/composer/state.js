// What may be sent now, counted down near its end and asked for anew when it may have changed; and what waits.
import { debounce } from "../lib/dom.js";
import { get, parsed } from "../lib/posting.js";

const SHORT = 4 * 3600_000;
const MINUTE = 60_000;

export class SendState {
  constructor({ host, chat, url, changed, signal }) {
    Object.assign(this, { host, url, changed });
    const soon = debounce(400, () => this.refresh());
    const mine = ({ detail }) => { if (detail.chat === chat) soon(); };
    document.addEventListener("live:message", mine, { signal });
    document.addEventListener("live:chat", mine, { signal });
    document.addEventListener("live:refresh", soon, { signal });
    document.addEventListener("live:channel", soon, { signal });
    this.clock = setInterval(() => this.tick(), MINUTE / 2);
    signal.addEventListener("abort", () => { clearInterval(this.clock); clearTimeout(this.end); });
    this.begin();
  }

  get element() {
    return this.host.querySelector(".composer__state");
  }

  get mode() {
    return this.element.dataset.mode;
  }

  get mayReply() {
    return this.mode === "REPLY" || this.mode === "HUMAN_AGENT";
  }

  begin() {
    clearTimeout(this.end);
    const { until } = this.element.dataset;
    this.until = until ? new Date(until) : undefined;
    const left = this.until - Date.now();
    // Not beyond what a timer can hold.
    if (left > 0 && left < 20 * 86400_000) this.end = setTimeout(() => this.refresh(), left + 1000);
    this.tick();
    this.changed();
  }

  tick() {
    const place = this.element.querySelector("[data-left]");
    if (!place || !this.until) return;
    const left = this.until - Date.now();
    place.textContent = left > 0 && left < SHORT ? ` (${wordsOf(left)} left)` : "";
    this.element.querySelector(".permit").toggleAttribute("data-soon", left > 0 && left < SHORT);
  }

  async refresh() {
    if (!this.host.isConnected) return;
    try {
      const response = await get(this.url, { signal: AbortSignal.timeout(15_000) });
      if (response.ok && !response.redirected) this.show(await response.text());
    } catch {
      // It stands as it stood; the next event asks again.
    }
  }

  // Touched only where it differs: what is written is read out.
  show(html) {
    const came = parsed(html).querySelector(".composer__state");
    const here = this.element;
    const had = here.querySelector("[data-left]")?.textContent ?? "";
    const place = came.querySelector("[data-left]");
    if (place) place.textContent = had;
    came.querySelector(".permit").toggleAttribute("data-soon", here.querySelector(".permit").hasAttribute("data-soon"));
    const plain = (element) => element.outerHTML.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
    if (plain(came) === plain(here)) return;
    here.replaceWith(came);
    this.begin();
  }
}

function wordsOf(left) {
  const minutes = Math.max(1, Math.round(left / MINUTE));
  const hours = Math.floor(minutes / 60);
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
