// What a service worker does with pushes. It imports these and listens: `listenToPushes(self)`, or each by itself.

// Every push must be shown, or the browser takes the permission away; one that can't be read says at least that there is news.
export function onPush(event) {
  let told = {};
  try {
    told = event.data ? event.data.json() : {};
  } catch {
    // not ours, or cut short
  }
  const shown = { body: told.body || "", tag: told.tag, lang: told.lang, data: { url: told.url } };
  event.waitUntil(self.registration.showNotification(told.title || "赛历 Saili", shown));
}

// To a window that shows the page already, else to a new one; never away from our own site.
export function onNotificationClick(event) {
  event.notification.close();
  const url = new URL((event.notification.data || {}).url || "/calendar", self.location.origin);
  if (url.origin === self.location.origin) event.waitUntil(open(url.href));
}

async function open(href) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((client) => client.url === href);
  return shown ? shown.focus() : self.clients.openWindow(href);
}

export function listenToPushes(worker) {
  worker.addEventListener("push", onPush);
  worker.addEventListener("notificationclick", onNotificationClick);
}
