// Single letters, outside of fields, menus and dialogs. They click what the page marks with data-shortcut="e" (or "g m"
// for one after the other), so nothing is done by a key that is not on the page; a few tell those who listen on the
// document: shortcut:reply, shortcut:note, shortcut:quote, shortcut:attach. j, k and x are the list's own. <body data-shortcuts="off">
// switches them off. ? opens <shortcut-help>, which lists them.
import { define } from "../lib/dom.js";
import { press as pressButton } from "../lib/press.js";

const FIELD = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]:not([contenteditable=false])";
const TOLD = { r: "reply", n: "note", q: "quote" };
const SECOND_WITHIN = 1_500;

let first = "";
let firstAt = 0;

// Also where the keyboard writes other letters than Latin ones.
function letterOf({ key, code }) {
  if (key.length > 1 || /[!-~]/.test(key)) return key;
  return /^Key[A-Z]$/.test(code) ? code.at(-1).toLowerCase() : key;
}

function isFree(event) {
  return !event.defaultPrevented && !event.isComposing && event.keyCode !== 229 && !event.target.closest?.(FIELD)
    && !document.querySelector("dialog:modal, [popover]:popover-open");
}

function find(keys) {
  const found = [...document.querySelectorAll(`[data-shortcut="${CSS.escape(keys)}"]:not(:disabled)`)];
  const heard = found.filter((one) => !one.closest("[inert]"));
  return heard.find((one) => one.matches(FIELD)) ?? heard[0];
}

function act(keys) {
  const target = find(keys);
  if (!target) return false;
  if (target.matches(FIELD)) {
    target.focus();
    target.select?.();
  } else {
    pressButton(target);
  }
  return true;
}

// What is closed leaves the list; then comes the one below it, or else above it.
function closeAndGoOn() {
  const button = find("e");
  const row = document.querySelector(".chat-row__link[aria-current]")?.closest(".chat-row");
  if (button?.form?.elements.to?.value !== "CLOSED" || !row) return false;
  const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector(".chat-row__link");
  const form = button.form;
  const goOn = ({ detail }) => {
    // Of the event the element is whatever stands in its place by then.
    if (detail.requestConfig?.elt !== form) return;
    document.removeEventListener("htmx:afterRequest", goOn);
    if (detail.successful && next?.isConnected) next.click();
  };
  document.addEventListener("htmx:afterRequest", goOn);
  button.click();
  return true;
}

function tell(name) {
  if (!document.querySelector("#composer") || document.querySelector("[inert] #composer")) return false;
  document.dispatchEvent(new CustomEvent(`shortcut:${name}`));
  return true;
}

function press(event) {
  if (event.key === "Escape") return leave(event);
  if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.code === "KeyA" && !event.altKey) return tell("attach");
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !isFree(event)) return false;
  if (document.body.dataset.shortcuts === "off") return false;
  const key = letterOf(event);
  const sequence = first && Date.now() - firstAt < SECOND_WITHIN ? `${first} ${key.toLowerCase()}` : "";
  first = "";
  if (sequence) return act(sequence);
  if (key === "g") {
    first = key;
    firstAt = Date.now();
    return true;
  }
  if (key === "?") return openHelp();
  if (key === "E") return closeAndGoOn();
  if (TOLD[key]) return tell(TOLD[key]);
  return key.length === 1 && act(key);
}

// Out of the composer, back to the messages, where letters are shortcuts again.
function leave(event) {
  const log = document.getElementById("log");
  if (event.defaultPrevented || event.isComposing || !log || !event.target.closest?.("#composer")) return false;
  if (!event.target.matches?.(FIELD) || document.querySelector("dialog:modal, [popover]:popover-open")) return false;
  log.focus({ preventScroll: true });
  return true;
}

export function openHelp() {
  const help = document.querySelector("shortcut-help dialog");
  for (const menu of document.querySelectorAll("[popover]:popover-open")) menu.hidePopover();
  help?.showModal();
  return Boolean(help);
}

// At the window: after all who listen closer by.
addEventListener("keydown", (event) => { if (press(event)) event.preventDefault(); });

define("shortcut-help", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.listening = new AbortController();
    document.addEventListener("click", (event) => { if (event.target.closest("[data-open-shortcuts]")) openHelp(); }, { signal: this.listening.signal });
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog || event.target.closest("[data-close]")) this.dialog.close();
    });
    if (/Mac|iPhone|iPad/.test(navigator.platform)) {
      for (const key of document.querySelectorAll("[data-mac]")) key.textContent = key.dataset.mac;
    }
  }

  disconnectedCallback() {
    this.listening.abort();
  }
});
