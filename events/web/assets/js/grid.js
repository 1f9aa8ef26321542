// The month's grid under the arrow keys: from day to day, from week to week, to both ends of a week and of the month.
const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function days() {
  return [...document.querySelectorAll("table.month [data-day]")];
}

function target(all, at, key) {
  const weekday = Number(all[at].dataset.weekday);
  if (key === "Home") return Math.max(at - weekday, 0);
  if (key === "End") return Math.min(at + 6 - weekday, all.length - 1);
  return key in MOVES ? at + MOVES[key] : -1;
}

document.addEventListener("keydown", (event) => {
  const from = event.target.closest?.("table.month [data-day]");
  if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = days();
  const to = all[target(all, all.indexOf(from), event.key)];
  if (!to) return;
  event.preventDefault();
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
});

// One stop for the Tab key: today, else the first day. Without this script every day with events is one.
function enter() {
  const all = days();
  const first = all.find((one) => one.closest(".today")) || all[0];
  for (const one of all) one.tabIndex = one === first ? 0 : -1;
}

enter();
document.addEventListener("htmx:afterSettle", enter);
