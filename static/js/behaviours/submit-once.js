// A form that posts is sent once: the button shows it is busy, a second click does nothing, and the way
// back to the page (bfcache) finds it ready again. htmx forms say hx-disabled-elt themselves.
const sent = new WeakSet();

function release(form) {
  sent.delete(form);
  for (const button of form.ownerDocument.querySelectorAll("[aria-busy][data-once]")) {
    if (button.form !== form) continue;
    button.removeAttribute("aria-busy");
    delete button.dataset.once;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-many")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  // Not disabled: a disabled button's name and value would not be sent.
  if (button) {
    button.setAttribute("aria-busy", "true");
    button.dataset.once = "";
  }
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) release(form);
});
