// <chat-thread data-chat data-messages data-head data-reading>: keeps a thread true while it is open. Hears live:message,
// live:chat and live:refresh, fetches older and later pages, tells that it was read, jumps. Its log is a reversed
// column: scrollTop is 0 at the newest and negative above it.
import { debounce, define } from "../lib/dom.js";
import { post } from "../lib/posting.js";
import { arrange, entriesIn, fragment, place } from "../lib/thread-log.js";

const NEAR = 80;
const MOST_IDS = 100;
// Of the head: what is open, and what waits for an answer, which is the head anew.
const BUSY = ":popover-open, .htmx-request";
const UNSETTLED = '[data-status="QUEUED"], [data-status="SENDING"], [data-status="UNCONFIRMED"]';

// As htmx asks: what the page's address says is sought is marked in its parts, too.
const asPage = () => ({ "HX-Request": "true", "HX-Current-URL": location.href });

define("chat-thread", class extends HTMLElement {
  connectedCallback() {
    this.log = this.querySelector("#log");
    this.items = this.querySelector("#items");
    if (!this.items) return;
    this.asked = new Set();
    this.unseen = 0;
    this.listening = new AbortController();
    const { signal } = this.listening;
    const on = (target, name, action) => target.addEventListener(name, action, { signal });
    const mine = (action) => ({ detail }) => { if (detail?.chat === this.dataset.chat) action(detail); };
    this.fetchNews = debounce(200, () => this.refreshNews());
    this.refresh = debounce(200, () => this.refreshAll());
    on(document, "live:message", mine(({ message }) => { this.asked.add(message); this.fetchMessages(); }));
    on(document, "live:chat", mine(() => this.fetchNews()));
    on(document, "chat:unread", mine(() => { this.leftUnread = true; }));
    on(document, "live:refresh", () => this.refresh());
    on(document, "visibilitychange", () => this.read());
    on(window, "focus", () => this.read());
    on(this.log, "scroll", () => this.onScroll());
    on(this, "click", (event) => this.onClick(event));
    on(this, "htmx:afterSwap", (event) => this.onSwap(event));
    // It does not bubble.
    this.addEventListener("toggle", (event) => this.onToggle(event), { signal, capture: true });
    this.lastHead = "";
    this.watch();
    // htmx takes the thread that was here away after this one has come: only then is the log as high as it will be.
    queueMicrotask(() => { if (this.isConnected) this.begin(); });
  }

  disconnectedCallback() {
    this.listening?.abort();
    this.changes?.disconnect();
    this.edges?.disconnect();
  }

  // Whoever puts a message here, it is put in order.
  watch() {
    this.changes = new MutationObserver(() => this.settle());
    this.changes.observe(this.items, { childList: true });
    this.edges = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) if (isIntersecting) this.fetchPage(target.id);
    }, { root: this.log, rootMargin: "400px 0px" });
    this.watchEdges();
  }

  settle() {
    for (const stray of this.items.querySelectorAll(":scope > [data-at]")) {
      const next = stray.nextElementSibling;
      const before = stray.previousElementSibling;
      const outOfOrder = [before, next].some((one, side) => one?.dataset.at && (side ? 1 : -1) * (one.dataset.at - stray.dataset.at) < 0);
      if (outOfOrder) place(this.items, stray);
      if (stray.dataset.client) this.items.querySelector(`[data-pending="${CSS.escape(stray.dataset.client)}"]`)?.remove();
    }
    arrange(this.items);
    this.changes.takeRecords();
  }

  watchEdges() {
    this.edges.disconnect();
    for (const edge of this.items.querySelectorAll("#earlier, #later")) this.edges.observe(edge);
  }

  begin() {
    const hit = this.items.querySelector("[data-hit]");
    const fresh = this.items.querySelector("#new");
    const day = new URLSearchParams(location.search).get("date");
    if (hit) {
      (hit.querySelector("mark") ?? hit).scrollIntoView({ block: "center" });
      hit.focus({ preventScroll: true });
    } else if (location.hash.startsWith("#message-")) this.jump(location.hash.slice(1));
    else if (location.hash.startsWith("#why-")) this.unfold(location.hash.slice(1));
    else if (day) (this.items.querySelector(`.thread-day[data-day="${CSS.escape(day)}"]`) ?? entriesIn(this.items).find((one) => one.dataset.day > day))?.scrollIntoView({ block: "start" });
    else if (fresh && this.log.scrollHeight > this.log.clientHeight) fresh.scrollIntoView({ block: "start" });
    // What led here is gone with the thread that was.
    if (document.readyState === "complete" && document.activeElement === document.body) this.log.focus({ preventScroll: true });
    this.onScroll();
    this.read();
  }

  get atEnd() {
    return !this.items.dataset.later && Math.abs(this.log.scrollTop) < NEAR;
  }

  get watched() {
    return !document.hidden && document.hasFocus() && this.checkVisibility();
  }

  get lastKey() {
    return entriesIn(this.items).at(-1)?.dataset.key ?? "";
  }

  async read() {
    if (this.leftUnread || !this.watched || !this.isConnected) return;
    if (this.hasRead && !this.newSinceRead) return;
    this.hasRead = true;
    this.newSinceRead = false;
    await post(this.dataset.reading, []).catch(() => { this.newSinceRead = true; });
  }

  async get(url, more = {}) {
    try {
      const response = await fetch(url, { headers: { ...asPage(), ...more }, cache: "no-store", redirect: "manual" });
      if (response.status === 404 && url === this.dataset.head) this.vanish();
      return response.ok && this.isConnected ? await response.text() : undefined;
    } catch {
      // The stream says when it is worth another try.
      return undefined;
    }
  }

  // At once; what is told meanwhile goes together in the next.
  async fetchMessages() {
    if (this.fetchingMessages) return;
    this.fetchingMessages = true;
    // What else is told in the same breath.
    await Promise.resolve();
    try {
      while (this.asked.size) {
        const some = [...this.asked].slice(0, MOST_IDS);
        for (const id of some) this.asked.delete(id);
        const html = await this.get(`${this.dataset.messages}?ids=${some.join(",")}`);
        if (html !== undefined) this.take(fragment(html), some);
      }
    } finally {
      this.fetchingMessages = false;
    }
  }

  // What was done to the chat, and what became of messages that still waited.
  async refreshNews() {
    this.fetchHead();
    const waiting = [...this.items.querySelectorAll(UNSETTLED)].map((one) => one.id.replace("message-", ""));
    const after = this.items.dataset.later ? "" : this.lastKey;
    const html = await this.get(`${this.dataset.messages}?ids=${waiting.slice(-MOST_IDS).join(",")}&after=${encodeURIComponent(after)}`);
    if (html !== undefined) this.take(fragment(html), []);
  }

  // All that may have been missed: the newest page, and how those before it stand by now.
  async refreshAll() {
    this.fetchHead();
    const shown = [...this.items.querySelectorAll("article[data-at]")];
    const older = this.items.dataset.later ? shown : shown.slice(0, -40);
    for (const one of older.slice(-MOST_IDS)) if (one.id) this.asked.add(one.id.replace("message-", ""));
    if (this.asked.size) this.fetchMessages();
    if (this.items.dataset.later) return;
    const html = await this.get(this.dataset.messages);
    if (html === undefined) return;
    const page = fragment(html);
    const first = entriesIn(page)[0];
    const last = entriesIn(this.items).at(-1);
    // More than a page has come: what lies between is not here.
    if (last && first && page.firstElementChild.dataset.earlier && first.dataset.at > last.dataset.at) this.reload();
    else this.take(page, []);
  }

  reload() {
    htmx.ajax("GET", location.pathname + location.search, { target: "#thread", swap: "innerHTML" });
  }

  // Whatever is put in or taken out: the end stays the end, else what is read stays where it is.
  keepPlace(action) {
    const atEnd = this.atEnd;
    const { top } = this.log.getBoundingClientRect();
    const anchor = entriesIn(this.items).find((one) => one.getBoundingClientRect().bottom > top);
    const before = anchor?.getBoundingClientRect().top;
    action();
    this.settle();
    if (atEnd) this.log.scrollTop = 0;
    else if (anchor?.isConnected) this.log.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  take(page, asked) {
    const atEnd = this.atEnd;
    const last = entriesIn(this.items).at(-1)?.dataset.at ?? 0;
    const came = [];
    this.keepPlace(() => {
      // Gone into another: what an echo had brought turned out to be ours.
      for (const id of asked) if (!page.querySelector(`[id="message-${id}"]`)) document.getElementById(`message-${id}`)?.remove();
      for (const entry of entriesIn(page)) {
        const beyond = !document.getElementById(entry.id) && entry.dataset.at > last;
        if (beyond && this.isNews(entry)) came.push(entry);
        if (beyond && this.items.dataset.later) continue;
        this.items.querySelector(":scope > .thread-start:only-child")?.remove();
        window.htmx?.process(place(this.items, entry));
      }
    });
    if (came.length) this.tell(came, atEnd);
  }

  isNews(entry) {
    return entry.matches("article") && entry.dataset.direction === "IN";
  }

  tell(came, atEnd) {
    this.newSinceRead = true;
    const said = this.querySelector("#thread-said");
    said.textContent = came.map((one) => `${one.querySelector(".message__author")?.textContent.trim()}: ${one.querySelector(".message__body")?.textContent.trim().replace(/\s+/g, " ").slice(0, 200)}`).join(". ");
    if (!atEnd) this.unseen += came.length;
    this.onScroll();
    this.read();
  }

  async fetchPage(edge) {
    const mark = this.items.querySelector(`#${edge}`);
    if (!mark || this.fetching) return;
    this.fetching = true;
    const back = edge === "earlier";
    const key = mark.querySelector("[data-key]").dataset.key;
    const html = await this.get(`${this.dataset.messages}?${back ? "before" : "after"}=${encodeURIComponent(key)}`);
    this.fetching = false;
    if (html === undefined || !mark.isConnected) return;
    const page = fragment(html).firstElementChild;
    const next = back ? page.dataset.earlier : page.dataset.later;
    const fresh = entriesIn(page).filter((entry) => !document.getElementById(entry.id));
    this.keepPlace(() => {
      if (back) mark.after(...fresh);
      else mark.before(...fresh);
      if (next) Object.assign(mark.querySelector("a"), { href: `?${back ? "before" : "after"}=${encodeURIComponent(next)}` }).dataset.key = next;
      else mark.remove();
    });
    if (!back) this.items.dataset.later = next;
    for (const entry of fresh) window.htmx?.process(entry);
    this.onScroll();
    this.watchEdges();
  }

  async fetchHead() {
    const head = this.querySelector("#thread-head");
    if (!head) return;
    if (head.querySelector(BUSY)) {
      this.headIsOld = true;
      // What is open stays open; what may no longer be read does not.
      this.get(this.dataset.head);
      return;
    }
    const html = await this.get(this.dataset.head);
    const now = this.querySelector("#thread-head");
    if (html === undefined || !now || now.querySelector(BUSY)) return;
    const bare = html.replace(/csrfmiddlewaretoken" value="[^"]*"/g, "");
    if (bare === this.lastHead) return;
    this.lastHead = bare;
    const focused = now.contains(document.activeElement) ? document.activeElement.id : "";
    const fresh = fragment(html).firstElementChild;
    now.replaceWith(fresh);
    window.htmx?.process(fresh);
    if (focused) document.getElementById(focused)?.focus();
  }

  // It is not theirs to see any more: no word of it stays on the screen.
  vanish() {
    const mould = this.querySelector("template[data-vanished]");
    const pane = this.closest("#thread");
    if (!mould || !pane) return;
    const notice = mould.content.cloneNode(true);
    document.dispatchEvent(new CustomEvent("chat:vanished", { detail: { chat: this.dataset.chat } }));
    pane.replaceChildren(notice);
    pane.querySelector("a")?.focus();
  }

  onToggle({ target, newState }) {
    if (newState === "closed" && target.id === "reaction-menu") this.items.querySelector("[data-open]")?.removeAttribute("data-open");
    if (newState === "open") target.querySelector?.("[data-filter]")?.focus();
    if (newState === "closed" && this.headIsOld) {
      this.headIsOld = false;
      this.fetchHead();
    }
  }

  // A menu that did its work is gone with the head: its button has the focus again.
  onSwap({ detail }) {
    // The second click of two meets a button that waits: the focus goes to what is around it.
    if (document.activeElement && !document.activeElement.contains(this)) return;
    const place = detail.target?.id === "thread-head" ? this.opener : detail.elt?.closest?.("article");
    const id = typeof place === "string" ? place : place?.id;
    if (id) document.getElementById(id)?.focus({ preventScroll: true });
  }

  onScroll() {
    if (this.atEnd) this.unseen = 0;
    const button = this.querySelector("#to-latest");
    button.hidden = this.atEnd;
    button.toggleAttribute("data-new", this.unseen > 0);
    button.querySelector("[data-words]").textContent = this.unseen ? `${this.unseen} new ${this.unseen === 1 ? "message" : "messages"}` : "Latest messages";
  }

  onClick(event) {
    // The second click of two is none on what has come in place of the button; a finger means each tap.
    if (event.detail > 1 && event.pointerType !== "touch" && event.target.closest("#state-button")) event.preventDefault();
    const opener = event.target.closest("#thread-head button");
    if (opener && !opener.closest("[popover]")) this.opener = opener.id;
    const jump = event.target.closest("[data-jump]");
    if (jump && document.getElementById(jump.dataset.jump)) {
      event.preventDefault();
      event.stopPropagation();
      this.jump(jump.dataset.jump);
    }
    const why = event.target.closest("[data-why]");
    if (why && this.unfold(why.dataset.why)) event.preventDefault();
    const latest = event.target.closest("#to-latest");
    if (latest && !this.items.dataset.later) {
      event.preventDefault();
      event.stopPropagation();
      this.log.scrollTo({ top: 0, behavior: "smooth" });
      this.log.focus({ preventScroll: true });
    }
    const react = event.target.closest("[data-react]");
    if (react) this.aim(react);
  }

  jump(id, focus = true) {
    const target = document.getElementById(id);
    if (!target) return;
    for (const old of this.items.querySelectorAll("[data-hit]")) old.removeAttribute("data-hit");
    target.setAttribute("data-hit", "");
    (target.querySelector("mark") ?? target).scrollIntoView({ block: "center" });
    if (focus) target.focus({ preventScroll: true });
  }

  // Why somebody has the chat; false where that is not loaded.
  unfold(id) {
    const told = document.getElementById(id);
    if (!told) return false;
    told.closest("chat-thread").querySelector("#assignee-menu:popover-open")?.hidePopover();
    told.open = true;
    told.parentElement.scrollIntoView({ block: "center" });
    told.querySelector("summary").focus({ preventScroll: true });
    return true;
  }

  // Where it is not loaded, the window around it takes the place of what is.
  async show(address, id, focus) {
    if (!document.getElementById(id)) {
      const html = await this.get(address, { "HX-Target": "thread" });
      const fresh = html && fragment(html).querySelector("#items");
      if (!fresh) return false;
      this.items.replaceChildren(...fresh.childNodes);
      this.items.dataset.later = fresh.dataset.later;
      window.htmx?.process(this.items);
      this.watchEdges();
    }
    this.jump(id, focus);
    this.onScroll();
    return true;
  }

  // One menu of reactions for all messages.
  aim(button) {
    const form = this.querySelector(".reaction-form");
    const article = button.closest("article");
    form.action = button.dataset.react;
    form.setAttribute("hx-post", button.dataset.react);
    form.setAttribute("hx-target", `#${CSS.escape(article.id)}`);
    form.setAttribute("hx-swap", "outerHTML");
    window.htmx?.process(form);
    form.onsubmit = () => this.querySelector("#reaction-menu").hidePopover();
    article.toggleAttribute("data-open", true);
  }
});
