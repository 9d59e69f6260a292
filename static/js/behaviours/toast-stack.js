// <toast-stack>: lets good news go by itself, keeps errors until dismissed, and shows what the server
// sends by HX-Trigger: {"toast": {"text": "Saved.", "tone": "success"}}. A toast with an undo stays longer.
// Beside it may have: url and action, a link to what it is about; about, whose next takes the place of the last.
import { define } from "../lib/dom.js";

const ICONS = { success: "success", warning: "warning", error: "danger", info: "info" };

const FAILURES = ["htmx:sendError", "htmx:responseError"];

define("toast-stack", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-dismiss]")) this.dismiss(event.target.closest(".toast"));
    });
    this.onToast = (event) => this.add(event.detail.value ?? event.detail);
    document.addEventListener("toast", this.onToast);
    this.onFailure = (event) => this.fail(event);
    for (const name of FAILURES) document.addEventListener(name, this.onFailure);
    // It works again.
    this.onAnswer = ({ detail }) => { if (detail.successful) this.querySelector(':scope > [data-about="failure"]')?.remove(); };
    document.addEventListener("htmx:afterRequest", this.onAnswer);
    this.querySelectorAll(":scope > .toast").forEach((toast) => this.schedule(toast));
    // Whole ones that htmx brings, with an undo; used, it takes its toast along.
    this.addEventListener("htmx:afterSwap", () => {
      for (const toast of this.querySelectorAll(":scope > .toast")) if (!toast.timer) this.schedule(toast);
    });
    this.addEventListener("htmx:afterRequest", (event) => {
      const toast = event.target.closest(".toast");
      if (toast && event.detail.successful) this.dismiss(toast);
    });
  }

  disconnectedCallback() {
    document.removeEventListener("toast", this.onToast);
    for (const name of FAILURES) document.removeEventListener(name, this.onFailure);
    document.removeEventListener("htmx:afterRequest", this.onAnswer);
  }

  // Where one stands it is enough. Who has told it better says so by preventDefault.
  fail(event) {
    if (event.defaultPrevented) return;
    const { status } = event.detail.xhr;
    const again = status === 401 ? { url: location.href, action: this.dataset.signIn } : {};
    const words = status === 401 ? "signedOut" : status === 403 || status === 404 ? "gone" : navigator.onLine ? "failure" : "offline";
    this.add({ text: this.dataset[words], tone: "error", about: "failure", ...again });
  }

  add({ text, tone = "info", url, action, about }) {
    if (about) this.querySelector(`:scope > [data-about="${about}"]`)?.remove();
    const mould = this.querySelector("template");
    const toast = mould.content.firstElementChild.cloneNode(true);
    toast.className = `toast toast--${tone}`;
    toast.setAttribute("role", tone === "error" ? "alert" : "status");
    const use = toast.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[tone] ?? "info"}`));
    if (about) toast.dataset.about = about;
    if (url) {
      const link = Object.assign(document.createElement("a"), { href: url, textContent: action, className: "button button--small" });
      const place = toast.querySelector(".toast__text + span");
      place.className = "toast__action";
      place.append(link);
    }
    this.append(toast);
    // Written after it stands in the page: live regions speak of changes.
    requestAnimationFrame(() => { toast.querySelector(".toast__text").textContent = text; });
    this.schedule(toast);
  }

  schedule(toast) {
    if (toast.matches(".toast--error, .toast--warning")) return;
    const wait = toast.querySelector("form") ? 12000 : 6000;
    const leave = () => { toast.timer = setTimeout(() => this.dismiss(toast), wait); };
    for (const stay of ["pointerenter", "focusin"]) toast.addEventListener(stay, () => clearTimeout(toast.timer));
    for (const go of ["pointerleave", "focusout"]) toast.addEventListener(go, leave);
    leave();
  }

  dismiss(toast) {
    clearTimeout(toast.timer);
    toast.dataset.leaving = "";
    setTimeout(() => toast.remove(), 220);
  }
});
