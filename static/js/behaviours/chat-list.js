// <chat-list data-rows-url data-query data-sort data-counts-url>: keeps the list as it is at the server. It hears which
// chats have changed, asks for their rows, and puts each in its place; where that would move what somebody reads or
// ticks, it says how many are new instead. Ticking is chat-ticks.js, the keyboard chat-keys.js.
import { keepTrue, tellFully } from "../lib/ago.js";
import { fragment } from "../lib/asking.js";
import { define } from "../lib/dom.js";

const GATHERED_FOR = 150;
const COUNTS_EVERY = 2_000;
const AT_ONCE = 100;
// So far down the top is no longer what somebody looks at.
const AWAY = 40;

const idOf = (row) => row.id.slice("row-".length);

define("chat-list", class extends HTMLElement {
  connectedCallback() {
    this.rows = this.querySelector("#rows");
    this.pane = this.closest("#list") ?? this;
    this.changed = new Set();
    this.news = new Set();
    this.listening = new AbortController();
    const { signal } = this.listening;
    const on = (name, action, target = document) => target.addEventListener(name, action, { signal });
    for (const name of ["live:chat", "live:message"]) on(name, ({ detail }) => this.note(detail.chat));
    on("live:refresh", () => this.refresh());
    on("live:counts", () => this.count());
    on("chat:vanished", ({ detail }) => this.vanish(detail.chat));
    on("htmx:afterSwap", (event) => this.afterSwap(event));
    on("pointerdown", () => this.hold(), this);
    on("click", (event) => this.click(event), this);
    on("click", (event) => this.goBack(event));
    on("pointerover", ({ target }) => { const time = target.closest("time"); if (time) tellFully(time); }, this);
    on("htmx:beforeRequest", (event) => { if (event.target.closest(".chat-row__link")) this.wait(event.detail.xhr); }, this);
    on("htmx:afterRequest", ({ detail }) => { if (detail.xhr === this.opening) this.wait(null); });
    on("rows:opening", () => this.wait(undefined), this);
    on("rows:opened", () => this.wait(null), this);
    on("formdata", (event) => this.slim(event), this);
    on("scroll", () => this.catchUp(), this.pane);
    for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) on(name, (event) => this.failed(event), this);
    this.clock = setInterval(() => keepTrue(this.rows), 30_000);
    keepTrue(this.rows);
    this.rows.querySelector("[aria-current]")?.closest(".chat-row").scrollIntoView({ block: "nearest" });
    this.tellUnread(this.dataset.unread);
  }

  disconnectedCallback() {
    this.listening.abort();
    clearInterval(this.clock);
    clearTimeout(this.counting);
    clearTimeout(this.gathering);
  }

  get current() {
    return this.rows.querySelector(".chat-row__link[aria-current]")?.closest(".chat-row");
  }

  // What has changed

  note(chat) {
    this.changed.add(chat);
    this.gather();
    this.count();
  }

  // In a storm, too, it is asked after so long; not after the last of it.
  gather() {
    this.gathering ??= setTimeout(() => { this.gathering = undefined; this.ask(); }, GATHERED_FOR);
  }

  // While a row is pressed none is renewed: to what has gone between the two halves of a click comes no click.
  hold() {
    const press = new AbortController();
    this.released = new Promise((done) => {
      const end = () => { press.abort(); setTimeout(done); };
      for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end, { signal: press.signal });
    });
  }

  async ask() {
    const ids = [...this.changed].slice(0, AT_ONCE);
    if (!ids.length) return;
    for (const id of ids) this.changed.delete(id);
    try {
      const answer = await fragment(`${this.dataset.rowsUrl}?${this.dataset.query}&ids=${ids.join(",")}`);
      await this.released;
      for (const row of [...answer.querySelectorAll(".chat-row")]) this.take(row);
      for (const gone of answer.querySelectorAll("[data-gone]")) this.leave(gone.dataset.gone, gone.textContent, "unseen" in gone.dataset);
      this.settle();
    } catch {
      for (const id of ids) this.changed.add(id);
      this.complain(true);
    }
    if (this.changed.size) this.gather();
  }

  // After a break: the first page again, and what is on the screen beyond it.
  async refresh() {
    try {
      const answer = await fragment(`${this.dataset.rowsUrl}?${this.dataset.query}`);
      await this.released;
      const found = [...answer.querySelectorAll(".chat-row")];
      const known = new Set(found.map((row) => row.id));
      for (const row of found) this.take(row);
      for (const row of this.all()) if (!known.has(row.id)) this.changed.add(idOf(row));
      this.settle();
      this.ask();
      this.count();
    } catch {
      this.complain(true);
    }
  }

  // Rows

  all() {
    return [...this.rows.querySelectorAll(":scope > .chat-row")];
  }

  // Moving it would move what is under somebody's pointer, or what is ticked.
  isHeld() {
    return this.isAway() || this.isTicking();
  }

  isAway() {
    return this.pane.scrollTop > AWAY;
  }

  isTicking() {
    return Boolean(this.rows.querySelector(".chat-row__tick:checked"));
  }

  take(fresh) {
    const old = document.getElementById(fresh.id);
    if (!old && this.isHeld()) return this.news.add(fresh.id);
    if (!old && this.isBeyond(fresh)) return undefined;
    const moves = !old || old.dataset.order !== fresh.dataset.order;
    const up = moves && old && Number(fresh.dataset.order) < Number(old.dataset.order);
    const row = old ? this.renew(old, fresh) : fresh;
    if (old && moves && this.isHeld()) {
      // It stays where it is until somebody asks for what is new.
      if (up) this.news.add(fresh.id);
      return undefined;
    }
    if (moves) this.place(row);
    if (!old) this.wake(row);
    return undefined;
  }

  // The row itself stays, and with it focus, tick and place.
  renew(old, fresh) {
    const [link, freshLink] = [old, fresh].map((row) => row.querySelector(".chat-row__link"));
    const current = link.getAttribute("aria-current");
    link.innerHTML = freshLink.innerHTML;
    link.setAttribute("href", freshLink.getAttribute("href"));
    if (current) link.setAttribute("aria-current", current);
    old.dataset.order = fresh.dataset.order;
    old.toggleAttribute("data-unread", fresh.hasAttribute("data-unread"));
    old.removeAttribute("data-left-list");
    return old;
  }

  place(row) {
    const focused = document.activeElement;
    const held = row.contains(focused) ? focused : null;
    const next = this.all().find((other) => other !== row && this.before(row, other));
    const end = this.rows.querySelector(".list-more");
    if (this.rows.moveBefore && row.parentElement === this.rows) this.rows.moveBefore(row, next ?? end);
    else this.rows.insertBefore(row, next ?? end);
    if (held && document.activeElement !== held) held.focus({ preventScroll: true });
  }

  before(row, other) {
    const [mine, theirs] = [Number(row.dataset.order), Number(other.dataset.order)];
    return mine !== theirs ? mine < theirs : (row.id < other.id) === (this.dataset.sort === "oldest");
  }

  // Behind the last that is loaded, it comes with its page.
  isBeyond(row) {
    const last = this.all().at(-1);
    return Boolean(this.rows.querySelector(".list-more")) && last && this.before(last, row);
  }

  wake(row) {
    htmx.process(row);
    keepTrue(row);
    this.dispatchEvent(new CustomEvent("rows:new", { detail: row }));
  }

  leave(id, why, unseen) {
    this.news.delete(id);
    const row = document.getElementById(id);
    if (!row) return;
    // Whoever has it open keeps it in sight, and is told why it goes; unless it is not theirs to see.
    if (unseen) row.remove();
    else if (row === this.current || row.contains(document.activeElement)) {
      row.toggleAttribute("data-left-list", true);
      row.querySelector(".chat-row__why").textContent = why;
    } else {
      row.remove();
    }
  }

  vanish(chat) {
    document.getElementById(`row-${chat}`)?.remove();
    history.replaceState({ htmx: true }, "", `${this.dataset.rowsUrl.replace(/rows\/$/, "")}?${this.dataset.query}`);
    this.closest(".inbox").dataset.pane = "list";
    this.nameTab();
    document.dispatchEvent(new CustomEvent("htmx:pushedIntoHistory"));
  }

  settle() {
    this.complain(false);
    keepTrue(this.rows);
    const count = this.news.size;
    const pill = this.querySelector("[data-news]");
    if (count) pill.textContent = `${count} new`;
    pill.parentElement.hidden = !count;
    this.dispatchEvent(new CustomEvent("rows:settled"));
  }

  // What was held back for the sake of what is read or ticked.
  catchUp() {
    if (this.news.size && !this.isHeld()) this.showNews();
  }

  async showNews() {
    if (this.asking) return;
    this.asking = true;
    try {
      const answer = await fragment(`${this.dataset.rowsUrl}?${this.dataset.query}`);
      const open = this.current && idOf(this.current);
      const at = document.activeElement?.closest(".chat-row, .list-news");
      const ticked = new Set([...this.rows.querySelectorAll(".chat-row__tick:checked")].map((tick) => tick.value));
      this.news.clear();
      this.rows.replaceChildren(answer);
      if (open) this.mark(open);
      for (const tick of this.rows.querySelectorAll(".chat-row__tick")) tick.checked = ticked.has(tick.value);
      // Neither a row that was there nor the button that is done has it any more.
      if (at) (document.getElementById(at.id) ?? this.rows).querySelector(".chat-row__link")?.focus({ preventScroll: true });
      htmx.process(this.rows);
      this.pane.scrollTo({ top: 0 });
      this.dispatchEvent(new CustomEvent("rows:new", { detail: this.rows }));
      this.settle();
    } catch {
      this.complain(true);
    } finally {
      this.asking = false;
    }
  }

  complain(failed) {
    this.querySelector(".list-failed").hidden = !failed;
  }

  // The one that is open

  mark(id) {
    for (const row of this.all()) {
      const link = row.querySelector(".chat-row__link");
      if (idOf(row) === id) link.setAttribute("aria-current", "true");
      else if (link.hasAttribute("aria-current")) {
        link.removeAttribute("aria-current");
        if (row.hasAttribute("data-left-list")) row.remove();
      }
    }
  }

  click(event) {
    if (event.target.closest("[data-news]")) return void this.showNews();
    if (event.target.closest("[data-retry]")) return void this.refresh();
    const more = event.target.closest("[data-more]");
    if (more) {
      event.preventDefault();
      return void htmx.trigger(more.closest(".list-more"), "retry");
    }
    const link = event.target.closest(".chat-row__link");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return undefined;
    this.mark(idOf(link.closest(".chat-row")));
    this.closest(".inbox").dataset.pane = "thread";
    this.nameTab(link.querySelector(".chat-row__name").textContent);
    return undefined;
  }

  // After the number of what is unread.
  nameTab(name) {
    const words = [name, this.pane.getAttribute("aria-label")].filter(Boolean).join(" · ");
    document.title = document.title.replace(/^(\(\d+\+?\) )?.*$/, (_, count = "") => `${count}${words}`);
  }

  // What was chosen did not come: the list says again what stands in the thread, or an answer would go to somebody else.
  goBackToOpen() {
    const thread = document.getElementById("thread");
    const open = thread.querySelector("chat-thread")?.dataset.chat ?? "";
    this.mark(open);
    this.closest(".inbox").dataset.pane = open ? "thread" : "list";
    this.nameTab(thread.querySelector(".thread-head__person")?.textContent);
  }

  // Until the chat that was chosen is there, the one before it hears nothing: neither words nor keys.
  wait(opening) {
    this.opening = opening;
    document.getElementById("thread").inert = opening !== null;
  }

  // On the phone: the list is still there, as far down as it was.
  goBack(event) {
    const back = event.target.closest(".thread-head__back");
    if (!back || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const open = this.current;
    history.pushState({ htmx: true }, "", `${new URL(back.href).pathname}?${this.dataset.query}`);
    this.closest(".inbox").dataset.pane = "list";
    // Nobody looks at it now: it must not say that somebody has read it.
    document.getElementById("thread").replaceChildren();
    this.mark("");
    open?.querySelector(".chat-row__link").focus({ preventScroll: true });
  }

  afterSwap({ detail }) {
    if (detail.target === this.rows || this.rows.contains(detail.target) || detail.elt?.matches?.(".list-more")) {
      keepTrue(this.rows);
      this.dispatchEvent(new CustomEvent("rows:new", { detail: this.rows }));
    }
  }

  failed(event) {
    const more = event.target.closest(".list-more");
    if (more) {
      more.toggleAttribute("data-failed", true);
      more.querySelector("[data-more]").textContent = "Try again";
    } else if (event.target.closest(".chat-row")) {
      // Unless another has been chosen since.
      if (!this.opening || this.opening === event.detail.xhr) this.goBackToOpen();
      if (event.type === "htmx:sendError" || event.detail.xhr.status === 401) return;
      event.preventDefault();
      const detail = { text: "The chat could not be loaded. Try again.", tone: "error" };
      document.dispatchEvent(new CustomEvent("toast", { detail }));
    }
  }

  // Empty fields do not go into the address.
  slim(event) {
    if (!event.target.matches("[data-slim]")) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  }

  // Numbers

  count() {
    if (this.counting) return;
    const wait = Math.max(0, (this.countedAt ?? 0) + COUNTS_EVERY - Date.now());
    this.counting = setTimeout(() => this.fetchCounts(), wait);
  }

  async fetchCounts() {
    this.countedAt = Date.now();
    try {
      const numbers = (await fragment(this.dataset.countsUrl)).querySelector("#inbox-counts");
      for (const number of numbers.querySelectorAll("data")) {
        const place = document.querySelector(`[data-count="${CSS.escape(number.getAttribute("value"))}"]`);
        if (place && place.textContent !== number.textContent) place.textContent = number.textContent;
      }
      this.tellUnread(numbers.getAttribute("value"));
    } catch {
      // The numbers are a little older then; the list itself says what is wrong.
    } finally {
      this.counting = undefined;
    }
  }

  tellUnread(count) {
    this.dataset.unread = count ?? "0";
    document.dispatchEvent(new CustomEvent("inbox:unread", { detail: { count: Number(this.dataset.unread) } }));
  }
});
