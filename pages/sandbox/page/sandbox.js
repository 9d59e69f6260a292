import { phone } from "./phone.js";
import { ask, element, guarded, time } from "./tools.js";

const FAULTS = [
  ["429", "Too fast"],
  ["500", "Server error"],
  ["timeout_after", "Sent, no answer"],
  ["reset_after", "Sent, connection cut"],
  ["timeout_before", "Not sent, no answer"],
  ["closed", "Window closed"],
  ["slow", "Slow"],
];
// Subcodes of 190.
const TOKENS = [
  ["460", "Password changed"],
  ["463", "Token expired"],
];
const START = "104200000000001:rosa,17841400000000001:mei,420000000000001:liam";
const phones = document.querySelector("#phones");
const world = { accounts: [], customers: [] };

async function begin() {
  [world.accounts, world.customers] = await Promise.all([ask("accounts"), ask("customers")]);
  const { webhook_url: url } = await ask("health");
  document.querySelector("#where").textContent = url ? `Webhooks go to ${url}` : "Webhooks go nowhere yet.";
  for (const pair of (location.hash.slice(1) || START).split(",")) open(...pair.split(":"));
  ready("#add", () => open(...unmet()));
  ready("#retry", guarded(() => ask("webhooks/retry", {}).then(showWebhooks)));
  every(1000, () => Promise.all([...phones.children].map((one) => one.refresh())));
  every(1500, () => Promise.all([showWebhooks(), showFaults()]));
}

function ready(selector, press) {
  const button = document.querySelector(selector);
  Object.assign(button, { onclick: press, disabled: false });
}

/** Somebody with whom nothing is open yet. */
function unmet() {
  const account = world.accounts[0].id;
  const open = [...phones.children].map((one) => `${one.dataset.account}:${one.dataset.customer}`);
  const fresh = world.customers.find((one) => !open.includes(`${account}:${one.key}`)) ?? world.customers[0];
  return [account, fresh.key];
}

function open(account, customer) {
  phones.append(phone(world, account, customer, remember));
  remember();
}

function remember() {
  const open = [...phones.children].map((one) => `${one.dataset.account}:${one.dataset.customer}`);
  history.replaceState(null, "", `#${open.join(",")}`);
}

function every(pause, work) {
  const again = async () => {
    if (!document.hidden) await guarded(work)();
    setTimeout(again, pause);
  };
  again();
}

async function showFaults() {
  const [standing, { broken }] = await Promise.all([ask("faults"), ask("tokens")]);
  for (const button of buttons("#faults", FAULTS, switchFault)) {
    const on = standing.find((fault) => fault.do === button.value);
    button.setAttribute("aria-pressed", Boolean(on));
    button.dataset.id = on ? on.id : "";
  }
  for (const button of buttons("#tokens", TOKENS, switchTokens)) {
    button.setAttribute("aria-pressed", Boolean(broken[button.value]));
  }
}

function buttons(place, labels, press) {
  const strip = document.querySelector(place);
  if (!strip.children.length) {
    for (const [name, label] of labels) strip.append(element("button", { type: "button", value: name }, label));
    strip.onclick = guarded(press);
  }
  return strip.children;
}

async function switchFault(event) {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.id) await ask(`faults/${button.dataset.id}`, null, "DELETE");
  else await ask("faults", { do: button.value, match: { path: "/messages$" } });
  await showFaults();
}

/** Off again, the same tokens work as before. */
async function switchTokens(event) {
  const button = event.target.closest("button");
  if (!button) return;
  await ask("tokens/all", { broken: button.ariaPressed === "true" ? 0 : Number(button.value) });
  await showFaults();
}

async function showWebhooks() {
  const { waiting, webhooks } = await ask("webhooks?limit=30");
  document.querySelector("#waiting").textContent = waiting ? `${waiting} not taken yet` : "All taken";
  const body = document.querySelector("#webhooks");
  const rows = webhooks.map((one) => body.querySelector(`[data-key="${key(one)}"]`) ?? row(one));
  body.replaceChildren(...(rows.length ? rows : [element("tr", {}, element("td", { colSpan: 6 }, "None yet."))]));
}

const key = (one) => `${one.id}-${one.state}-${one.attempts}`.replace(/\s/g, "");

function row(one) {
  const bad = one.state !== "delivered";
  const answer = one.status ?? (one.problem || "");
  const body = element("details", {}, element("summary", {}, "Show"), element("pre", {}, one.body));
  const cells = [time(one.at), one.kind, one.state, answer, one.attempts, body];
  const line = element("tr", {}, ...cells.map((cell) => element("td", {}, cell)));
  line.children[2].className = bad ? "bad" : "good";
  line.dataset.key = key(one);
  return line;
}

guarded(begin)();
