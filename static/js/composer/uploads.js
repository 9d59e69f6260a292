// Files of a reply or of a note: looked at before they go, each in a request of its own, each with its progress.
import { headers, parsed, post } from "../lib/posting.js";

const KINDS = { image: "IMAGE", video: "VIDEO", audio: "AUDIO" };
const NOUNS = { IMAGE: "picture", VIDEO: "video", AUDIO: "audio file", FILE: "file" };
const REFUSED = { 401: "You are signed out. Sign in in another tab, then retry.", 413: "It is too large." };
const size = (bytes) => bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, "")} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;

// Empty: the platform takes it, as far as its name and size tell. The server looks inside.
export function problemOf(file, limits) {
  let kind = KINDS[file.type.split("/")[0]];
  if (!limits.files[kind]) kind = "FILE";
  const types = limits.files[kind]?.types;
  const wanted = kind;
  if (types && !types.includes(file.type)) kind = "FILE";
  const rule = limits.files[kind];
  if (!file.size) return `${file.name} is empty.`;
  if (rule.types && file.type && !rule.types.includes(file.type)) return `${limits.platform} takes a ${NOUNS[wanted]} as ${limits.files[wanted].names}; ${file.name} is another kind.`;
  if (file.size > rule.size) return `${limits.platform} takes a ${NOUNS[kind]} of up to ${size(rule.size)}; ${file.name} has ${size(file.size)}.`;
  return "";
}

export class Uploads {
  // `also`: what is told with each.
  constructor({ list, mould, url, limits, also, trouble, changed }) {
    Object.assign(this, { list, mould, url, limits, also, trouble, changed });
    list.addEventListener("click", (event) => this.click(event));
  }

  get busy() {
    return this.list.querySelector("[data-uploading]:not([data-failed])") !== null;
  }

  get ids() {
    return [...this.list.querySelectorAll("input[name=upload]")].map((input) => input.value);
  }

  // Those that are here.
  get lines() {
    return [...this.list.querySelectorAll(".upload:not([data-uploading])")];
  }

  get names() {
    return this.lines.map((line) => line.querySelector(".upload__name").textContent);
  }

  add(files) {
    const problems = [];
    for (const file of files) {
      const full = this.list.children.length >= this.limits.most;
      const problem = full ? `Up to ${this.limits.most} files go at once: ${file.name} was left out.` : problemOf(file, this.limits);
      if (problem) problems.push(problem);
      else this.begin(file.name, size(file.size), () => { const form = new FormData(); form.append("file", file); return form; });
    }
    this.trouble(problems.join(" "));
  }

  // As the microphone heard it; the server makes of it what the platform plays.
  addRecording(blob, words) {
    if (this.list.children.length >= this.limits.most) return this.trouble(`Up to ${this.limits.most} files go at once: the voice note was left out.`);
    this.trouble("");
    const name = `recording.${blob.type.includes("mp4") ? "mp4" : blob.type.includes("ogg") ? "ogg" : "webm"}`;
    this.begin("Voice note", words, () => { const form = new FormData(); form.append("recording", blob, name); return form; });
  }

  // A file of the library is copied there.
  addAsset(asset) {
    const problem = problemOf({ name: asset.name, type: asset.mime_type, size: asset.size }, this.limits);
    if (problem) return this.trouble(problem);
    this.begin(asset.name, size(asset.size), () => { const form = new FormData(); form.append("asset", asset.id); return form; });
  }

  begin(name, words, make) {
    const line = this.mould.content.firstElementChild.cloneNode(true);
    line.querySelector("[data-name]").textContent = name;
    line.querySelector("[data-size]").textContent = words;
    line.querySelector("[data-remove]").setAttribute("aria-label", `Cancel ${name}`);
    line.again = () => this.send(line, name, make());
    this.list.append(line);
    line.again();
    this.changed();
  }

  send(line, name, form) {
    const request = (line.request = new XMLHttpRequest());
    const bar = line.querySelector("progress");
    line.removeAttribute("data-failed");
    bar.hidden = false;
    request.open("POST", this.url);
    for (const [header, value] of Object.entries(headers())) request.setRequestHeader(header, value);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; });
    request.addEventListener("load", () => this.answered(line, name, request));
    request.addEventListener("error", () => this.failed(line, navigator.onLine ? "The connection broke." : "You are offline."));
    for (const [field, value] of Object.entries(this.also)) form.append(field, value);
    request.send(form);
  }

  answered(line, name, request) {
    if (request.status === 201) {
      line.replaceWith(parsed(request.responseText));
    } else if (request.status === 422) {
      line.remove();
      this.trouble(request.responseText);
    } else {
      this.failed(line, REFUSED[request.status] ?? `The server had a problem (${request.status}).`);
    }
    this.changed();
  }

  failed(line, why) {
    line.dataset.failed = "";
    line.querySelector("progress").hidden = true;
    line.querySelector("[data-size]").textContent = `Not uploaded. ${why}`;
    if (!line.querySelector("[data-again]")) {
      const again = Object.assign(document.createElement("button"), { type: "button", className: "button button--small", textContent: "Retry" });
      again.dataset.again = "";
      line.querySelector("[data-remove]").before(again);
    }
    this.changed();
  }

  async click(event) {
    const line = event.target.closest(".upload");
    if (event.target.closest("[data-again]")) {
      event.target.closest("[data-again]").remove();
      return line.again();
    }
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    line.request?.abort();
    const url = button.getAttribute("formaction");
    line.remove();
    this.changed();
    if (url) await post(url, []).catch(() => this.trouble("It could not be removed: it may still be here after a reload."));
  }
}
