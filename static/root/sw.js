// The service worker of a workspace's host: shows what is told while no page is in front, and leads to the chat. It
// answers no requests of pages.
const ICON = "/favicon.ico";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => event.waitUntil(show(event)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "/inbox/"));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

const windows = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

async function show(event) {
  let told;
  try {
    told = event.data.json();
  } catch {
    return;
  }
  // The page says it itself, and makes its sound.
  if (!told.always && (await windows()).some((page) => page.visibilityState === "visible")) return;
  await self.registration.showNotification(told.title, {
    body: told.body,
    dir: told.dir,
    tag: told.tag,
    renotify: true,
    icon: ICON,
    data: { url: told.url },
  });
}

async function open(path) {
  const address = new URL(path, self.location.origin);
  if (address.origin !== self.location.origin) return;
  const pages = await windows();
  const id = address.pathname.split("/").at(-2);
  const there = pages.find((page) => page.url.includes(id)) ?? pages.find((page) => new URL(page.url).pathname.startsWith("/inbox/"));
  if (!there) {
    await self.clients.openWindow(address);
    return;
  }
  if (!there.url.includes(id)) await there.navigate(address.href).catch(() => self.clients.openWindow(address));
  await there.focus().catch(() => {});
}

// The browser has changed the endpoint by itself. Only who is still signed in, and was told there before, is told again.
async function renew(event) {
  const replaces = event.oldSubscription?.endpoint;
  if (!replaces) return;
  const response = await fetch("/notifications/key/", { redirect: "manual" });
  if (!response.ok) return;
  const { key, token } = await response.json();
  const found =
    event.newSubscription ??
    (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const { endpoint, keys } = found.toJSON();
  const answer = await fetch("/notifications/", {
    method: "POST",
    headers: { "X-CSRFToken": token },
    body: new URLSearchParams({ endpoint, ...keys, replaces }),
    redirect: "manual",
  });
  if (!answer.ok) await found.unsubscribe();
}
