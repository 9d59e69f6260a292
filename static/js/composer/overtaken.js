// Somebody of ours wrote since this agent began: what they wrote, and what is to become of his own.
import { parsed } from "../lib/posting.js";

// Returns up to which message he has seen everything now.
export function askWhoWasOvertaken(host, html, { edit, discard, anyway }) {
  const dialog = parsed(html).querySelector("dialog");
  const then = (decide) => (event) => {
    event.preventDefault();
    event.stopPropagation();
    dialog.close();
    dialog.remove();
    decide();
  };
  dialog.querySelector("[data-discard]").hidden = false;
  dialog.querySelector("[data-discard]").addEventListener("click", then(discard));
  dialog.querySelector("[data-edit]").addEventListener("click", then(edit));
  dialog.querySelector("form").addEventListener("submit", then(anyway));
  // Esc loses nothing.
  dialog.addEventListener("cancel", then(edit));
  host.append(dialog);
  dialog.showModal();
  return dialog.querySelector("[name=last_seen]").value;
}
