// <push-device data-url data-key data-agent>: whether this browser tells its agent of news while no page is open. What
// it says of itself is in data-on, -off, -denied, -unable and -failed. In the list below it marks itself.
import { define } from "../lib/dom.js";
import { post } from "../lib/posting.js";
import { canPush, markOf, said, subscribe, subscription, unsubscribe } from "../lib/push.js";

define("push-device", class extends HTMLElement {
  async connectedCallback() {
    this.toggle = this.querySelector('input[type="checkbox"]');
    if (!canPush()) return this.say("unable");
    this.querySelector("[data-act]").hidden = false;
    this.toggle.addEventListener("change", () => this.turn());
    await this.look();
  }

  // On means that the server knows it, too: a list without it is one that it was removed from elsewhere.
  async look() {
    const found = await subscription().catch(() => undefined);
    const mark = found && (await markOf(found));
    this.row = mark && document.querySelector(`[data-mark="${CSS.escape(mark)}"]`);
    this.toggle.checked = Boolean(this.row);
    this.toggle.disabled = !this.row && Notification.permission === "denied";
    this.say(this.row ? "on" : this.toggle.disabled ? "denied" : "off");
    if (!this.row) return;
    this.row.querySelector("[data-here]").hidden = false;
    this.row.querySelector("[data-remove]").addEventListener("submit", () => unsubscribe());
  }

  async turn() {
    this.toggle.disabled = true;
    if (this.toggle.checked) await this.begin();
    else await this.end();
  }

  async begin() {
    try {
      if ((await Notification.requestPermission()) !== "granted") return this.stay(Notification.permission === "denied" ? "denied" : "off");
      const found = await subscribe(this.dataset.key, this.dataset.agent);
      const response = await post(this.dataset.url, said(found));
      if (response.ok && !response.redirected) return location.reload();
      await unsubscribe();
      this.stay("failed", response.status === 422 ? await response.text() : "");
    } catch {
      this.stay("failed");
    }
  }

  async end() {
    await unsubscribe().catch(() => {});
    this.row?.querySelector("[data-remove]").requestSubmit();
  }

  stay(how, words = "") {
    this.toggle.checked = false;
    this.toggle.disabled = how === "denied";
    this.say(how, words);
    this.toggle.focus();
  }

  say(how, words = "") {
    this.querySelector("[data-says]").textContent = words || this.dataset[how];
  }
});
