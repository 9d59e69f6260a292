// What is sent bears the token of this moment, not that of the page: somebody may have signed in again since.
import { token } from "../lib/posting.js";

const NAME = "csrfmiddlewaretoken";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-CSRFToken"] = token();
  if (detail.formData.has(NAME)) detail.formData.set(NAME, token());
});

document.addEventListener("submit", ({ target }) => {
  const field = target.elements.namedItem(NAME);
  if (field) field.value = token();
}, true);
