// A draft on the server, of one chat and one kind: saved when typing pauses and when the page is left.
// Its address is the chat's own and never changes, so that nothing typed here can turn up in another chat.
import { post } from "../lib/posting.js";

const PAUSE = 600;

export class DraftKeeper {
  constructor({ url, owner, kind, version, read, replaced }) {
    Object.assign(this, { url, kind, version, read, replaced });
    this.dirty = false;
    this.held = new Set();
    // What was sent in vain, by its id: it stays in the draft before what is typed now.
    this.unsent = new Map();
    // What the server has not taken, for when its owner loads the page again: after signing in, for one.
    this.keptAt = `draft:${owner}:${kind}:${url}`;
    this.busy = Promise.resolve();
  }

  touch() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // While a message is on its way its text stays in the draft: the server forgets it with the sending.
  hold(id) {
    clearTimeout(this.timer);
    this.dirty = false;
    this.held.add(id);
  }

  release(id, sent) {
    this.held.delete(id);
    // What went at a later try may have come into the draft again meanwhile, and would be offered once more.
    const late = this.unsent.delete(id);
    if (sent && !late) this.version = "";
    if (!this.held.size && (this.dirty || late || this.text.trim() || this.quote)) this.touch();
  }

  fail(id, text, quote) {
    this.held.delete(id);
    this.unsent.set(id, { text, quote });
    this.touch();
  }

  get text() {
    return [...[...this.unsent.values()].map(({ text }) => text), this.read().text].filter((part) => part.trim()).join("\n\n");
  }

  get quote() {
    return this.read().quote ?? [...this.unsent.values()].find(({ quote }) => quote)?.quote;
  }

  save() {
    clearTimeout(this.timer);
    this.busy = this.busy.then(() => this.write());
    return this.busy;
  }

  async write() {
    if (!this.dirty || this.held.size) return;
    this.dirty = false;
    try {
      const response = await post(this.url, this.fields(), { signal: AbortSignal.timeout(15_000) });
      if (response.status !== 204) throw new Error(`draft: ${response.status}`);
      this.version = response.headers.get("Draft-Version") ?? "";
      sessionStorage.removeItem(this.keptAt);
      if (response.headers.has("Draft-Replaced")) this.replaced();
    } catch {
      // With the next letter, or when the page is left.
      this.dirty = true;
      this.keep();
    }
  }

  leave() {
    clearTimeout(this.timer);
    if (!this.dirty || this.held.size) return;
    if (sessionStorage.getItem(this.keptAt) !== null) this.keep();
    this.dirty = false;
    post(this.url, this.fields(), { keepalive: true }).catch(() => { this.dirty = true; });
  }

  keep() {
    sessionStorage.setItem(this.keptAt, this.read().text);
  }

  // Once: from here on it is a draft like any.
  takeKept() {
    const kept = sessionStorage.getItem(this.keptAt) ?? "";
    sessionStorage.removeItem(this.keptAt);
    return kept;
  }

  fields() {
    const { titles = [] } = this.read();
    const quoted = this.quote ? [["reply_to", this.quote.id]] : [];
    return [["kind", this.kind], ["text", this.text], ["known", this.version], ...quoted, ...titles.map((title) => ["quick_reply", title])];
  }
}
