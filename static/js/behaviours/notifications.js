// <inbox-notices data-agent data-attention data-ask data-sound data-badge data-longest data-sounds="on">: how many are unread, in the title and on the tab's
// icon; and a sound when a customer writes to this agent, or in a chat that is nobody's, unless that chat is being
// looked at. Of several tabs one makes the sound: the first that was touched, as browsers ask for before any sound.
// Who loses a chat to a colleague or to the turn is told so.
// Supervisors are told of customers who have waited for too long (data-longest leads to them).
// Who looks at the page and is there needs no notification on a device: the page says so as long as it is true.
// <sound-test data-sound>: a button that lets it be heard.
import { define } from "../lib/dom.js";
import { post } from "../lib/posting.js";

const GATHERED_FOR = 500;
const NOT_AGAIN_FOR = 3_000;
const IN_ADDRESS = /^\/inbox\/[^/]+\/([0-9a-f-]{36})\/$/;
const LOOKS_EVERY = 25_000;
// Without a hand on mouse or keys somebody is elsewhere, whatever the screen shows.
const THERE_FOR = 5 * 60_000;
const COUNTED = /^\(\d+\+?\) /;

function play(address) {
  const sound = new Audio(address);
  sound.volume = 0.6;
  return sound.play().catch(() => {});
}

define("inbox-notices", class extends HTMLElement {
  connectedCallback() {
    this.came = new Map();
    this.looked = new Set();
    this.lost = new Set();
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("inbox:unread", ({ detail }) => this.count(detail.count), { signal });
    this.icon = document.querySelector('link[rel="icon"]');
    this.plain = this.icon?.getAttribute("href");
    // htmx writes the title anew with a page.
    this.watching = new MutationObserver(() => this.title());
    this.watching.observe(document.head, { childList: true, subtree: true, characterData: true });
    this.count(Number(document.querySelector("[data-unread-total], chat-list[data-unread]")?.dataset.unread ?? 0));
    document.addEventListener("live:lost", ({ detail }) => this.lose(detail.chat), { signal });
    this.attend(signal);
    this.leaveOther();
    document.addEventListener("live:waiting", ({ detail }) => this.tellOfWaiting(detail), { signal });
    if (this.dataset.sounds !== "on") return;
    this.tabs = new BroadcastChannel("switchboard-notices");
    this.tabs.addEventListener("message", ({ data }) => this.looked.add(data), { signal });
    document.addEventListener("live:message", ({ detail }) => this.hear(detail), { signal });
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => this.lead(), { signal, once: true });
  }

  disconnectedCallback() {
    this.listening.abort();
    this.watching.disconnect();
    this.tabs?.close();
    clearTimeout(this.gathering);
    clearTimeout(this.losing);
    clearInterval(this.looking);
    this.look(false);
  }

  attend(signal) {
    this.page = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.touchedAt = Date.now();
    for (const name of ["pointermove", "pointerdown", "keydown", "wheel"]) {
      addEventListener(name, () => { this.touchedAt = Date.now(); }, { signal, passive: true });
    }
    document.addEventListener("visibilitychange", () => this.look(), { signal });
    addEventListener("pagehide", () => this.look(false), { signal });
    this.looking = setInterval(() => this.look(), LOOKS_EVERY);
    this.look();
  }

  async look(looks = !document.hidden && Date.now() - this.touchedAt < THERE_FOR) {
    if (this.idle || (!looks && !this.saidToLook)) return;
    this.saidToLook = looks;
    try {
      const response = await post(this.dataset.attention, { page: this.page, looks: looks ? "1" : "" }, { keepalive: true });
      // Without a device there is nothing to be spared.
      if (response.ok && !response.redirected) this.idle = !(await response.json()).again;
    } catch {
      // Then a device tells what the page shows, too.
    }
  }

  // Somebody else works in this browser now: what is told to who was here before is not shown to them.
  async leaveOther() {
    const owner = localStorage.getItem("switchboard-push-owner");
    if (owner && owner !== this.dataset.agent) (await import("../lib/push.js")).unsubscribe().catch(() => {});
  }

  count(unread) {
    this.unread = unread;
    this.title();
    if (this.icon) this.icon.setAttribute("href", unread ? this.dataset.badge : this.plain);
  }

  tellOfWaiting({ count, minutes }) {
    const who = count === "1" ? "1 customer has" : `${count} customers have`;
    const text = `${who} waited for more than ${minutes} minute${minutes === "1" ? "" : "s"}.`;
    const detail = { text, tone: "warning", url: this.dataset.longest, action: "Show them", about: "waiting" };
    document.dispatchEvent(new CustomEvent("toast", { detail }));
  }

  title() {
    const bare = document.title.replace(COUNTED, "");
    const wanted = this.unread ? `(${this.unread > 99 ? "99+" : this.unread}) ${bare}` : bare;
    if (document.title !== wanted) document.title = wanted;
  }

  // What was theirs is another's now, and not by their own doing: they are told by whose.
  lose(chat) {
    this.lost.add(chat);
    this.losing ??= setTimeout(() => this.askWho(), GATHERED_FOR);
  }

  async askWho() {
    this.losing = undefined;
    const ids = [...this.lost].slice(0, 100);
    this.lost.clear();
    try {
      const response = await fetch(`${this.dataset.ask}?lost=${ids.join(",")}`, { redirect: "manual", cache: "no-store" });
      if (!response.ok) return;
      for (const text of (await response.json()).lost) document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone: "info" } }));
    } catch {
      // The list and the thread say it, too.
    }
  }

  // Held as long as the tab is there; then another has it.
  lead() {
    if (!navigator.locks) {
      this.leads = true;
      return;
    }
    const { signal } = this.listening;
    navigator.locks.request("switchboard-sound", { signal }, () => {
      this.leads = true;
      return new Promise((resolve) => signal.addEventListener("abort", resolve));
    }).catch(() => {});
  }

  hear({ chat, message }) {
    if (!document.hidden && IN_ADDRESS.exec(location.pathname)?.[1] === chat) {
      this.tabs.postMessage(message);
      return;
    }
    if (!this.leads) return;
    this.came.set(message, chat);
    this.gathering ??= setTimeout(() => this.ask(), GATHERED_FOR);
  }

  async ask() {
    this.gathering = undefined;
    const ids = [...this.came.keys()].filter((id) => !this.looked.has(id)).slice(0, 100);
    this.came.clear();
    this.looked.clear();
    if (!ids.length || Date.now() - (this.playedAt ?? 0) < NOT_AGAIN_FOR) return;
    try {
      const response = await fetch(`${this.dataset.ask}?ids=${ids.join(",")}`, { redirect: "manual", cache: "no-store" });
      if (!response.ok || !(await response.json()).for_you) return;
      this.playedAt = Date.now();
      this.dataset.played = String(Number(this.dataset.played ?? 0) + 1);
      play(this.dataset.sound);
    } catch {
      // A sound that does not come is not worth a word.
    }
  }
});

define("sound-test", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => play(this.dataset.sound));
  }
});
