// <audio-player><audio controls><button data-speed hidden></audio-player>: listened to faster, one at a time.
import { define } from "../lib/dom.js";

const SPEEDS = [1, 1.5, 2];

define("audio-player", class extends HTMLElement {
  connectedCallback() {
    this.sound = this.querySelector("audio");
    const button = this.querySelector("[data-speed]");
    if (!this.sound || !button) return;
    button.hidden = false;
    button.onclick = () => {
      this.at = ((this.at ?? 0) + 1) % SPEEDS.length;
      this.sound.playbackRate = this.sound.defaultPlaybackRate = SPEEDS[this.at];
      button.textContent = `${SPEEDS[this.at]}×`;
      button.setAttribute("aria-label", `Speed ${SPEEDS[this.at]}`);
    };
    this.sound.onplay = () => {
      for (const other of document.querySelectorAll("audio-player audio")) if (other !== this.sound) other.pause();
    };
  }
});
