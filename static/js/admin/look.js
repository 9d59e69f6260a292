// Runs after htmx and before Alpine. htmx brings no style element and evaluates nothing, as on our own pages;
// the theme is the person's preference, which the server wrote on the root, and not what this browser once kept.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
try {
  localStorage.setItem("adminTheme", JSON.stringify(document.documentElement.className || "auto"));
} catch {
  // A browser that keeps nothing follows the device.
}

// A dialog opens where one writes. Alpine shows it a moment after htmx has filled it.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "modal-content") return;
  const field = target.querySelector("textarea, select, input:not([type=hidden])");
  setTimeout(() => (field ?? target.querySelector("button[type=submit]"))?.focus(), 50);
});
