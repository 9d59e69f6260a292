// <command-menu>: Ctrl+K (⌘ K) opens a dialog with all that can be done here. It has no commands of its own: it offers
// the page's links and buttons. Offered are the links in [data-doors], the boxes, every [data-command="name"], and every
// item of a menu with data-commands="name"; choosing one clicks it. So there is none that the page would not allow.
// What a menu fetches when it is opened (colleagues, labels) it is told to fetch now, by the event "wanted"; the boxes
// come from the server where the page has none. Where one may reply, canned replies are found, too.
import { fragment } from "../lib/asking.js";
import { debounce, define } from "../lib/dom.js";
import { post } from "../lib/posting.js";
import { press } from "../lib/press.js";
import { render } from "../lib/variables.js";
import { openHelp } from "./shortcuts.js";

const MOST = 50;

const fold = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
const wordsOf = (element) => (element.querySelector("bdi, .nav__label, .truncate") ?? element).textContent.replace(/\s+/g, " ").trim();

// How well the letters fit, in their order: beginnings of words and runs count. Below zero: not at all.
export function fit(letters, text) {
  let at = -1;
  let score = 0;
  for (const letter of letters) {
    if (letter === " ") continue;
    const run = text[at + 1] === letter;
    const start = text.indexOf(` ${letter}`, Math.max(at, 0));
    const next = run ? at + 1 : start >= 0 && at >= 0 ? start + 1 : text.indexOf(letter, at + 1);
    if (next < 0) return -1;
    score += run ? 3 : next === 0 || text[next - 1] === " " ? 2 : 0;
    at = next;
  }
  const whole = text.indexOf(letters);
  return score + (whole === 0 ? 20 : whole > 0 ? 10 : 0) - text.length / 100;
}

define("command-menu", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.mould = this.querySelector("template");
    this.listening = new AbortController();
    const { signal } = this.listening;
    addEventListener("keydown", (event) => this.call(event), { signal });
    document.addEventListener("click", (event) => { if (event.target.closest("[data-open-commands]")) this.open(); }, { signal });
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); }, { signal });
    this.input.addEventListener("input", () => { this.show(); this.lookForReplies(); }, { signal });
    document.addEventListener("htmx:afterSettle", () => { if (this.dialog.open) this.renew(); }, { signal });
    this.lookForReplies = debounce(150, () => this.findReplies());
    this.input.addEventListener("keydown", (event) => this.press(event), { signal });
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")), { signal });
    this.list.addEventListener("pointermove", (event) => { const option = event.target.closest("[role=option]"); if (option) this.mark(option); }, { signal });
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  call(event) {
    const asked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK";
    if (!asked || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    if (this.dialog.open) this.dialog.close();
    else this.open();
  }

  open() {
    if (document.querySelector("dialog:modal")) return;
    for (const menu of document.querySelectorAll("[popover]:popover-open")) menu.hidePopover();
    this.replies = [];
    this.commands = this.gather();
    this.input.value = "";
    this.dialog.showModal();
    this.show();
    for (const later of document.querySelectorAll("#thread-head .menu__later[hx-get]")) window.htmx?.trigger(later, "wanted");
    if (!document.getElementById("boxes")) this.findBoxes();
  }

  // What has come since; who has moved to a command stays with it.
  renew() {
    const { name } = this.shown[Number(this.marked?.dataset.place)] ?? {};
    const moved = this.marked !== this.list.querySelector("[role=option]");
    this.commands = this.gather();
    this.show();
    const at = moved ? this.shown.findIndex((command) => command.name === name) : -1;
    if (at >= 0) this.mark(this.list.querySelector(`#command-${at}`));
  }

  async findBoxes() {
    const places = this.querySelector("[data-places]");
    if (places.hasChildNodes()) return;
    try {
      places.append(...(await fragment(this.dataset.furnitureUrl)).querySelectorAll("a.nav__item"));
      if (this.dialog.open) this.renew();
    } catch {
      // Those that every page knows are there.
    }
  }

  async findReplies() {
    const composer = document.querySelector("message-composer");
    const asked = this.input.value.trim();
    if (!asked || !composer?.querySelector("[data-form=reply] [data-body]:not(:disabled)")) return;
    const { repliesUrl, platform, variables } = composer.dataset;
    try {
      const found = await fragment(`${repliesUrl}?${new URLSearchParams({ q: asked, platform })}`);
      if (!this.dialog.open || this.input.value.trim() !== asked) return;
      this.replies = [...found.querySelectorAll("[role=option]")].map((option) => this.replyOf(option, composer, JSON.parse(variables)));
      this.renew();
    } catch {
      // The commands are there; the composer finds replies by itself.
    }
  }

  replyOf(option, composer, values) {
    option.dataset.text = render(option.dataset.text, values);
    const [name, shortcut] = ["name", "shortcut"].map((part) => option.querySelector(`.pick__${part}`)?.textContent ?? "");
    const run = () => {
      const textarea = composer.querySelector("[data-form=reply] textarea");
      // Where nobody has put the cursor yet, behind what is written.
      if (!textarea.selectionEnd) textarea.setSelectionRange(textarea.value.length, textarea.value.length);
      if (/\S$/.test(textarea.value.slice(0, textarea.selectionStart))) option.dataset.text = ` ${option.dataset.text}`;
      composer.dispatchEvent(new CustomEvent("reply:take", { detail: option }));
    };
    return { section: this.dataset.replies, name, about: option.dataset.text, keys: shortcut, icon: "quick-replies", run, least: 0, folded: fold(`${name} ${shortcut}`) };
  }

  gather() {
    const found = new Map();
    const add = (section, name, element, keys = element.dataset.shortcut ?? "") => {
      const key = `${element.getAttribute("href") ?? section} ${name}`;
      if (name && !found.has(key) && !element.disabled) found.set(key, { section, name, keys, run: () => press(element), icon: iconOf(element) });
    };
    for (const one of document.querySelectorAll("main [data-command], main [data-commands] .menu__item:not(.menu__later > *)")) {
      // What stands in a pane that is not shown is no matter of this screen.
      if (one.closest("section")?.checkVisibility() === false) continue;
      const name = one.dataset.command ?? `${one.closest("[data-commands]").dataset.commands}: ${wordsOf(one)}`;
      add(one.closest("#list") ? "This list" : "This chat", name, one);
    }
    if (document.querySelector("message-composer")) {
      for (const kind of ["reply", "note"]) found.set(kind, { section: "This chat", name: this.dataset[kind], keys: kind[0], icon: kind, run: () => document.dispatchEvent(new CustomEvent(`shortcut:${kind}`)) });
    }
    for (const link of this.querySelectorAll("[data-doors] a")) add(link.dataset.section, wordsOf(link), link);
    for (const link of document.querySelectorAll("#boxes a.nav__item, [data-places] a")) add("Go to", wordsOf(link), link);
    for (const item of document.querySelectorAll("#person-menu .menu__item:not([data-open-commands], [data-open-shortcuts])")) add("You", wordsOf(item), item);
    for (const item of this.querySelectorAll("[data-theme-choice]")) add("You", wordsOf(item), { dataset: {}, getAttribute: () => null, click: () => this.turn(item.dataset.themeChoice), querySelector: () => item.querySelector("use") });
    found.set("help", { section: "You", name: this.dataset.help, keys: "?", run: () => openHelp(), icon: "" });
    const sections = ["This chat", ...new Set([...found.values()].map(({ section }) => section))];
    const inSections = [...found.values()].sort((one, other) => sections.indexOf(one.section) - sections.indexOf(other.section));
    return inSections.map((command, place) => ({ ...command, place, folded: fold(`${command.name} ${command.section}`) }));
  }

  show() {
    const asked = this.input.value.trim();
    let shown = this.commands;
    if (asked) {
      const letters = fold(asked);
      const scoreOf = ({ folded, least = -1 }) => Math.max(fit(letters, folded), least);
      shown = [...shown, ...this.replies].map((command) => ({ ...command, score: scoreOf(command) })).filter(({ score }) => score >= 0);
      shown.sort((one, other) => other.score - one.score || (one.place ?? MOST) - (other.place ?? MOST));
      shown = [...shown.slice(0, MOST), { section: "", name: this.dataset.search.replace("…", `“${asked}”`), keys: "", icon: "search", run: () => this.search(asked) }];
    }
    this.write(shown, !asked);
    this.shown = shown;
    this.mark(this.list.querySelector("[role=option]"));
  }

  write(commands, grouped) {
    this.list.replaceChildren();
    let section;
    for (const [place, command] of commands.entries()) {
      if (grouped && command.section !== section) {
        section = command.section;
        this.list.append(Object.assign(document.createElement("li"), { role: "presentation", className: "commands__section", textContent: section }));
      }
      const option = this.mould.content.firstElementChild.cloneNode(true);
      option.id = `command-${place}`;
      option.dataset.place = place;
      option.querySelector("[data-name]").textContent = command.name;
      option.querySelector("[data-of]").textContent = grouped ? "" : command.about ?? command.section;
      for (const key of command.keys.split(" ").filter(Boolean)) option.querySelector("[data-keys]").append(Object.assign(document.createElement("kbd"), { textContent: key }));
      const use = option.querySelector("use");
      use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${command.icon || "chevron-right"}`));
      this.list.append(option);
    }
  }

  press(event) {
    const options = [...this.list.querySelectorAll("[role=option]")];
    const at = options.indexOf(this.marked);
    const to = { ArrowDown: (at + 1) % options.length, ArrowUp: (at - 1 + options.length) % options.length, PageDown: Math.min(at + 8, options.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
    if (event.isComposing) return;
    if (to !== undefined) {
      event.preventDefault();
      this.mark(options[to]);
      this.marked?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.choose(this.marked);
    }
  }

  mark(option) {
    this.marked?.setAttribute("aria-selected", "false");
    this.marked = option;
    option?.setAttribute("aria-selected", "true");
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  // Closed first: the focus goes back to where it was, and what is opened takes it from there.
  choose(option) {
    const command = option && this.shown[Number(option.dataset.place)];
    if (!command) return;
    this.dialog.close();
    command.run();
  }

  search(words) {
    const address = new URL(this.dataset.searchUrl, location.href);
    address.searchParams.set("q", words);
    location.assign(address);
  }

  turn(theme) {
    document.documentElement.dataset.theme = theme;
    post(this.dataset.themeUrl, { theme }).catch(() => {});
  }
});

function iconOf(element) {
  return element.dataset.icon ?? element.querySelector("use")?.getAttribute("href")?.split("#")[1] ?? "";
}
