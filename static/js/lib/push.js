// This browser as a device that is told: its service worker, and what it has subscribed to.
// Whose device it is; notifications.js asks, too.
const OWNER = "switchboard-push-owner";

export const canPush = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

export async function subscription() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return registration?.pushManager.getSubscription();
}

export function base64url(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// What the server is told of it.
export function said(found) {
  return { endpoint: found.endpoint, p256dh: base64url(found.getKey("p256dh")), auth: base64url(found.getKey("auth")) };
}

// As the server marks it in the list.
export async function markOf(found) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(found.endpoint));
  return base64url(digest.slice(0, 12));
}

export async function subscribe(key, agent) {
  const registration = await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  const before = await registration.pushManager.getSubscription();
  if (before && base64url(before.options.applicationServerKey) === key) return own(before, agent);
  await before?.unsubscribe();
  return own(await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }), agent);
}

function own(found, agent) {
  localStorage.setItem(OWNER, agent);
  return found;
}

export async function unsubscribe() {
  localStorage.removeItem(OWNER);
  await (await subscription())?.unsubscribe();
}
