// <message-composer>: a reply to the customer or a note for the team, in two forms that never meet. What each part does
// is in static/js/composer/; here they are put together. Without a script both forms post by themselves.
import { DraftKeeper } from "../composer/drafts.js";
import { takeDrops } from "../composer/drops.js";
import { EmojiPicker } from "../composer/emoji.js";
import { decide, putAway } from "../composer/later.js";
import { Mentions } from "../composer/mentions.js";
import { Outbox } from "../composer/outbox.js";
import { askWhoWasOvertaken } from "../composer/overtaken.js";
import { linkToQuote, Quote, quoteOf } from "../composer/quote.js";
import { QuickReplies } from "../composer/quick-replies.js";
import { Recorder } from "../composer/recorder.js";
import { Seen } from "../composer/seen.js";
import { SendState } from "../composer/state.js";
import { insert, Suggestions } from "../composer/suggestions.js";
import { lengthOf, partsOf } from "../composer/text.js";
import { discard, forgetUnsent, restore, restoreKept } from "../composer/unsent.js";
import { Uploads } from "../composer/uploads.js";
import { define } from "../lib/dom.js";
import { post } from "../lib/posting.js";
import "./reply-options.js";

const TYPING_EVERY = 10_000;
const NEAR = 0.8;
const ON_ITS_WAY = "A file is still on its way up. Send when it is there, or remove it.";

define("message-composer", class extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.limits = JSON.parse(this.dataset.limits);
    this.forms = { reply: this.querySelector("[data-form=reply]"), note: this.querySelector("[data-form=note]") };
    this.log = this.closest("section, main")?.querySelector("#log") ?? document.getElementById("log");
    this.mentions = new Mentions();
    this.seen = new Seen(this.log, this.forms.reply.elements.last_seen);
    this.textOf("note").value = this.mentions.read(this.textOf("note").value);
    this.build(signal);
    for (const kind of ["reply", "note"]) this.listen(kind, signal);
    this.addEventListener("submit", (event) => decide(this, event));
    for (const tab of this.querySelectorAll("[data-tab]")) {
      tab.addEventListener("click", () => this.turnTo(tab.dataset.tab, true));
      tab.addEventListener("keydown", (event) => { if (event.key === "ArrowLeft" || event.key === "ArrowRight") this.turnTo(this.kind === "reply" ? "note" : "reply"); });
    }
    document.addEventListener("shortcut:reply", () => this.turnTo("reply", true), { signal });
    document.addEventListener("shortcut:note", () => this.turnTo("note", true), { signal });
    document.addEventListener("shortcut:quote", () => this.cite(linkToQuote(this.log)), { signal });
    this.log?.addEventListener("click", (event) => {
      const link = event.target.closest("[data-quote]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.cite(link);
    }, { signal });
    document.addEventListener("shortcut:attach", () => this.forms[this.kind].querySelector("[data-pick]").click(), { signal });
    this.addEventListener("reply:take", ({ detail }) => { this.turnTo("reply", true); this.take(detail, this.textOf("reply")); });
    addEventListener("online", () => Object.values(this.drafts).forEach((keeper) => keeper.save()), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.leave(); }, { signal });
    takeDrops(this, {
      may: () => this.kind === "note" || this.state.mayReply,
      take: (files) => { this.turnTo(this.kind, true); this.uploads[this.kind].add(files); },
      signal,
    });
    this.querySelectorAll("[data-keys]").forEach((keys) => { keys.textContent = this.dataset.enterSends === undefined ? "Ctrl+Enter sends" : "Enter sends, Shift+Enter new line"; });
    this.turnTo(this.dataset.kind);
    for (const kind of ["reply", "note"]) this.begun(kind);
  }

  disconnectedCallback() {
    this.listening.abort();
    this.outbox.close();
    this.leave();
  }

  build(signal) {
    const { dataset, limits } = this;
    this.state = undefined;
    this.uploads = Object.fromEntries(["reply", "note"].map((kind) => [kind, new Uploads({
      list: this.forms[kind].querySelector("[data-uploads]"),
      mould: this.querySelector("template[data-progress]"),
      url: dataset.uploadsUrl,
      limits: kind === "note" ? JSON.parse(dataset.noteLimits) : limits,
      also: kind === "note" ? { for_note: "on" } : {},
      trouble: (words) => this.problem(kind, words),
      changed: () => this.arrived(kind),
    })]));
    this.recorder = new Recorder({
      box: this.querySelector("[data-recorder]"),
      button: this.querySelector("[data-tool=voice]"),
      taken: (blob, words) => this.uploads.reply.addRecording(blob, words),
      trouble: (words) => this.problem("reply", words),
      says: (words) => { this.querySelector("[data-says]").textContent = words; },
      signal,
    });
    this.quote = new Quote({ box: this.querySelector("[data-quoting]"), changed: () => this.drafts?.reply.touch() });
    this.quickReplies = new QuickReplies({
      box: this.querySelector("[data-quick-replies]"),
      mould: this.querySelector("template[data-title]"),
      limits,
      changed: () => this.drafts?.reply.touch(),
    });
    this.drafts = Object.fromEntries(["reply", "note"].map((kind) => [kind, new DraftKeeper({
      url: dataset.draftUrl,
      owner: dataset.agent,
      kind: kind.toUpperCase(),
      version: this.forms[kind].dataset.version,
      read: () => kind === "reply"
        ? { text: this.written(kind), titles: this.quickReplies.titles, quote: this.quote.value }
        : { text: this.written(kind) },
      replaced: () => this.problem(kind, "This draft was being written in another tab too: what stands here replaced it."),
    })]));
    this.suggestions = new Suggestions({
      box: this.querySelector("[data-suggestions]"),
      urlOf: (kind, query) => kind === "note"
        ? `${dataset.colleaguesUrl}?${new URLSearchParams({ q: query })}`
        : `${dataset.repliesUrl}?${new URLSearchParams({ q: query, platform: dataset.platform })}`,
      taken: (option, textarea) => this.take(option, textarea),
    });
    this.emoji = new EmojiPicker(this);
    this.outbox = new Outbox({
      log: this.log,
      mould: this.querySelector("template[data-pending]"),
      storeAt: `unsent:${dataset.agent}:${dataset.chat}`,
      settled: (item, sent) => this.settled(item, sent),
      failed: (item) => this.failed(item),
      overtaken: (item, html) => this.ask(item, html),
      edit: (item) => restore(this, item),
      discard: (item) => discard(this, item),
    });
    this.state = new SendState({ host: this, chat: dataset.chat, url: dataset.stateUrl, changed: () => this.permit(), signal });
    forgetUnsent(this);
    restoreKept(this);
  }

  listen(kind, signal) {
    const form = this.forms[kind];
    const textarea = this.textOf(kind);
    form.addEventListener("submit", (event) => this.submit(event, kind));
    textarea.addEventListener("keydown", (event) => this.key(event, kind));
    textarea.addEventListener("input", () => this.typed(kind));
    for (const moved of ["click", "keyup"]) textarea.addEventListener(moved, (event) => { if (!["Escape", "Enter", "Tab", "ArrowUp", "ArrowDown"].includes(event.key)) this.suggestions.look(textarea, kind); });
    textarea.addEventListener("blur", () => this.suggestions.close());
    for (const tool of form.querySelectorAll("[data-tool]")) tool.addEventListener("click", () => this.tool(tool, textarea));
    textarea.addEventListener("paste", (event) => {
      const { files } = event.clipboardData;
      if (!files.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.uploads[kind].add(files);
    });
    const pick = form.querySelector("[data-pick]");
    pick.addEventListener("change", () => { this.uploads[kind].add(pick.files); pick.value = ""; textarea.focus(); });
    if (kind === "note") return;
    form.querySelector("#send-at").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      form.requestSubmit(event.target.parentElement.querySelector("[data-later]"));
    });
    this.log && new MutationObserver(() => this.news()).observe(this.log.querySelector("#items") ?? this.log, { childList: true });
  }

  get kind() { return this.dataset.kind; }

  textOf(kind) {
    return this.forms[kind].querySelector("textarea");
  }

  // As it is kept and sent.
  written(kind) {
    const text = this.textOf(kind).value;
    return kind === "note" ? this.mentions.write(text) : text;
  }

  turnTo(kind, focus = false) {
    this.dataset.kind = kind;
    if (kind === "note") this.recorder.stop();
    this.suggestions.close();
    for (const tab of this.querySelectorAll("[data-tab]")) {
      tab.setAttribute("aria-selected", String(tab.dataset.tab === kind));
      tab.tabIndex = tab.dataset.tab === kind ? 0 : -1;
    }
    for (const [name, form] of Object.entries(this.forms)) form.parentElement.hidden = name !== kind;
    if (focus) (this.textOf(kind).disabled || this.textOf(kind).matches(":disabled") ? this.querySelector(`[data-tab=${kind}]`) : this.textOf(kind)).focus();
  }

  permit() {
    if (!this.state) return queueMicrotask(() => this.state && this.permit());
    this.dataset.mode = this.state.mode;
    this.forms.reply.querySelector("[data-body]").disabled = !this.state.mayReply;
    if (!this.state.mayReply) this.recorder.cancel();
  }

  key(event, kind) {
    if (event.isComposing || event.keyCode === 229) return;
    if (this.suggestions.key(event, () => { if (!this.enter(event, kind) && event.key === "Enter") insert(this.textOf(kind), "\n"); })) return event.preventDefault();
    if (event.key === "Escape" && kind === "reply" && this.quote.value) {
      event.preventDefault();
      return this.quote.set();
    }
    if (this.enter(event, kind)) event.preventDefault();
  }

  enter(event, kind) {
    if (event.key !== "Enter" || event.altKey) return false;
    const asked = event.ctrlKey || event.metaKey;
    // On a phone's keyboard there is no Shift+Enter.
    const plain = this.dataset.enterSends !== undefined && !event.shiftKey && !matchMedia("(pointer: coarse)").matches;
    if ((asked || plain) && kind === "reply" && this.suggestions.inVain) return this.doubt();
    if (asked || plain) this.forms[kind].requestSubmit(this.forms[kind].querySelector("[data-send]"));
    return asked || plain;
  }

  // A slip would go to the customer as it stands: whoever means it presses once more.
  doubt() {
    this.problem("reply", `No canned reply is called “/${this.suggestions.query}”. Press again to send it as it is written.`);
    this.suggestions.dismiss();
    return true;
  }

  typed(kind) {
    const textarea = this.textOf(kind);
    this.drafts[kind].touch();
    this.begun(kind);
    this.problem(kind, "");
    this.suggestions.look(textarea, kind);
    if (kind === "reply" && textarea.value.trim() && this.state.mode === "REPLY" && Date.now() - (this.typedAt ?? 0) > TYPING_EVERY) {
      this.typedAt = Date.now();
      post(this.dataset.typingUrl, []).catch(() => {});
    }
  }

  // Where nothing is written, everything that stands in the thread has been seen before it is begun.
  begun(kind) {
    const textarea = this.textOf(kind);
    if (!CSS.supports("field-sizing", "content")) {
      textarea.style.blockSize = "auto";
      textarea.style.blockSize = `${textarea.scrollHeight}px`;
    }
    if (kind === "reply" && (!textarea.value.trim() || !this.writing)) this.sawAll();
    if (kind === "reply") this.writing = textarea.value.trim() !== "";
    this.count(kind);
  }

  sawAll() {
    this.seen.all();
    this.news();
  }

  news() {
    const came = this.writing ? this.seen.since : 0;
    this.querySelector("[data-news]").textContent = came ? `${came} new ${came === 1 ? "message" : "messages"} arrived` : "";
  }

  count(kind) {
    if (!this.forms) return;
    const output = this.forms[kind].querySelector("[data-count]");
    const text = this.textOf(kind).value.trim();
    if (kind === "note") {
      output.textContent = text.length > 8000 ? `${(10_000 - text.length).toLocaleString("en")} left` : "";
      return;
    }
    const { text: most, unit } = this.limits;
    const length = lengthOf(text, unit);
    const parts = length > most ? partsOf(text, most, unit) : 1;
    const near = length > most * NEAR;
    output.textContent = parts > 1 ? `Goes as ${parts} messages` : near ? `${length.toLocaleString("en")} / ${most.toLocaleString("en")} ${unit}` : "";
    output.toggleAttribute("data-many", parts > 1);
  }

  problem(kind, words) {
    this.forms[kind].querySelector("[data-problem]").textContent = words;
  }

  // What was said of a file on its way is over with the last of them.
  arrived(kind) {
    if (this.forms[kind].querySelector("[data-problem]").textContent === ON_ITS_WAY && !this.uploads[kind].busy) this.problem(kind, "");
    this.count(kind);
  }

  cite(link) {
    if (!link || !this.state.mayReply) return;
    this.quote.set(quoteOf(link));
    this.turnTo("reply", true);
  }

  tool(button, textarea) {
    const { tool } = button.dataset;
    if (tool === "voice") return this.recorder.start();
    if (tool === "emoji") return this.emoji.open(textarea, button);
    if (tool === "buttons") {
      const { box, input } = this.quickReplies;
      box.hidden = !box.hidden && !this.quickReplies.titles.length;
      button.setAttribute("aria-expanded", String(!box.hidden));
      return box.hidden ? textarea.focus() : input.focus();
    }
    const sign = tool === "mention" ? "@" : "/";
    const before = textarea.value.slice(0, textarea.selectionStart);
    insert(textarea, /(^|\s)$/.test(before) ? sign : ` ${sign}`);
  }

  take(option, textarea) {
    if (option.dataset.mention) return insert(textarea, `@${this.mentions.add(option.dataset.name, option.dataset.mention)} `);
    insert(textarea, option.dataset.text);
    for (const asset of JSON.parse(option.dataset.files || "[]")) this.uploads.reply.addAsset(asset);
    post(option.dataset.used, []).catch(() => {});
  }

  submit(event, kind) {
    event.preventDefault();
    const later = event.submitter?.hasAttribute("data-later") ? event.submitter : undefined;
    if (event.submitter?.hasAttribute("data-remove")) return;
    const form = this.forms[kind];
    const text = this.written(kind);
    const files = this.uploads[kind].ids;
    if (kind === "reply" && this.recorder.running) return this.problem("reply", "A voice note is being recorded. Stop or cancel it, then send.");
    if (this.uploads[kind].busy) return this.problem(kind, ON_ITS_WAY);
    if (!text.trim() && !files.length) return this.textOf(kind).focus();
    const id = crypto.randomUUID();
    const fields = [[kind, text], ["client_id", id], ...files.map((file) => ["upload", file])];
    const quote = kind === "reply" ? this.quote.value : undefined;
    if (quote) fields.push(["reply_to", quote.id]);
    if (kind === "reply") {
      fields.push(["last_seen", form.elements.last_seen.value], ...this.quickReplies.titles.map((title) => ["quick_reply", title]));
    }
    if (later) return putAway(this, later, fields);
    const { lines: nodes, names } = this.uploads[kind];
    const item = { id, kind, url: form.action, fields, text, quote, files: names, nodes };
    this.drafts[kind].hold(id);
    this.clear(kind);
    this.outbox.add(item);
    this.textOf(kind).focus();
  }

  clear(kind) {
    this.textOf(kind).value = "";
    this.suggestions.look(this.textOf(kind), kind);
    this.problem(kind, "");
    this.uploads[kind].lines.forEach((line) => line.remove());
    this.writing = kind === "reply" ? false : this.writing;
    if (kind === "reply") {
      this.quickReplies.set([]);
      this.quote.set();
      this.drafts.reply.dirty = false;
      clearTimeout(this.drafts.reply.timer);
    }
    this.begun(kind);
  }

  settled(item, sent) {
    this.drafts[item.kind].release(item.id, sent);
    if (!this.isConnected) return;
    if (sent) this.querySelector("[data-says]").textContent = item.kind === "note" ? "Note added" : "Sent";
    if (!this.writing) this.sawAll();
  }

  failed(item) {
    this.drafts[item.kind].fail(item.id, item.text, item.quote);
    if (this.isConnected) this.querySelector("[data-says]").textContent = "Not sent";
  }

  ask(item, html) {
    const lastSeen = askWhoWasOvertaken(this, html, {
      edit: () => {
        this.outbox.forget(item, false);
        restore(this, item);
        this.forms.reply.elements.last_seen.value = lastSeen;
      },
      discard: () => {
        this.outbox.forget(item, false);
        discard(this, item);
      },
      anyway: () => {
        item.fields = item.fields.map(([name, value]) => [name, name === "last_seen" ? lastSeen : value]);
        this.drafts.reply.hold(item.id);
        this.outbox.send(item);
      },
    });
    this.outbox.say(item, "Waits for your decision", false);
    this.failed(item);
  }

  leave() { for (const keeper of Object.values(this.drafts)) keeper.leave(); }
});
