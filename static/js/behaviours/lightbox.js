// Pictures of a thread, large: arrows go through all that are shown, Escape and a click beside it close.
let dialog;

const icon = (name) => {
  const place = document.querySelector("use")?.getAttribute("href").replace(/#.*/, "") ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${place}#${name}`);
  svg.append(use);
  return svg;
};

const button = (name, words, action, tag = "button") => {
  const made = document.createElement(tag);
  made.className = "button button--quiet button--icon";
  made.setAttribute("aria-label", words);
  made.title = words;
  if (tag === "button") made.type = "button";
  made.append(icon(name));
  if (action) made.addEventListener("click", action);
  return made;
};

function make() {
  dialog = document.createElement("dialog");
  dialog.className = "lightbox";
  dialog.setAttribute("aria-label", "Picture");
  const bar = document.createElement("div");
  bar.className = "lightbox__bar";
  const words = document.createElement("p");
  words.className = "lightbox__words truncate";
  words.setAttribute("role", "status");
  const save = button("download", "Download", null, "a");
  const close = button("x", "Close", () => dialog.close());
  bar.append(words, button("chevron-left", "Previous picture", () => go(-1)), button("chevron-right", "Next picture", () => go(1)), save, close);
  const stage = document.createElement("div");
  stage.className = "lightbox__stage";
  const picture = document.createElement("img");
  stage.append(picture);
  dialog.append(bar, stage);
  dialog.parts = { words, save, picture };
  dialog.addEventListener("click", (event) => { if (event.target === stage || event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") go(-1);
    if (event.key === "ArrowRight") go(1);
  });
  dialog.addEventListener("close", () => { dialog.link?.focus(); picture.removeAttribute("src"); });
  document.body.append(dialog);
}

const all = () => [...document.querySelectorAll("a[data-lightbox]")];

function go(step) {
  const links = all();
  const at = links.indexOf(dialog.link);
  if (links.length) show(links[(at + step + links.length) % links.length]);
}

function show(link) {
  const { words, save, picture } = dialog.parts;
  const links = all();
  const inside = link.querySelector("img");
  const rtl = getComputedStyle(document.documentElement).direction === "rtl";
  dialog.dataset.direction = rtl ? "rtl" : "ltr";
  dialog.link = link;
  picture.src = link.href;
  picture.alt = inside?.alt ?? "";
  save.href = link.href;
  save.download = link.dataset.name || "picture";
  const author = link.closest("article")?.querySelector(".message__author bdi")?.textContent ?? "";
  words.textContent = `${[author, link.dataset.name].filter(Boolean).join(" · ")} (${links.indexOf(link) + 1} of ${links.length})`;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-lightbox]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (!dialog?.isConnected) make();
  show(link);
  dialog.showModal();
});
