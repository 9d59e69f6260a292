// <pane-splitter role=separator>: makes the list wider and narrower, by pointer and by arrow keys, in steps of 1rem;
// and the button that folds the boxes away. Both are kept in cookies, for the server to draw the next page with.
import { define } from "../lib/dom.js";

const keep = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

define("pane-splitter", class extends HTMLElement {
  connectedCallback() {
    this.frame = this.closest(".inbox");
    this.list = document.getElementById(this.getAttribute("aria-controls"));
    this.addEventListener("keydown", this);
    this.addEventListener("pointerdown", this);
    this.addEventListener("dblclick", () => this.set(22));
    this.onFold = (event) => { if (event.target.closest("[data-fold]")) this.fold(); };
    this.frame.addEventListener("click", this.onFold);
  }

  disconnectedCallback() {
    this.frame.removeEventListener("click", this.onFold);
  }

  get width() {
    return Number(this.getAttribute("aria-valuenow"));
  }

  set(width) {
    const [least, most] = ["min", "max"].map((end) => Number(this.getAttribute(`aria-value${end}`)));
    const fitting = Math.round(Math.max(least, Math.min(width, most)));
    if (fitting === this.width) return;
    this.setAttribute("aria-valuenow", fitting);
    this.frame.dataset.list = fitting;
    keep("inbox_list", fitting);
  }

  handleEvent(event) {
    if (event.type === "pointerdown") return this.drag(event);
    const away = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] * (away === "ArrowRight" ? 1 : -1);
    const to = { Home: Number(this.getAttribute("aria-valuemin")), End: Number(this.getAttribute("aria-valuemax")) }[event.key];
    if (Number.isNaN(step) && to === undefined) return undefined;
    event.preventDefault();
    return this.set(to ?? this.width + step);
  }

  drag(event) {
    event.preventDefault();
    this.setPointerCapture(event.pointerId);
    const box = this.list.getBoundingClientRect();
    const rtl = getComputedStyle(this).direction === "rtl";
    const move = ({ clientX }) => this.set((rtl ? box.right - clientX : clientX - box.left) / rem());
    this.addEventListener("pointermove", move);
    const end = () => this.removeEventListener("pointermove", move);
    this.addEventListener("lostpointercapture", end, { once: true });
  }

  fold() {
    const folded = this.frame.toggleAttribute("data-folded");
    keep("inbox_boxes", folded ? "closed" : "open");
    this.frame.querySelector(folded ? ".list-head__unfold" : ".boxes__fold")?.focus();
  }
});
