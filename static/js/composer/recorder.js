// A voice note: recorded, and given on when it is stopped. Where the browser has no recorder, or the page is not told by
// HTTPS, its button stays hidden.
const MOST_SECONDS = 300;
const EVERY = 100;
const BITS = 64_000;
const TROUBLE = {
  NotAllowedError: "The browser may not use the microphone here. Allow it in the address bar, then try again.",
  NotFoundError: "No microphone was found. Plug one in, then try again.",
  NotReadableError: "The microphone is in use by another program. Close that, then try again.",
};

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export class Recorder {
  constructor({ box, button, taken, trouble, says, signal }) {
    Object.assign(this, { box, button, taken, trouble, says });
    button.hidden = !(navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder);
    box.querySelector("[data-stop]").addEventListener("click", () => { this.stop(); button.focus(); });
    box.querySelector("[data-cancel]").addEventListener("click", () => { this.cancel(); button.focus(); });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.cancel();
      button.focus();
    });
    signal.addEventListener("abort", () => { this.gone = true; this.cancel(); });
  }

  get running() {
    return this.recorder?.state === "recording";
  }

  async start() {
    if (this.running || this.asking) return;
    this.trouble("");
    this.asking = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      if (this.gone) stream.getTracks().forEach((track) => track.stop());
      else this.listen(stream);
    } catch (error) {
      this.trouble(TROUBLE[error.name] ?? "The microphone could not be used. Try again.");
    }
    this.asking = false;
  }

  listen(stream) {
    const recorder = (this.recorder = new MediaRecorder(stream, { audioBitsPerSecond: BITS }));
    const pieces = [];
    this.kept = true;
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    recorder.addEventListener("stop", () => {
      this.close(stream);
      if (this.kept) this.taken(new Blob(pieces, { type: recorder.mimeType }), clock(this.seconds));
    });
    this.meter(stream);
    this.begunAt = performance.now();
    this.timer = setInterval(() => this.tick(), EVERY);
    recorder.start();
    this.box.hidden = false;
    this.button.disabled = true;
    this.tick();
    this.says("Recording");
    this.box.querySelector("[data-stop]").focus();
  }

  meter(stream) {
    this.sound = new AudioContext();
    this.heard = this.sound.createAnalyser();
    this.heard.fftSize = 1024;
    this.samples = new Float32Array(this.heard.fftSize);
    this.sound.createMediaStreamSource(stream).connect(this.heard);
  }

  tick() {
    this.seconds = (performance.now() - this.begunAt) / 1000;
    this.box.querySelector("[data-time]").textContent = clock(this.seconds);
    this.heard.getFloatTimeDomainData(this.samples);
    const loud = Math.sqrt(this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length);
    this.box.querySelector("[data-level]").value = Math.min(100, Math.sqrt(loud) * 140);
    if (this.seconds < MOST_SECONDS) return;
    this.stop();
    this.trouble("A voice note has five minutes at most: it ends here.");
  }

  stop() {
    if (!this.running) return;
    this.says("Recorded");
    this.recorder.stop();
  }

  cancel() {
    if (!this.running) return;
    this.kept = false;
    this.says("Recording cancelled");
    this.recorder.stop();
  }

  close(stream) {
    clearInterval(this.timer);
    stream.getTracks().forEach((track) => track.stop());
    this.sound.close();
    this.box.hidden = true;
    this.button.disabled = false;
  }
}
