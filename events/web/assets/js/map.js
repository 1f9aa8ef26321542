// The map under the arrow keys: to the nearest tile in that direction, wherever tiles and outlines lie.
const WAYS = { ArrowLeft: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 }, ArrowUp: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 } };

function centre(tile) {
  const box = tile.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

// What lies far more sideways than ahead is in no direction; of the others, what is off the line counts double.
function next(from, all, way) {
  const here = centre(from);
  let best = null;
  let least = Infinity;
  for (const one of all) {
    const there = centre(one);
    const ahead = (there.x - here.x) * way.x + (there.y - here.y) * way.y;
    const aside = Math.abs((there.x - here.x) * way.y) + Math.abs((there.y - here.y) * way.x);
    const cost = ahead + 2 * aside;
    if (ahead > 1 && aside <= ahead * 3 && cost < least) {
      best = one;
      least = cost;
    }
  }
  return best;
}

document.addEventListener("keydown", (event) => {
  const from = event.target.closest?.("[data-map] [data-tile]");
  if (!from || !(event.key in WAYS) || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...from.closest("[data-map]").querySelectorAll("[data-tile]")];
  event.preventDefault();
  const to = next(from, all, WAYS[event.key]);
  if (!to) return;
  from.setAttribute("tabindex", "-1");
  to.setAttribute("tabindex", "0");
  to.focus();
});

// One stop for the Tab key: what is chosen, else the first. Without this script every tile is one.
function enter() {
  for (const map of document.querySelectorAll("[data-map]")) {
    const all = [...map.querySelectorAll("[data-tile]")];
    const first = all.find((one) => one.hasAttribute("aria-current")) || all[0];
    for (const one of all) one.setAttribute("tabindex", one === first ? "0" : "-1");
  }
}

enter();
document.addEventListener("htmx:afterSettle", enter);
