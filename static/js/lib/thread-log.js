// What stands in a thread, kept in order: by time, one day's heading before each day, one name before what one says on.
const JOINED = 5 * 60 * 1_000_000;

const order = (one, other) => one.dataset.at - other.dataset.at || (one.id < other.id ? -1 : 1);

export const fragment = (html) => {
  const mould = document.createElement("template");
  mould.innerHTML = html;
  return mould.content;
};

export const entriesIn = (root) => [...root.querySelectorAll("[data-at]")];

// Puts it where it belongs; what is there already is renewed, without a player's or a reader's being disturbed.
export function place(items, entry) {
  const there = document.getElementById(entry.id);
  if (entry.dataset.client) items.querySelector(`[data-pending="${CSS.escape(entry.dataset.client)}"]`)?.remove();
  if (there && items.contains(there)) {
    if (there.dataset.at === entry.dataset.at && there.localName === entry.localName) return renew(there, entry);
    there.remove();
  }
  const before = entriesIn(items).findLast((other) => order(other, entry) < 0);
  const first = items.querySelector(".thread-day, [data-at], #later");
  if (before) before.after(entry);
  else if (first) first.before(entry);
  else items.append(entry);
  return entry;
}

function renew(there, entry) {
  const { activeElement } = document;
  const focused = there.contains(activeElement) ? activeElement.id || there.id : "";
  const same = there.dataset.version === entry.dataset.version;
  const open = new Set([...there.querySelectorAll("details[open]")].map((one) => one.className));
  const unfolded = there.querySelector(".message__fold")?.checked;
  for (const { name, value } of [...entry.attributes]) if (name !== "data-joined") there.setAttribute(name, value);
  const fresh = [...entry.children];
  const body = there.querySelector(":scope > .message__body");
  if (same && body) {
    for (const child of [...there.children]) if (child !== body) child.remove();
    const at = fresh.findIndex((child) => child.matches(".message__body"));
    body.before(...fresh.slice(0, at));
    body.after(...fresh.slice(at + 1));
  } else {
    there.replaceChildren(...fresh);
    for (const one of there.querySelectorAll("details")) one.open = open.has(one.className);
    const fold = there.querySelector(".message__fold");
    if (fold) fold.checked = unfolded ?? false;
  }
  if (focused) (document.getElementById(focused) ?? there).focus({ preventScroll: true });
  return there;
}

export function arrange(items) {
  const headings = new Map();
  for (const heading of items.querySelectorAll(".thread-day")) {
    if (headings.has(heading.dataset.day)) heading.remove();
    else headings.set(heading.dataset.day, heading);
  }
  let before;
  const used = new Set();
  for (const entry of entriesIn(items)) {
    const begins = !before || before.dataset.day !== entry.dataset.day;
    const divider = entry.previousElementSibling?.matches(".thread-new") ? entry.previousElementSibling : undefined;
    if (begins) {
      const heading = headings.get(entry.dataset.day) ?? headingOf(entry);
      used.add(heading);
      const first = divider ?? entry;
      if (first.previousElementSibling !== heading) first.before(heading);
    }
    const joined = !begins && !divider && entry.dataset.from && before.dataset.from === entry.dataset.from && entry.dataset.at - before.dataset.at < JOINED;
    entry.toggleAttribute("data-joined", Boolean(joined));
    before = entry;
  }
  for (const heading of headings.values()) if (!used.has(heading)) heading.remove();
}

function headingOf(entry) {
  const heading = document.createElement("h3");
  heading.className = "thread-day";
  heading.dataset.day = entry.dataset.day;
  const words = document.createElement("span");
  words.textContent = entry.dataset.dayName;
  heading.append(words);
  return heading;
}
