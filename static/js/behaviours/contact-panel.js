// <contact-panel>: keeps the card of a person true. Beside a chat (data-follow: an address with a chat's id in it) it
// follows the chat that the address bar names, and can be shut, which a cookie remembers; on the contact's own page
// (data-url) it stays. What somebody is writing in it is never swept away: news waits until they have left the field.
import { debounce, define } from "../lib/dom.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const IN_ADDRESS = /^\/inbox\/[^/]+\/([0-9a-f-]{36})\/$/;
const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g;
const YEAR = 365 * 24 * 3600;

define("contact-panel", class extends HTMLElement {
  connectedCallback() {
    this.pane = this.closest("[data-panel]");
    this.body = this.querySelector(".panel__body") ?? this;
    this.listening = new AbortController();
    const { signal } = this.listening;
    const on = (target, name, action) => target.addEventListener(name, action, { signal });
    const soon = debounce(300, () => this.refresh());
    on(document, "live:chat", ({ detail }) => { if (this.chats.includes(detail.chat)) soon(); });
    on(document, "live:refresh", soon);
    on(document, "htmx:pushedIntoHistory", () => this.follow());
    on(document, "htmx:afterSettle", () => this.follow());
    on(window, "popstate", () => this.follow());
    on(this, "focusout", () => { if (this.stale) soon(); });
    this.addEventListener("toggle", (event) => this.focusIn(event.target), { signal, capture: true });
    on(this, "htmx:beforeSwap", (event) => this.guard(event));
    on(document, "htmx:afterSettle", () => this.comeBack());
    this.querySelector("[data-toggle]")?.addEventListener("click", () => this.turn(), { signal });
    this.tellToggle();
    if (this.dataset.follow) {
      this.chat = this.dataset.chat;
      // Wider or narrower, the pane may have become visible.
      on(window, "resize", debounce(200, () => this.show()));
      this.show();
    }
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  get chats() {
    return this.dataset.follow ? [this.chat] : (this.dataset.chats ?? "").split(" ");
  }

  get isOpen() {
    return this.body.checkVisibility?.() ?? true;
  }

  get address() {
    return this.dataset.url ?? this.dataset.follow.replace(NOBODY, this.chat);
  }

  get isBusy() {
    const field = this.body.contains(document.activeElement) && document.activeElement.matches("input, textarea");
    const changed = [...this.body.querySelectorAll("textarea, input:not([type=hidden])")].some((one) => one.value !== one.defaultValue);
    return field || changed || this.body.querySelector(".contact-edit[open], dialog:modal") !== null;
  }

  follow() {
    if (!this.dataset.follow) return;
    const chat = location.pathname.match(IN_ADDRESS)?.[1] ?? "";
    if (chat === this.chat) return;
    this.chat = this.dataset.chat = chat;
    this.shown = undefined;
    this.body.replaceChildren();
    this.show();
  }

  show() {
    if (this.chat && this.isOpen && this.shown === undefined) this.load();
  }

  refresh() {
    if (this.dataset.follow && (!this.chat || !this.isOpen)) {
      this.shown = undefined;
      return;
    }
    this.stale = this.isBusy;
    if (!this.stale) this.load();
  }

  async load() {
    const address = this.address;
    this.shown ??= "";
    const headers = { "HX-Request": "true", ...(this.dataset.target && { "HX-Target": this.dataset.target }) };
    let response;
    try {
      response = await fetch(address, { headers, cache: "no-store", redirect: "manual" });
    } catch {
      return;
    }
    if (!response.ok) {
      if (response.status === 404 && this.dataset.follow) this.body.replaceChildren();
      return;
    }
    const html = await response.text();
    if (address !== this.address) return;
    this.stale = this.isBusy;
    const plain = html.replace(TOKEN, "");
    if (this.stale || plain === this.shown) return;
    this.shown = plain;
    const focused = this.body.contains(document.activeElement) ? document.activeElement.id : "";
    this.at = this.placeOf(document.activeElement) ?? this.at;
    this.body.innerHTML = html;
    window.htmx?.process(this.body);
    if (focused) document.getElementById(focused)?.focus();
    this.comeBack();
  }

  // An answer about somebody who is no longer the one shown is not shown.
  guard({ detail }) {
    const card = this.querySelector("[data-contact]");
    if (detail.target.id !== "contact-card") return;
    this.shown = "";
    if (card && !detail.serverResponse.includes(`data-contact="${card.dataset.contact}"`)) detail.shouldSwap = false;
    else this.at = this.placeOf(document.activeElement);
  }

  // What was pressed is gone with the card: the focus comes back to where one goes on, in the same part of it.
  placeOf(element) {
    const part = this.body.contains(element) && (element.closest(".contact-part") ?? element.closest(".contact-edit"));
    if (!part) return undefined;
    const all = [...part.querySelectorAll("details")];
    const at = all.indexOf(element.closest("details"));
    // The last is for another one.
    return { part: part.getAttribute("aria-labelledby"), fold: at === all.length - 1 ? -1 : at };
  }

  comeBack() {
    const { at } = this;
    this.at = undefined;
    if (!at || (document.activeElement && document.activeElement !== document.body)) return;
    const { part, fold } = at;
    const place = part ? this.querySelector(`[aria-labelledby="${CSS.escape(part)}"]`) : this.querySelector(".contact-edit");
    const folds = [...(place?.querySelectorAll("summary") ?? [])];
    const field = place?.querySelector("input:not([type=hidden]), textarea");
    const found = field?.checkVisibility() ? field : folds.at(fold) ?? folds.at(-1);
    found?.focus({ preventScroll: true });
  }

  turn() {
    const shut = this.isOpen;
    this.pane.dataset.panel = shut ? "shut" : "open";
    document.cookie = `inbox_panel=${shut ? "shut" : "open"}; path=/; max-age=${YEAR}; samesite=lax`;
    this.tellToggle();
    this.show();
  }

  tellToggle() {
    this.querySelector("[data-toggle]")?.setAttribute("aria-expanded", String(this.isOpen));
  }

  focusIn(details) {
    if (details.matches?.(".contact-edit[open]")) details.querySelector("input:not([type=hidden])")?.select();
  }
});
