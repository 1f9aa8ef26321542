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

// The day that a cell is of; of a strip above the days, the first one that it covers.
function dayOf(cell) {
  let row = cell.parentElement;
  let column = 0;
  for (let before = cell.previousElementSibling; before; before = before.previousElementSibling) column += before.colSpan;
  while (row?.classList.contains("strip")) row = row.nextElementSibling;
  return row?.cells[column]?.querySelector("[data-day]");
}

// The keys work on days and on the events inside them.
document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.("table.month td");
  const from = cell && dayOf(cell);
  if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = days();
  const to = all[target(all, all.indexOf(from), event.key)];
  if (!to) return;
  event.preventDefault();
  for (const one of all) one.tabIndex = -1;
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
