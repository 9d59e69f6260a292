// Ticks in the list: a range with shift, all that are shown, none; and what is done to them, once per click.
import { define } from "../lib/dom.js";

const TICK = ".chat-row__tick";

class Ticks {
  constructor(list) {
    this.list = list;
    this.form = list.querySelector("#bulk");
    this.all = this.form.querySelector("[data-all]");
    list.addEventListener("click", (event) => this.click(event));
    list.addEventListener("change", (event) => this.change(event));
    for (const name of ["rows:settled", "rows:new"]) list.addEventListener(name, () => this.show());
    this.form.addEventListener("htmx:beforeRequest", () => { this.sent = this.ticked().map((tick) => tick.value); });
    this.form.addEventListener("htmx:afterRequest", (event) => this.sentOff(event));
    // The toast goes with its button.
    document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
      if (!list.isConnected || !detail.successful || !target.matches?.("[data-undo]")) return;
      this.comeBack();
      list.refresh();
    });
    this.show();
  }

  // What had the focus is gone: the list takes it.
  comeBack() {
    this.list.querySelector(".chat-row__link[tabindex='0']")?.focus({ preventScroll: true });
  }

  boxes() {
    return [...this.list.querySelectorAll(TICK)];
  }

  ticked() {
    return this.boxes().filter((tick) => tick.checked);
  }

  click(event) {
    if (event.target.closest("[data-none]")) {
      this.set(false);
      return this.comeBack();
    }
    const tick = event.target.closest(TICK);
    if (!tick) return undefined;
    if (event.shiftKey && this.last?.isConnected) this.range(this.last, tick, tick.checked);
    this.last = tick;
    return this.show();
  }

  change(event) {
    if (event.target === this.all) this.set(this.all.checked);
    else if (event.target.matches(TICK)) this.show();
  }

  range(from, to, checked) {
    const boxes = this.boxes();
    const [first, last] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
    for (const tick of boxes.slice(first, last + 1)) tick.checked = checked;
  }

  set(checked) {
    for (const tick of this.boxes()) tick.checked = checked;
    this.show();
    if (!checked) this.list.catchUp?.();
  }

  toggle(row) {
    const tick = row?.querySelector(TICK);
    if (!tick) return;
    tick.checked = !tick.checked;
    this.last = tick;
    this.show();
  }

  show() {
    const [count, of] = [this.ticked().length, this.boxes().length];
    this.list.toggleAttribute("data-ticking", count > 0);
    this.all.checked = count > 0 && count === of;
    this.all.indeterminate = count > 0 && count < of;
    const words = this.form.querySelector("[data-ticked]");
    const said = count ? `${count} selected` : "Select all shown";
    if (words.textContent !== said) words.textContent = said;
  }

  sentOff({ detail }) {
    for (const menu of this.form.querySelectorAll(":popover-open")) menu.hidePopover();
    if (!detail.successful) return;
    this.set(false);
    this.comeBack();
    // Should nobody else say so: these have changed.
    for (const id of this.sent ?? []) this.list.note?.(id);
  }
}

// Wakes where the list stands; kept apart from it to be read apart.
define("chat-ticks", class extends HTMLElement {
  connectedCallback() {
    const list = this.closest("chat-list");
    if (list?.querySelector("#bulk")) list.ticks = new Ticks(list);
  }
});
