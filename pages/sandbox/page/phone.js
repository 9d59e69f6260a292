import { ask, element, guarded, time } from "./tools.js";

const KINDS = [
  ["image", "Picture"],
  ["voice", "Voice"],
  ["location", "Location"],
  ["sticker", "Sticker"],
  ["file", "File"],
  ["postback", "Postback"],
  ["story_reply", "Story reply"],
  ["story_mention", "Story mention"],
  ["contacts", "Contact card"],
  ["order", "Order"],
];
const ONLY = {
  location: ["FACEBOOK", "WHATSAPP"],
  postback: ["FACEBOOK", "INSTAGRAM"],
  story_reply: ["INSTAGRAM"],
  story_mention: ["INSTAGRAM"],
  contacts: ["WHATSAPP"],
  order: ["WHATSAPP"],
};
// What can be written beside it.
const WITH_TEXT = ["image", "file", "story_reply"];
const PLATFORMS = { FACEBOOK: "Messenger", INSTAGRAM: "Instagram", WHATSAPP: "WhatsApp" };

/** One customer's phone: a column with a conversation. */
export function phone(world, account, customer, changed) {
  const node = document.querySelector("#phone").content.firstElementChild.cloneNode(true);
  const find = (selector) => node.querySelector(selector);
  const state = { version: -1, messages: [], chosen: null, quoted: null, edited: null };
  const [whom, where, form] = [find(".customer"), find(".account"), find("form")];

  whom.append(...world.customers.map((one) => new Option(one.name, one.key, false, one.key === customer)));
  where.append(...world.accounts.map((one) => new Option(`${PLATFORMS[one.platform]}: ${one.name}`, one.id, false, one.id === account)));

  function meet() {
    const one = world.accounts.find((each) => each.id === where.value);
    const person = world.customers.find((each) => each.key === whom.value);
    Object.assign(node.dataset, { account: where.value, customer: whom.value });
    find("img").src = own(person.picture);
    const number = one.platform === "WHATSAPP" ? (person.hides_phone ? "number hidden" : `+${person.phone}`) : "";
    find(".facts").textContent = [`known here as ${person.ids[one.id]}`, number].filter(Boolean).join(", ");
    const kinds = KINDS.filter(([kind]) => !ONLY[kind] || ONLY[kind].includes(one.platform));
    find(".kinds").replaceChildren(...kinds.map(([kind, label]) => element("button", { type: "button", value: kind }, label)));
    Object.assign(state, { version: -1, messages: [], chosen: null, quoted: null, edited: null });
    show();
    changed();
    return guarded(refresh)();
  }

  async function refresh() {
    const here = `account=${where.value}&customer=${whom.value}`;
    const news = await ask(`threads?${here}&version=${state.version}`);
    if (here !== `account=${where.value}&customer=${whom.value}`) return;
    find(".typing").textContent = news.business_types ? "The business is typing" : "";
    state.version = news.version;
    if (news.messages) {
      Object.assign(state, { messages: news.messages, seen: news.seen_by_business });
      show();
    }
  }

  async function act(what, values = {}) {
    await ask(`customers/${whom.value}/${what}`, { account: where.value, ...values });
    await refresh();
  }

  function show() {
    const log = find(".log");
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const rows = state.messages.map((message) => bubble(message, state, choose, (reply) => act("messages", reply)));
    log.replaceChildren(...(rows.length ? rows : [element("li", { className: "none" }, "Nothing written yet.")]));
    if (atEnd || !log.scrollTop) log.scrollTop = log.scrollHeight;
    showChosen();
  }

  function showChosen() {
    const message = state.messages.find((one) => one.id === state.chosen);
    find(".chosen").hidden = !message;
    const about = state.edited ?? state.quoted;
    find(".quoting").hidden = !about;
    if (about) find(".quoting span").textContent = `${state.edited ? "Editing" : "Replying to"}: ${about.text || about.kind}`;
    if (!message) return;
    find(".chosen .what").textContent = message.text || message.kind;
    const own = message.way === "in" && !message.is_deleted;
    find("[data-do=edit]").hidden = !own || message.kind !== "text";
    find("[data-do=unsend]").hidden = !own;
    find("[data-do=react]").textContent = message.reactions.customer ? "Take reaction back" : "React";
  }

  function choose(id) {
    state.chosen = state.chosen === id ? null : id;
    show();
  }

  const deeds = {
    reply: (message) => Object.assign(state, { quoted: message, edited: null }),
    edit: (message) => {
      Object.assign(state, { edited: message, quoted: null });
      form.elements.text.value = message.text;
    },
    react: (message) => act("reactions", { message_id: message.id, emoji: message.reactions.customer ? "" : "❤" }),
    unsend: (message) => act("deletions", { message_id: message.id }),
    read: () => act("reads"),
    typing: () => act("typing"),
  };

  node.addEventListener("click", guarded(async (event) => {
    const deed = event.target.closest("[data-do]")?.dataset.do;
    if (!deed) return;
    await deeds[deed](state.messages.find((one) => one.id === state.chosen));
    if (!["read", "typing"].includes(deed)) state.chosen = null;
    show();
    if (["reply", "edit"].includes(deed)) form.elements.text.focus();
  }));
  form.addEventListener("submit", guarded(async (event) => {
    event.preventDefault();
    const text = form.elements.text.value.trim();
    if (!text) return;
    const { edited, quoted } = state;
    Object.assign(state, { edited: null, quoted: null });
    form.elements.text.value = "";
    if (edited) await act("edits", { message_id: edited.id, text });
    else await act("messages", { text, reply_to: quoted?.id });
  }));
  find(".kinds").addEventListener("click", guarded(async (event) => {
    const kind = event.target.value;
    if (!kind) return;
    const values = { kind, reply_to: kind === "story_reply" ? undefined : state.quoted?.id };
    if (WITH_TEXT.includes(kind) && !state.edited) {
      values.text = form.elements.text.value.trim();
      form.elements.text.value = "";
    }
    state.quoted = null;
    await act("messages", values);
  }));
  find(".quoting button").onclick = () => {
    Object.assign(state, { edited: null, quoted: null });
    form.elements.text.value = "";
    showChosen();
  };
  find(".close").onclick = () => {
    node.remove();
    changed();
  };
  whom.onchange = where.onchange = meet;
  node.refresh = refresh;
  meet();
  return node;
}

function bubble(message, state, choose, answer) {
  const row = element("li", { className: message.way });
  const quoted = state.messages.find((one) => one.id === message.reply_to);
  const button = element("button", { type: "button", className: "bubble", dir: "auto", onclick: () => choose(message.id) });
  button.setAttribute("aria-pressed", state.chosen === message.id);
  if (message.kind === "story_reply") button.append(element("blockquote", {}, "Your story"));
  if (quoted) button.append(element("blockquote", { dir: "auto" }, quoted.text || quoted.kind));
  button.append(...content(message));
  row.append(button);
  if (message.body.mime?.startsWith("audio/")) row.append(element("audio", { controls: true, src: own(message.body.url) }));
  const reactions = Object.values(message.reactions).join(" ");
  const facts = [time(message.at), reactions, message.edits ? "edited" : "", fate(message, state)].filter(Boolean);
  row.append(element("small", { className: message.status }, facts.join(" · ")));
  row.append(...taps(message, message === state.messages.at(-1), answer));
  return row;
}

function content(message) {
  if (message.is_deleted) return [element("span", { className: "gone" }, "unsent")];
  const file = message.body.mime?.startsWith("image/") ? [element("img", { src: own(message.body.url), alt: message.kind })] : [];
  const words = message.text || (file.length ? "" : message.kind.replaceAll("_", " "));
  return [...file, words];
}

/** From wherever this page came: the sandbox may have moved, or have been opened by another name. */
const own = (url) => new URL(url, location).pathname;

function fate(message, state) {
  if (message.way === "in") return message.at <= state.seen ? "seen" : "";
  return message.status;
}

/** What the business offers to tap: buttons stay, quick replies go with the next message. */
function taps(message, isLast, answer) {
  const quick = ((isLast && message.body.quick_replies) || []).map((one) => [one.title, { kind: "quick_reply", payload: one.payload }]);
  const buttons = (message.body.content?.action?.buttons ?? []).map((one) => [one.reply.title, { kind: "interactive", payload: one.reply.id, reply_to: message.id }]);
  const offers = [...quick, ...buttons].map(([title, reply]) =>
    element("button", { type: "button", onclick: guarded(() => answer({ ...reply, title })) }, title));
  return offers.length ? [element("div", { className: "row" }, ...offers)] : [];
}
