// Where an open popover darkens the page (the drawers and sheets of a phone), a tap beside it closes it and does no
// more: the browser alone would also follow the link that lies under the finger.
let beside = false;

const darkens = (popover) => getComputedStyle(popover, "::backdrop").backgroundColor !== "rgba(0, 0, 0, 0)";

document.addEventListener("pointerdown", (event) => {
  beside = !event.target.closest?.(":popover-open") && [...document.querySelectorAll(":popover-open")].some(darkens);
}, true);

// Pressed keys click as well, without a finger.
document.addEventListener("keydown", () => { beside = false; }, true);

for (const kind of ["mousedown", "click"]) {
  document.addEventListener(kind, (event) => {
    if (!beside) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (kind === "click") beside = false;
  }, true);
}
