// Menus are popovers. This adds arrow keys, an end when one has chosen, and a place beside the button where CSS cannot anchor yet.
const anchored = CSS.supports("position-area", "block-end");

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu[popover]") || event.newState !== "open") return;
  if (!anchored) place(menu);
}, true);

// One that was opened before this script came.
if (!anchored) document.querySelectorAll(".menu:popover-open").forEach(place);

document.addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const opener = event.target.closest("[popovertarget]");
  const menu = event.target.closest(".menu[popover]") ?? (opener && document.getElementById(opener.getAttribute("popovertarget")));
  if (!menu?.matches(".menu:popover-open") || event.target.matches("input, textarea, select")) return;
  const items = [...menu.querySelectorAll(".menu__item:not(:disabled)")];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[event.key];
  event.preventDefault();
  items.at(next % items.length)?.focus();
});

// Chosen is done: what came back brings no menu in place of the one that is open.
document.addEventListener("htmx:afterRequest", (event) => {
  const menu = event.target.closest?.(".menu:popover-open");
  if (menu && event.detail.successful && event.target.getAttribute("hx-swap") === "none") menu.hidePopover();
});

function place(menu) {
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  const box = button.getBoundingClientRect();
  const below = innerHeight - box.bottom > menu.offsetHeight + 8;
  const start = menu.classList.contains("menu--end") ? box.right - menu.offsetWidth : box.left;
  Object.assign(menu.style, {
    inset: "auto",
    margin: "0",
    top: `${below ? box.bottom + 4 : box.top - menu.offsetHeight - 4}px`,
    left: `${Math.max(8, Math.min(start, innerWidth - menu.offsetWidth - 8))}px`,
  });
}
