// A click by key. The menu that it opens takes the focus, at its first choice: arrows and Enter go on from there.
const CHOICES = "input:not([type=hidden]), select, textarea, .menu__item:not(:disabled)";

export function press(element) {
  element.click();
  const opened = element.popoverTargetElement;
  if (opened?.matches(":popover-open") && !opened.contains(document.activeElement)) opened.querySelector(CHOICES)?.focus();
}
