// <live-stream data-token-url>: hears from the stream process what has changed, and tells the page's elements by events
// on the document: live:chat {chat}, live:message {chat, message}, live:presence {chat?}, live:channel {channel},
// live:availability {agent}, live:shift (this agent's is over, or settled), live:mention {chat}, live:lost {chat} (it was this agent's), live:waiting {count, minutes}, live:furniture (labels, views), live:counts, live:refresh (ask for all you may have missed), live:state {state}.
// Without the stream it says live:refresh every 15 to 20 seconds. How it stands is shown, and in <html data-live>.
import { define } from "../lib/dom.js";

const NAMES = ["chat", "message", "read", "mention", "lost", "waiting", "presence", "availability", "shift", "channel", "furniture", "counts"];
// What moves no number.
const NUMBERLESS = ["lost", "presence", "availability", "shift", "counts"];
// The stream process gives a sign of life every 15 seconds.
const SILENT = 40_000;
const POLLING_AFTER = 10_000;
const LONG_HIDDEN = 60_000;
const LONGEST_PAUSE = 30_000;
// A connection that is begun anew at once is nothing to speak of.
const SHOWN_AFTER = 1_500;

const between = (least, most) => least + Math.random() * (most - least);
const tell = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

define("live-stream", class extends HTMLElement {
  connectedCallback() {
    this.tries = 0;
    this.hidden = false;
    this.listening = new AbortController();
    const { signal } = this.listening;
    addEventListener("online", () => this.begin(), { signal });
    addEventListener("offline", () => this.lose(), { signal });
    addEventListener("pagehide", () => this.stop(), { signal });
    addEventListener("pageshow", (event) => { if (event.persisted) this.begin(); }, { signal });
    document.addEventListener("visibilitychange", () => this.look(), { signal });
    this.begin();
  }

  disconnectedCallback() {
    this.listening.abort();
    this.stop();
  }

  begin() {
    if (this.state === "ended") return;
    this.tries = 0;
    this.connect();
  }

  async connect() {
    this.close();
    if (!navigator.onLine) return this.lose();
    const attempt = (this.attempt = Symbol("attempt"));
    try {
      const { token, url } = await this.ask();
      if (this.attempt !== attempt) return;
      if (url) this.open(url, token);
      else this.miss();
    } catch (error) {
      if (this.attempt !== attempt) return;
      if (error.refusal) this.refuse(error.refusal);
      else this.lose();
    }
  }

  async ask() {
    const response = await fetch(this.dataset.tokenUrl, {
      cache: "no-store",
      redirect: "manual",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(10_000),
    });
    // Led away: to sign in.
    if (response.type === "opaqueredirect" || response.status === 401) throw Object.assign(new Error(), { refusal: "signed-out" });
    if (response.status === 403) throw Object.assign(new Error(), { refusal: "refused" });
    if (!response.ok) throw new Error(`stream token: ${response.status}`);
    return response.json();
  }

  open(url, token) {
    const address = new URL(url, location.href);
    address.searchParams.set("token", token);
    const source = (this.source = new EventSource(address));
    const on = (name, action) => source.addEventListener(name, (event) => {
      if (source !== this.source) return;
      this.watch();
      action(JSON.parse(event.data));
    });
    this.watch();
    on("ready", () => { this.tries = 0; this.arrive(); });
    on("here", () => {});
    on("refresh", () => this.arrive());
    // The stream is there, but hears nothing itself.
    on("away", () => this.miss());
    on("end", () => { this.close(); this.again(between(300, 2_000)); });
    for (const name of NAMES) on(name, (data) => this.pass(name, data));
    source.addEventListener("error", () => { if (source === this.source) this.lose(); });
  }

  pass(name, data) {
    if (name === "message") {
      for (const message of data.ids) tell("message", { chat: data.chat, message });
    } else if (name === "channel" || name === "furniture") {
      tell(name, data);
      // Every screen of the workspace has heard it.
      this.later(between(0, 2_000), () => tell("refresh"));
    } else {
      tell(name === "read" ? "chat" : name, data);
      if (name === "mention") tell("chat", data);
      if (!NUMBERLESS.includes(name)) tell("counts");
    }
  }

  // From now on nothing is missed; what was is asked for.
  arrive() {
    clearTimeout(this.poll);
    this.poll = this.lostAt = undefined;
    this.show("live");
    tell("refresh");
  }

  lose() {
    this.close();
    this.miss();
    if (navigator.onLine) this.again(Math.min(LONGEST_PAUSE, 1_000 * 2 ** this.tries++) * between(0.5, 1));
  }

  miss() {
    if (!navigator.onLine) {
      clearTimeout(this.poll);
      this.poll = undefined;
      return this.show("offline");
    }
    this.lostAt ??= Date.now();
    if (this.state !== "polling") this.show("reconnecting");
    this.poll ??= setTimeout(() => this.askForAll(), POLLING_AFTER);
  }

  askForAll() {
    this.show("polling");
    tell("refresh");
    this.poll = setTimeout(() => this.askForAll(), between(15_000, 20_000));
  }

  refuse(why) {
    this.stop();
    this.show("ended");
    const notice = this.querySelector(`template[data-notice="${why}"]`);
    if (notice) this.append(notice.content.cloneNode(true));
  }

  again(wait) {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), wait);
  }

  later(wait, action) {
    clearTimeout(this.soon);
    this.soon = setTimeout(action, wait);
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lose(), SILENT);
  }

  close() {
    this.attempt = undefined;
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.silence);
    clearTimeout(this.retry);
  }

  stop() {
    this.close();
    for (const timer of [this.poll, this.soon, this.showing]) clearTimeout(timer);
    this.poll = undefined;
  }

  look() {
    if (document.hidden) {
      this.hiddenAt = Date.now();
      return;
    }
    const long = Date.now() - (this.hiddenAt ?? Date.now()) > LONG_HIDDEN;
    if (this.state === "ended") return;
    if (this.state !== "live" && !this.source) this.begin();
    if (long) tell("refresh");
  }

  show(state) {
    if (state === this.state) return;
    const before = this.state;
    this.state = state;
    document.documentElement.dataset.live = state;
    tell("state", { state });
    clearTimeout(this.showing);
    const brief = state === "reconnecting" && (before === "live" || before === undefined);
    this.showing = setTimeout(() => this.say(state), brief ? SHOWN_AFTER : 0);
  }

  say(state) {
    this.dataset.state = state;
    const words = this.querySelector("[data-says]");
    if (words) words.textContent = this.dataset[state] ?? "";
  }
});
