// Pages last seen open without a network: the worker keeps them, and a kept page says of itself when it was seen.
const { dataset, lang } = document.documentElement;
if ("serviceWorker" in navigator) {
  const { serviceWorker } = navigator;
  const first = !serviceWorker.controller && !dataset.seen;
  serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  if (first) serviceWorker.ready.then(({ active }) => active?.postMessage({ open: window.location.href }));
}

if (dataset.seen) {
  const words = { dateStyle: "medium", timeStyle: "short" };
  const when = new Intl.DateTimeFormat(lang, words).format(new Date(dataset.seen));
  const banner = document.createElement("p");
  banner.className = "notice stale";
  banner.setAttribute("role", "status");
  banner.textContent = document.body.dataset.stale.replace("{when}", when);
  document.querySelector("main").prepend(banner);
}
