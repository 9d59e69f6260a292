// <passkey-form data-act="create | get" [data-options="id of a JSON block"] [data-fetch]>: asks the browser for a
// passkey, puts its answer in the form's `credential`, and posts. Takes the place of allauth's inline scripts.
import { define } from "../lib/dom.js";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (credentials) => credentials?.map((credential) => ({ ...credential, id: toBytes(credential.id) }));

function decode({ publicKey }) {
  const options = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (options.user) options.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) options.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) options.allowCredentials = listed(options.allowCredentials);
  return options;
}

function encode(credential) {
  const response = {};
  for (const key of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[key]) response[key] = toText(credential.response[key]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

define("passkey-form", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.button = this.querySelector("[data-passkey]");
    if (!window.PublicKeyCredential) return this.say(this.dataset.unsupported);
    this.button.disabled = false;
    this.button.addEventListener("click", (event) => { event.preventDefault(); this.ask(); });
  }

  async ask() {
    if (!this.form.reportValidity()) return;
    this.button.setAttribute("aria-busy", "true");
    this.say("");
    try {
      this.form.elements.credential.value = JSON.stringify(encode(await this.credential(await this.options())));
      this.form.submit();
    } catch (error) {
      this.button.removeAttribute("aria-busy");
      this.say(error.name === "InvalidStateError" ? this.dataset.known : this.dataset.failed);
      if (!["NotAllowedError", "AbortError", "InvalidStateError"].includes(error.name)) console.error(error);
    }
  }

  async options() {
    if (this.dataset.options) {
      const data = JSON.parse(document.getElementById(this.dataset.options).textContent);
      return data.creation_options ?? data.request_options;
    }
    const response = await fetch(this.form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
    if (!response.ok) throw new Error(`passkey options: ${response.status}`);
    return (await response.json()).request_options;
  }

  credential(options) {
    const publicKey = decode(options);
    if (this.dataset.act === "get") return navigator.credentials.get({ publicKey });
    const alone = this.form.elements.passwordless;
    if (alone) {
      publicKey.authenticatorSelection = {
        ...publicKey.authenticatorSelection,
        residentKey: alone.checked ? "required" : "discouraged",
        requireResidentKey: alone.checked,
        ...(alone.checked && { userVerification: "required" }),
      };
    }
    return navigator.credentials.create({ publicKey });
  }

  say(words) {
    const output = this.querySelector("[data-says]");
    if (output) output.textContent = words ?? "";
  }
});
