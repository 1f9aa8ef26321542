// What is near: the browser says where it is, and the list is put in order here. The position leaves this page in no request.
const EARTH = 6371000;
const SHOWN = 20;
const radians = (degrees) => (degrees * Math.PI) / 180;

// Metres along a great circle (haversine).
function metres(a, b) {
  const across = Math.sin(radians(b.lat - a.lat) / 2) ** 2;
  const along = Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(across + along));
}

function said(near, distance) {
  if (distance < 950) return near.dataset.metres.replace("{count}", Math.max(50, Math.round(distance / 50) * 50));
  return near.dataset.kilometres.replace("{count}", (distance / 1000).toFixed(distance < 9950 ? 1 : 0));
}

// Each event once, by its link, however many days of the list it is on.
function places() {
  const found = new Map();
  for (const entry of document.querySelectorAll(".entry[data-lon]")) {
    if (entry.closest(".nearest")) continue;
    const link = entry.querySelector("a.name").href;
    if (!found.has(link)) found.set(link, entry);
  }
  return [...found.values()];
}

function show(near, here) {
  const away = places().map((entry) => ({ entry, far: metres(here, { lon: Number(entry.dataset.lon), lat: Number(entry.dataset.lat) }) }));
  away.sort((a, b) => a.far - b.far);
  const shown = away.slice(0, SHOWN);
  const list = near.querySelector(".nearest");
  list.replaceChildren(...shown.map((one) => {
    const copy = one.entry.cloneNode(true);
    const label = document.createElement("span");
    label.className = "distance";
    label.textContent = said(near, one.far);
    copy.querySelector(".facts").prepend(label);
    return copy;
  }));
  list.hidden = false;
  near.querySelector("[role=status]").textContent = near.dataset.found.replace("{count}", shown.length);
}

function ask(near) {
  const status = near.querySelector("[role=status]");
  if (!places().length) {
    status.textContent = near.dataset.none;
    return;
  }
  status.textContent = near.dataset.locating;
  navigator.geolocation.getCurrentPosition(
    (found) => show(near, { lon: found.coords.longitude, lat: found.coords.latitude }),
    () => { status.textContent = near.dataset.refused; },
    { timeout: 10000, maximumAge: 300000 },
  );
}

document.addEventListener("click", (event) => {
  const near = event.target.closest?.("[data-near] > button")?.parentElement;
  if (near) ask(near);
});

function appear() {
  if ("geolocation" in navigator) for (const near of document.querySelectorAll("[data-near]")) near.hidden = false;
}

appear();
document.addEventListener("htmx:afterSettle", appear);
