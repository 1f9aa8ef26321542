// A page that waits for a poster opens it as soon as it is there. Without a script it loads itself anew every few seconds.
const waits = document.querySelector("[data-waits]");

async function look() {
  const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (answer && answer.status !== 202) location.reload();
  else setTimeout(look, waits.dataset.waits * 1_000);
}

if (waits) setTimeout(look, waits.dataset.waits * 1_000);
