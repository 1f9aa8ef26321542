// Following an event by this browser's notifications: a button that shows itself only where the browser, the site and its service worker can.
const place = document.querySelector("[data-push-event]");

const send = (method, path, body) =>
  fetch(path, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) }).then((answer) => {
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  });

// A subscription made with another key can't be used: the installation has a new one.
async function subscribed(manager) {
  const offered = await send("GET", "/api/v1/push");
  const options = { userVisibleOnly: true, applicationServerKey: offered.key };
  try {
    return await manager.subscribe(options);
  } catch (error) {
    const old = error.name === "InvalidStateError" && (await manager.getSubscription());
    if (!old) throw error;
    await old.unsubscribe();
    return manager.subscribe(options);
  }
}

async function offer(place, manager) {
  const event = place.dataset.pushEvent;
  const words = place.dataset;
  const button = place.querySelector("button");
  const status = place.querySelector("[role=status]");
  let following = false;
  const show = (now) => {
    following = now;
    button.textContent = now ? words.leave : words.follow;
    button.setAttribute("aria-pressed", String(now));
  };

  const known = await manager.getSubscription();
  show(Boolean(known) && (await send("POST", "/api/v1/push/followed", { endpoint: known.endpoint })).events.includes(event));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (following) {
        const subscription = await manager.getSubscription();
        if (subscription) await send("POST", `/api/v1/events/${event}/push/leave`, { endpoint: subscription.endpoint });
      } else {
        const subscription = await subscribed(manager);
        await send("PUT", `/api/v1/events/${event}/push`, { ...subscription.toJSON(), language: document.documentElement.lang });
      }
      show(!following);
      status.textContent = following ? words.on : words.off;
    } catch (error) {
      status.textContent = error.name === "NotAllowedError" ? words.denied : words.failed;
    } finally {
      button.disabled = false;
    }
  });
  place.hidden = false;
}

// Without a service worker `ready` never settles, and the button stays hidden.
if (place && "serviceWorker" in navigator && "PushManager" in window) {
  navigator.serviceWorker.ready.then((registration) => offer(place, registration.pushManager)).catch(() => {});
}
