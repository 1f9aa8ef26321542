// The lines of a roster: added, taken away, numbered.
export function people(form) {
  return [...form.querySelectorAll("#people .person")];
}

export function nameOf(row) {
  return row.querySelector("input");
}

const STAFF = ["coach", "leader", "staff"];

// What is wrong with how many athletes there are, as a sentence; nothing when they are enough and not too many.
export function sizeFault(form, words) {
  const { least, most } = form.querySelector("#roster").dataset;
  const n = people(form).filter((row) => nameOf(row).value.trim() && !STAFF.includes(row.querySelector("select").value)).length;
  if (n >= Number(least) && n <= Number(most)) return "";
  return words.athletes.replace("{least}", least).replace("{most}", most).replace("{n}", n);
}

// The sentence stands where the server would put it: before the list, which it describes and which takes the focus.
export function faultOfSize(form, sentence) {
  const list = form.querySelector("#people");
  const fault = list.querySelector("#fault-roster") || Object.assign(document.createElement("p"), { id: "fault-roster", className: "fault" });
  fault.textContent = sentence;
  list.prepend(fault);
  list.tabIndex = -1;
  list.setAttribute("aria-describedby", "fault-roster roster-hint");
  list.dataset.faulty = "";
  return list;
}

function number(form, words) {
  people(form).forEach((row, index) => {
    const n = index + 1;
    const said = (sentence) => sentence.replace("{n}", n);
    row.querySelector("[data-number]").textContent = n;
    for (const [field, sentence] of [["input", words.nth_name], ["select", words.nth_role]]) {
      const control = row.querySelector(field);
      const label = row.querySelector(`label[for="${CSS.escape(control.id)}"]`);
      control.id = `roster[${index}].${field === "input" ? "name" : "role"}`;
      label.htmlFor = control.id;
      label.textContent = said(sentence);
    }
    const remove = row.querySelector("[data-remove]");
    remove.hidden = false;
    remove.querySelector(".hidden").textContent = said(words.nth_gone);
  });
}

export function add(form, words, name = "", role = "") {
  const row = form.querySelector("#person").content.querySelector(".person").cloneNode(true);
  nameOf(row).value = name;
  if (role) row.querySelector("select").value = role;
  form.querySelector("#people").append(row);
  number(form, words);
  return row;
}

export function remove(form, words, row) {
  const next = row.nextElementSibling || row.previousElementSibling;
  row.remove();
  number(form, words);
  (next?.matches(".person") ? nameOf(next) : form.querySelector("#add")).focus();
}

export function replace(form, words, rows) {
  for (const row of people(form)) row.remove();
  for (const [name, role] of rows) add(form, words, name, role);
}

// A page without a script offers a full team's lines; with one, as many as a team needs at least, and a button for more.
export function begin(form, words) {
  const least = Number(form.querySelector("#roster").dataset.least);
  const rows = people(form);
  let last = rows.length;
  while (last > least && !nameOf(rows[last - 1]).value) last -= 1;
  rows.slice(last).forEach((row) => row.remove());
  while (people(form).length < least) add(form, words);
  form.querySelector("#adding").hidden = false;
  number(form, words);
}
