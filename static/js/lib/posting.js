// Requests of our own scripts, as htmx makes them: the server answers with a piece of a page, and never by a redirect.

// As the cookie has it now: who has signed in again in another tab has a new one, and what the page came with is old.
export function token() {
  const [, kept] = document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/) ?? [];
  return kept ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

export const headers = () => ({ "X-CSRFToken": token(), "HX-Request": "true" });

export function post(url, fields, options = {}) {
  return fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: headers(), ...options });
}

export function get(url, options = {}) {
  return fetch(url, { headers: { "HX-Request": "true" }, ...options });
}

export function parsed(html) {
  const mould = document.createElement("template");
  mould.innerHTML = html;
  return mould.content;
}
