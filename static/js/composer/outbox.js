// What was sent and is not confirmed: a bubble at once, one request after another, and nothing lost. An answer that
// failed stays in the thread with what to do about it, over a reload too, and is sent again under the same id.
import { draw } from "./quote.js";
import { parsed, post } from "../lib/posting.js";

const PATIENCE = 30_000;
const SIGNED_OUT = "You are signed out. Sign in in another tab, then retry.";
const NO_ANSWER = "No answer came. Retry: it is sent once at most.";

export class Outbox {
  constructor({ log, mould, storeAt, settled, failed, overtaken, edit, discard }) {
    Object.assign(this, { log, mould, storeAt, settled, failed, overtaken, edit, discard });
    this.items = new Map();
    this.turn = Promise.resolve();
    this.observer = new MutationObserver(() => this.look());
    if (log) this.observer.observe(log, { childList: true, subtree: true });
    this.onOnline = () => { for (const item of this.items.values()) if (item.offline) this.send(item); };
    addEventListener("online", this.onOnline);
    for (const item of this.stored()) this.resume(item);
  }

  close() {
    this.observer.disconnect();
    removeEventListener("online", this.onOnline);
  }

  // item: {id, kind, url, fields, text, quote, files}
  add(item) {
    this.items.set(item.id, item);
    this.store();
    this.show(item);
    this.log?.scrollTo({ top: this.log.scrollHeight });
    return this.send(item);
  }

  resume(item) {
    this.items.set(item.id, item);
    this.show(item);
    this.fail(item, item.why || NO_ANSWER);
  }

  send(item) {
    item.offline = false;
    this.say(item, "Sending…", false);
    this.turn = this.turn.then(() => this.attempt(item));
    return this.turn;
  }

  async attempt(item) {
    if (!this.items.has(item.id)) return;
    try {
      const response = await post(item.url, item.fields, { signal: AbortSignal.timeout(PATIENCE) });
      if (response.redirected || response.status === 401) return this.fail(item, SIGNED_OUT);
      if (response.status === 201) return this.confirm(item, await response.text());
      if (response.status === 409) return this.overtaken(item, await response.text());
      if (response.status === 422) return this.fail(item, await response.text());
      if (response.status === 403 || response.status === 404) return this.fail(item, "This chat is no longer yours to answer.");
      if (response.status === 413) return this.fail(item, "This is larger than what can be sent.");
      this.fail(item, `The server had a problem (${response.status}).`);
    } catch {
      item.offline = !navigator.onLine;
      this.fail(item, item.offline ? "You are offline. It goes when you are back." : NO_ANSWER);
    }
  }

  confirm(item, html) {
    const came = parsed(html).querySelectorAll("article[id]");
    for (const article of came) {
      if (document.getElementById(article.id)) continue;
      item.node?.before(article);
      globalThis.htmx?.process(article);
    }
    this.forget(item, true);
  }

  fail(item, why) {
    item.why = why;
    this.store();
    this.say(item, `Not sent. ${why.replace(/^Not sent\.?\s*/, "")}`.trim(), true);
    this.failed(item);
  }

  forget(item, sent) {
    this.items.delete(item.id);
    this.store();
    item.node?.remove();
    this.settled(item, sent);
  }

  show(item) {
    if (!this.log) return;
    const node = (item.node = this.mould.content.firstElementChild.cloneNode(true));
    node.id = `message-${item.id}`;
    node.toggleAttribute("data-note", item.kind === "note");
    node.querySelector("[data-text]").textContent = item.text;
    node.querySelector("[data-text]").hidden = !item.text;
    draw(node.querySelector("[data-quoted]"), item.quote);
    const files = node.querySelector("[data-files]");
    files.hidden = !item.files.length;
    files.querySelector("span").textContent = item.files.join(", ");
    node.querySelector("[data-retry]").addEventListener("click", () => this.send(item));
    node.querySelector("[data-edit]").addEventListener("click", () => { this.forget(item, false); this.edit(item); });
    node.querySelector("[data-discard]").addEventListener("click", () => { this.forget(item, false); this.discard(item); });
    this.place.append(node);
  }

  get place() {
    return this.log.querySelector("#items") ?? this.log;
  }

  say(item, words, failed) {
    if (!item.node) return;
    item.node.dataset.status = failed ? "FAILED" : "QUEUED";
    item.node.querySelector("[data-state]").textContent = words;
    item.node.querySelector("[data-acts]").hidden = !failed;
  }

  // The thread may have got it by the stream before the answer came, or have drawn itself anew.
  look() {
    for (const item of [...this.items.values()]) {
      if (this.log.querySelector(`[data-client="${CSS.escape(item.id)}"]:not([data-pending])`)) this.forget(item, true);
      else if (item.node && !item.node.isConnected) this.place.append(item.node);
    }
  }

  stored() {
    try {
      return JSON.parse(sessionStorage.getItem(this.storeAt) ?? "[]");
    } catch {
      return [];
    }
  }

  store() {
    const kept = [...this.items.values()].map(({ node, nodes, offline, ...item }) => item);
    if (kept.length) sessionStorage.setItem(this.storeAt, JSON.stringify(kept));
    else sessionStorage.removeItem(this.storeAt);
  }
}
