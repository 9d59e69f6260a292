// <relative-time><time datetime="…" title="full">full</time></relative-time>: says "3 min ago" and stays true.
import { define } from "../lib/dom.js";

const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]];
const shown = new Set();
let clock;

function words(date) {
  const seconds = (date - Date.now()) / 1000;
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto", style: "short" });
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return unit === "second" ? format.format(0, "second") : format.format(Math.round(seconds / size), unit);
}

define("relative-time", class extends HTMLElement {
  connectedCallback() {
    this.time = this.querySelector("time");
    const date = this.time && new Date(this.time.dateTime);
    if (!date || Number.isNaN(date.getTime())) return;
    this.date = date;
    this.show();
    shown.add(this);
    clock ??= setInterval(() => shown.forEach((element) => element.show()), 30000);
  }

  disconnectedCallback() {
    shown.delete(this);
    if (!shown.size) clock = clearInterval(clock);
  }

  show() {
    this.time.textContent = words(this.date);
  }
});
