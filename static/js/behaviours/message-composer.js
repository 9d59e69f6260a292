// <message-composer>: a reply to the customer or a note for the team, in two forms that never meet. What each part does
// is in static/js/composer/; here they are put together. Without a script both forms post by themselves.
import { DraftKeeper } from "../composer/drafts.js";
import { takeDrops } from "../composer/drops.js";
import { EmojiPicker } from "../composer/emoji.js";
import { Mentions } from "../composer/mentions.js";
import { Outbox } from "../composer/outbox.js";
import { askWhoWasOvertaken } from "../composer/overtaken.js";
import { QuickReplies } from "../composer/quick-replies.js";
import { Seen } from "../composer/seen.js";
import { SendState } from "../composer/state.js";
import { insert, Suggestions } from "../composer/suggestions.js";
import { lengthOf, partsOf } from "../composer/text.js";
import { Uploads } from "../composer/uploads.js";
import { define } from "../lib/dom.js";
import { parsed, post } from "../lib/posting.js";

const TYPING_EVERY = 10_000;
const NEAR = 0.8;

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
    this.addEventListener("submit", (event) => this.decide(event));
    for (const tab of this.querySelectorAll("[data-tab]")) {
      tab.addEventListener("click", () => this.turnTo(tab.dataset.tab, true));
      tab.addEventListener("keydown", (event) => { if (event.key === "ArrowLeft" || event.key === "ArrowRight") this.turnTo(this.kind === "reply" ? "note" : "reply"); });
    }
    document.addEventListener("shortcut:reply", () => this.turnTo("reply", true), { signal });
    document.addEventListener("shortcut:note", () => this.turnTo("note", true), { signal });
    document.addEventListener("shortcut:attach", () => this.forms.reply.querySelector("[data-pick]").click(), { signal });
    addEventListener("online", () => Object.values(this.drafts).forEach((keeper) => keeper.save()), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.leave(); }, { signal });
    takeDrops(this, {
      may: () => this.state.mayReply,
      take: (files) => { this.turnTo("reply", true); this.uploads.add(files); },
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
    this.uploads = new Uploads({
      list: this.querySelector("[data-uploads]"),
      mould: this.querySelector("template[data-progress]"),
      url: dataset.uploadsUrl,
      limits,
      trouble: (words) => this.problem("reply", words),
      changed: () => this.count("reply"),
    });
    this.quickReplies = new QuickReplies({
      box: this.querySelector("[data-quick-replies]"),
      mould: this.querySelector("template[data-title]"),
      limits,
      changed: () => this.drafts?.reply.touch(),
    });
    this.drafts = Object.fromEntries(["reply", "note"].map((kind) => [kind, new DraftKeeper({
      url: dataset.draftUrl,
      kind: kind.toUpperCase(),
      version: this.forms[kind].dataset.version,
      read: () => ({ text: this.written(kind), titles: kind === "reply" ? this.quickReplies.titles : [] }),
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
      edit: (item) => this.restore(item),
      discard: (item) => this.discard(item),
    });
    this.state = new SendState({ host: this, chat: dataset.chat, url: dataset.stateUrl, changed: () => this.permit(), signal });
    this.forgetUnsent();
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
    if (kind === "note") return;
    textarea.addEventListener("paste", (event) => {
      const { files } = event.clipboardData;
      if (!files.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.uploads.add(files);
    });
    const pick = form.querySelector("[data-pick]");
    pick.addEventListener("change", () => { this.uploads.add(pick.files); pick.value = ""; textarea.focus(); });
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
  }

  key(event, kind) {
    if (event.isComposing || event.keyCode === 229) return;
    if (this.suggestions.key(event)) return event.preventDefault();
    if (event.key !== "Enter" || event.altKey) return;
    const asked = event.ctrlKey || event.metaKey;
    // On a phone's keyboard there is no Shift+Enter.
    const plain = this.dataset.enterSends !== undefined && !event.shiftKey && !matchMedia("(pointer: coarse)").matches;
    if (!asked && !plain) return;
    event.preventDefault();
    this.forms[kind].requestSubmit(this.forms[kind].querySelector("[data-send]"));
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

  tool(button, textarea) {
    const { tool } = button.dataset;
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
    for (const asset of JSON.parse(option.dataset.files || "[]")) this.uploads.addAsset(asset);
    post(option.dataset.used, []).catch(() => {});
  }

  submit(event, kind) {
    event.preventDefault();
    const later = event.submitter?.hasAttribute("data-later") ? event.submitter : undefined;
    if (event.submitter?.hasAttribute("data-remove")) return;
    const form = this.forms[kind];
    const text = this.written(kind);
    const files = kind === "reply" ? this.uploads.ids : [];
    if (kind === "reply" && this.uploads.busy) return this.problem(kind, "A file is still on its way up. Send when it is there, or remove it.");
    if (!text.trim() && !files.length) return this.textOf(kind).focus();
    const id = crypto.randomUUID();
    const fields = [[kind, text], ["client_id", id]];
    if (kind === "reply") {
      fields.push(["last_seen", form.elements.last_seen.value], ...files.map((file) => ["upload", file]), ...this.quickReplies.titles.map((title) => ["quick_reply", title]));
    }
    if (later) return this.putAway(later, fields);
    const names = [...form.querySelectorAll("[data-uploads] input[name=upload]")].map((input) => input.closest(".upload").querySelector(".upload__name").textContent);
    const item = { id, kind, url: form.action, fields, text, files: names, nodes: this.lines() };
    this.drafts[kind].hold(id);
    this.clear(kind);
    this.outbox.add(item);
    this.textOf(kind).focus();
  }

  lines() { return [...this.querySelectorAll("[data-uploads] .upload:not([data-uploading])")]; }

  clear(kind) {
    this.textOf(kind).value = "";
    this.problem(kind, "");
    this.writing = kind === "reply" ? false : this.writing;
    if (kind === "reply") {
      this.lines().forEach((line) => line.remove());
      this.quickReplies.set([]);
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
    this.drafts[item.kind].fail(item.id, item.text);
    if (this.isConnected) this.querySelector("[data-says]").textContent = "Not sent";
  }

  // Back where it was written, above what has been begun since.
  restore(item) {
    const { kind } = item;
    const textarea = this.textOf(kind);
    this.turnTo(kind, true);
    textarea.value = [kind === "note" ? this.mentions.read(item.text) : item.text, textarea.value].filter((part) => part.trim()).join("\n\n");
    if (kind === "reply") {
      for (const line of item.nodes ?? []) this.querySelector("[data-uploads]").append(line);
      this.quickReplies.set([...item.fields.filter(([name]) => name === "quick_reply").map(([, title]) => title), ...this.quickReplies.titles]);
    }
    this.typed(kind);
  }

  // After a reload the draft begins with its text, and its files are still attached: they belong to the bubble.
  forgetUnsent() {
    for (const item of this.outbox.items.values()) {
      const textarea = this.textOf(item.kind);
      if (this.written(item.kind) === item.text) textarea.value = "";
      else if (textarea.value.startsWith(`${item.text}\n\n`)) textarea.value = textarea.value.slice(item.text.length + 2);
      const ids = item.fields.filter(([name]) => name === "upload").map(([, id]) => id);
      item.nodes = this.lines().filter((line) => ids.includes(line.querySelector("input[name=upload]").value));
      item.nodes.forEach((line) => line.remove());
    }
  }

  discard(item) {
    for (const line of item.nodes ?? []) post(line.querySelector("[data-remove]").getAttribute("formaction"), []).catch(() => {});
    this.drafts[item.kind].touch();
    this.textOf(item.kind).focus();
  }

  ask(item, html) {
    const lastSeen = askWhoWasOvertaken(this, html, {
      edit: () => {
        this.outbox.forget(item, false);
        this.restore(item);
        this.forms.reply.elements.last_seen.value = lastSeen;
      },
      discard: () => {
        this.outbox.forget(item, false);
        this.discard(item);
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

  async putAway(button, fields) {
    const form = this.forms.reply;
    const more = button.name === "preset" ? [["preset", button.value]] : [["send_at", form.elements.send_at.value]];
    if (form.elements.cancel_on_reply.checked) more.push(["cancel_on_reply", "on"]);
    this.drafts.reply.hold(button);
    button.disabled = true;
    let done = false;
    try {
      const response = await post(button.formAction, [...fields, ...more], { signal: AbortSignal.timeout(30_000) });
      done = response.status === 200 && !response.redirected;
      const answer = await response.text();
      if (done) {
        this.clear("reply");
        this.state.show(answer);
        this.querySelector("[data-says]").textContent = "Scheduled";
      } else {
        this.problem("reply", response.status === 422 ? answer : "It could not be scheduled. Try again.");
      }
    } catch {
      this.problem("reply", "It could not be scheduled: no answer came. Try again.");
    }
    button.disabled = false;
    this.querySelector("#send-later").hidePopover();
    this.drafts.reply.release(button, done);
    this.textOf("reply").focus();
  }

  // Of a scheduled message: now, not at all, or here again.
  async decide(event) {
    const form = event.target.closest("[data-decision]");
    if (!form) return;
    event.preventDefault();
    if (this.uploads.busy) return this.problem("reply", "Wait until the file is there.");
    await this.drafts.reply.save();
    try {
      const response = await post(form.action, []);
      if (response.status !== 200 || response.redirected) return this.problem("reply", response.status === 422 ? await response.text() : "That did not work. Try again.");
      const answer = await response.text();
      if (form.dataset.decision !== "edit") return this.state.show(answer);
      const anew = parsed(answer).querySelector("message-composer");
      this.replaceWith(anew);
      anew.turnTo("reply", true);
    } catch {
      this.problem("reply", "That did not work. Try again.");
    }
  }

  leave() { for (const keeper of Object.values(this.drafts)) keeper.leave(); }
});
