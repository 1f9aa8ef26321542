// What is typed into a team's form, kept in this browser alone until it is sent: a phone loses its network, or puts the page away.
// Never kept: the invitation code, what was pasted, and any value with as many digits as an identity number has.
const PREFIX = "saili.draft.";
const DAY = 24 * 3600 * 1000;
const KEPT = ["team_name", "unit_region", "leader.name", "leader.phone", "leader.email"];
const MOST_DIGITS = 14;

// Storage may be forbidden or full: then nothing is kept, and the form works all the same.
function attempt(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

function harmless(value) {
  const digits = value.normalize("NFKC").match(/\p{Nd}/gu) || [];
  return digits.length > MOST_DIGITS ? "" : value;
}

function read(name) {
  const draft = attempt(() => JSON.parse(localStorage.getItem(name)));
  return draft && Date.now() - draft.at < DAY ? draft : null;
}

function write(division, draft) {
  attempt(() => localStorage.setItem(PREFIX + division, JSON.stringify({ ...draft, at: Date.now() })));
}

export function draftOf(division) {
  return read(PREFIX + division);
}

// `sent` is the form's key once it was sent and no answer came: the next try must carry the same.
export function keep(form) {
  const { division } = form.dataset;
  const people = [...form.querySelectorAll("#people .person")];
  const fields = Object.fromEntries(KEPT.map((name) => [name, harmless(form.elements[name].value)]));
  const rows = people.map((row) => [harmless(row.querySelector("input").value), row.querySelector("select").value]).filter(([name]) => name);
  write(division, { fields, rows, sent: draftOf(division)?.sent });
}

export function mark(division, values) {
  write(division, { fields: {}, rows: [], ...draftOf(division), ...values });
}

export function forget(division) {
  attempt(() => localStorage.removeItem(PREFIX + division));
}

export function filled(form) {
  return [...KEPT.map((name) => form.elements[name]), ...form.querySelectorAll("#people input")].some((field) => field.value.trim());
}

// Which registration this tab's form of a division became: only its address, and only until the tab is closed.
const SENT = "saili.sent.";

export function sentFrom(division) {
  return attempt(() => sessionStorage.getItem(SENT + division));
}

export function noteSent(division, address) {
  attempt(() => (address ? sessionStorage.setItem(SENT + division, address) : sessionStorage.removeItem(SENT + division)));
}

// Whatever page is opened: drafts past their day go, and so does the one whose registration this page shows.
export function sweep() {
  attempt(() => {
    for (const name of Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) {
      const draft = read(name);
      if (!draft || draft.done === window.location.pathname) localStorage.removeItem(name);
    }
  });
}
