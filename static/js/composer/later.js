// What is to be sent later: put away, and decided on while it waits. `host` is the composer.
import { parsed, post } from "../lib/posting.js";

export async function putAway(host, button, fields) {
  const form = host.forms.reply;
  const more = button.name === "preset" ? [["preset", button.value]] : [["send_at", form.elements.send_at.value]];
  if (form.elements.cancel_on_reply.checked) more.push(["cancel_on_reply", "on"]);
  host.drafts.reply.hold(button);
  button.disabled = true;
  let done = false;
  try {
    const response = await post(button.formAction, [...fields, ...more], { signal: AbortSignal.timeout(30_000) });
    done = response.status === 200 && !response.redirected;
    const answer = await response.text();
    if (done) {
      host.clear("reply");
      host.state.show(answer);
      host.querySelector("[data-says]").textContent = "Scheduled";
    } else {
      host.problem("reply", response.status === 422 ? answer : "It could not be scheduled. Try again.");
    }
  } catch {
    host.problem("reply", "It could not be scheduled: no answer came. Try again.");
  }
  button.disabled = false;
  host.querySelector("#send-later").hidePopover();
  host.drafts.reply.release(button, done);
  host.textOf("reply").focus();
}

// Now, not at all, or here again.
export async function decide(host, event) {
  const form = event.target.closest("[data-decision]");
  if (!form) return;
  event.preventDefault();
  if (host.uploads.reply.busy) return host.problem("reply", "Wait until the file is there.");
  await host.drafts.reply.save();
  try {
    const response = await post(form.action, []);
    if (response.status !== 200 || response.redirected) return host.problem("reply", response.status === 422 ? await response.text() : "That did not work. Try again.");
    const answer = await response.text();
    if (form.dataset.decision !== "edit") return host.state.show(answer);
    const anew = parsed(answer).querySelector("message-composer");
    host.replaceWith(anew);
    anew.turnTo("reply", true);
  } catch {
    host.problem("reply", "That did not work. Try again.");
  }
}
