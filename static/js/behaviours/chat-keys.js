// <chat-keys>: the list by keyboard. One of its chats takes the focus at a time (roving tabindex): arrows, Home and End
// move among them, Enter opens. j and k go on to the next and open it, x ticks; these letters can be switched off.
import { debounce, define } from "../lib/dom.js";

const LINK = ".chat-row__link";
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]:not([contenteditable=false])";

// Also where the keyboard writes other letters than Latin ones.
const letterOf = ({ key, code }) => (/^[!-~]/.test(key) || !/^Key[A-Z]$/.test(code) ? key : code.at(-1).toLowerCase());

define("chat-keys", class extends HTMLElement {
  connectedCallback() {
    this.list = this.closest("chat-list");
    if (!this.list) return;
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("keydown", (event) => this.press(event), { signal });
    this.list.addEventListener("focusin", (event) => this.rove(event.target.closest(LINK)), { signal });
    for (const name of ["rows:new", "rows:settled"]) this.list.addEventListener(name, () => this.rove(), { signal });
    // Holding the key runs through the list and opens where it stops.
    this.open = debounce(180, (link) => { if (link.isConnected) link.click(); else this.tell("opened"); });
    this.rove();
  }

  disconnectedCallback() {
    this.listening?.abort();
  }

  links() {
    return [...this.list.querySelectorAll(LINK)];
  }

  // The one that Tab leads to: where one was last, else the open one, else the first.
  rove(link) {
    const links = this.links();
    const here = link ?? links.find((other) => other.tabIndex === 0 && other.dataset.roved !== undefined)
      ?? links.find((other) => other.hasAttribute("aria-current")) ?? links[0];
    for (const other of links) {
      const on = other === here;
      other.tabIndex = on ? 0 : -1;
      const tick = other.parentElement.querySelector(".chat-row__tick");
      if (tick) tick.tabIndex = other.tabIndex;
      if (on) other.dataset.roved = "";
      else delete other.dataset.roved;
    }
  }

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const inside = event.target.closest?.(LINK) ?? event.target.closest?.(".chat-row__tick");
    const letters = document.body.dataset.shortcuts !== "off" && !event.target.closest?.(TYPING)
      && !document.querySelector("dialog[open]:modal, [popover]:popover-open");
    if (inside && !event.shiftKey && this.move(event)) event.preventDefault();
    else if (letters && this.letter(letterOf(event))) event.preventDefault();
  }

  move({ key }) {
    const links = this.links();
    const at = links.indexOf(document.activeElement.closest(".chat-row")?.querySelector(LINK));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[key];
    if (to === undefined) return false;
    this.focus(links[Math.max(0, Math.min(to, links.length - 1))]);
    return true;
  }

  letter(key) {
    if (key !== "j" && key !== "k" && key !== "x") return false;
    const links = this.links();
    const focused = links.indexOf(document.activeElement.closest?.(".chat-row")?.querySelector(LINK));
    const at = focused >= 0 ? focused : links.findIndex((link) => link.hasAttribute("aria-current"));
    if (key === "x") {
      if (at >= 0) this.list.ticks?.toggle(links[at].closest(".chat-row"));
      return at >= 0;
    }
    const to = links[at < 0 ? 0 : at + (key === "j" ? 1 : -1)];
    if (!to) return true;
    this.focus(to);
    this.tell("opening");
    this.open(to);
    return true;
  }

  tell(what) {
    this.list.dispatchEvent(new CustomEvent(`rows:${what}`));
  }

  focus(link) {
    link?.focus({ preventScroll: true });
    link?.closest(".chat-row").scrollIntoView({ block: "nearest" });
  }
});
