// The form of a team in steps. The page is whole without this: here one section is shown at a time, what is typed is kept, and answers come
// without leaving the page, so that a lost network loses nothing. What is right and wrong is the server's to say.
import { draftOf, filled, forget, keep, mark, noteSent, sentFrom, sweep } from "./drafts.js";
import { add, begin, faultOfSize, nameOf, people, remove, replace, sizeFault } from "./people.js";

const PATIENCE = 30000;
let form, words, at, waiting;

const steps = () => [...form.querySelectorAll(".step")];
const stepOf = (element) => element?.closest(".step");

function say(sentence, values = {}) {
  const text = Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), sentence);
  form.querySelector("#said").textContent = text;
}

function show(step, focus) {
  at = step;
  for (const one of steps()) one.hidden = one !== step;
  for (const link of form.querySelectorAll(".progress a")) {
    if (link.hash === `#${step.id}`) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  }
  if (step.id === "review") summarise();
  if (focus) (focus === true ? step.querySelector("h2") : focus).focus();
}

// The address names the step, so the browser's own buttons lead from one to another.
function go(step) {
  if (window.location.hash === `#${step.id}`) show(step, true);
  else window.location.hash = step.id;
}

function follow() {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (!form?.isConnected || (target && !stepOf(target))) return;
  const step = stepOf(target) || steps()[0];
  if (target?.matches(".fault")) show(step, faulty(step, target) || target);
  else show(step, true);
}

// The field that a fault speaks of, else the first faulty one of a step.
function faulty(step, fault) {
  const described = fault && step.querySelector(`[aria-describedby~="${CSS.escape(fault.id)}"]`);
  return described || step.querySelector('[aria-invalid="true"], [data-faulty]');
}

function summarise() {
  const list = form.querySelector("#summary");
  const rows = people(form).filter((row) => nameOf(row).value.trim());
  const region = form.elements.unit_region;
  const facts = [
    ["team_name", form.elements.team_name.value],
    ["unit_region", region.value && region.selectedOptions[0].text],
    ["leader.name", form.elements["leader.name"].value],
    ["leader.phone", form.elements["leader.phone"].value],
    ["leader.email", form.elements["leader.email"].value],
  ].map(([id, value]) => [form.querySelector(`label[for="${CSS.escape(id)}"]`).textContent, value || "–"]);
  const names = rows.map((row) => {
    const role = row.querySelector("select");
    return role.selectedIndex ? `${nameOf(row).value}（${role.selectedOptions[0].text}）` : nameOf(row).value;
  });
  facts.push([form.querySelector("#roster-title").textContent, names.length ? `${words.people.replace("{n}", names.length)}：${names.join("、")}` : words.nobody]);
  const wrong = sizeFault(form, words);
  list.replaceChildren(
    ...facts.flatMap(([label, value]) => {
      const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = label;
      detail.textContent = value;
      return [term, detail];
    }),
  );
  if (wrong) list.lastElementChild.append(Object.assign(document.createElement("a"), { className: "fault", href: "#roster", textContent: ` ${wrong}` }));
  list.hidden = false;
}

async function send(act) {
  const body = new URLSearchParams(new FormData(form));
  if (act) body.set("do", act);
  if (act !== "paste" && act) body.delete("pasted");
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal: stop.signal });
    return { answer, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  } finally {
    clearTimeout(timer);
  }
}

// On to the next step, unless the server finds something wrong in this one. Without a network one goes on, but for a roster that is too
// short or too long, which can be counted here: the last button asks again.
async function next() {
  const step = at;
  if (step.id === "roster" && form.elements.pasted.value.trim()) return paste();
  let found = null;
  try {
    found = (await send("check")).page.getElementById(step.id);
  } catch {
    found = null;
  }
  const count = found?.querySelectorAll(".fault").length;
  const wrong = step.id === "roster" && !count && sizeFault(form, words);
  if (wrong) {
    say(words.faults, { count: 1 });
    return show(step, faultOfSize(form, wrong));
  }
  if (!count) {
    say("");
    return go(step.nextElementSibling);
  }
  const open = renew(step, found);
  say(words.faults, { count });
  show(open, faulty(open));
}

function renew(step, found) {
  step.replaceWith(found);
  dress();
  keepAll();
  return found;
}

async function paste() {
  try {
    const found = (await send("paste")).page.getElementById("roster");
    if (!found) return say(words.unheard, { submit: form.querySelector("[value=paste]").textContent });
    say("");
    const open = renew(form.querySelector("#roster"), found);
    show(open, open.querySelector("#read"));
  } catch {
    say(words.unread);
  }
}

async function submit() {
  const button = form.querySelector("#submit");
  if (button.disabled) return;
  const { division } = form.dataset;
  const label = button.textContent;
  button.disabled = true;
  button.textContent = words.sending;
  if (keeps()) {
    keep(form);
    mark(division, { sent: form.elements.key.value });
  }
  try {
    const { answer, page } = await send("");
    const address = new URL(answer.url);
    if (answer.redirected && address.pathname.startsWith("/registrations/")) {
      if (keeps()) {
        mark(division, { done: address.pathname });
        noteSent(division, address.pathname);
      }
      return window.location.assign(address);
    }
    const main = page.getElementById("entry") && page.querySelector("main");
    if (main) return again(main);
    say(words.unheard, { submit: label });
  } catch {
    waiting = label;
    say(words.lost, { submit: label });
  }
  button.disabled = false;
  button.textContent = label;
  button.focus();
}

// The whole form as the server gave it back: at the first fault, else at what was refused.
function again(main) {
  document.querySelector("main").replaceChildren(...main.childNodes);
  start(false);
  const fault = form.querySelector(".fault");
  const step = stepOf(fault) || stepOf(form.querySelector("#read")) || form.querySelector("#review");
  window.history.replaceState(null, "", `#${step.id}`);
  show(step, (fault && faulty(step, fault)) || document.getElementById("refusal") || true);
}

const keeps = () => form.dataset.keep === "yes";
const offerToForget = () => (form.querySelector("#forget").hidden = !filled(form));

function keepAll() {
  if (!keeps()) return;
  keep(form);
  offerToForget();
}

// Whoever comes back to a form that was sent reads so, with the way to the registration, and may enter another team.
function tellSent() {
  const { division, fresh } = form.dataset;
  const address = keeps() && fresh === "yes" && sentFrom(division);
  if (!address) return;
  const told = document.getElementById("sent");
  const shut = (closed) => {
    told.hidden = !closed;
    form.hidden = closed;
  };
  told.querySelector("a").href = address;
  told.querySelector("button").addEventListener("click", () => {
    noteSent(division, null);
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
    shut(false);
    show(steps()[0], true);
  });
  shut(true);
}

function restore() {
  const { division, fresh } = form.dataset;
  const draft = keeps() && fresh === "yes" ? draftOf(division) : null;
  if (!draft) return;
  if (draft.done) return window.location.replace(draft.done);
  for (const [name, value] of Object.entries(draft.fields)) form.elements[name].value = value;
  if (draft.rows.length) replace(form, words, draft.rows);
  if (draft.sent) form.elements.key.value = draft.sent;
  begin(form, words);
  offerToForget();
  if (draft.rows.length || Object.values(draft.fields).some(Boolean)) form.querySelector("#status").textContent = words.restored;
}

function clear() {
  forget(form.dataset.division);
  form.elements.key.value = form.elements.key.defaultValue;
  form.reset();
  replace(form, words, []);
  begin(form, words);
  form.querySelector("#status").textContent = words.cleared;
  offerToForget();
  go(steps()[0]);
}

function dress() {
  begin(form, words);
  form.classList.add("stepping");
  for (const hidden of form.querySelectorAll(".progress, .turns")) hidden.hidden = false;
  form.querySelector("#team [data-back]").hidden = true;
  form.querySelector("#kept").hidden = !keeps();
  offerToForget();
}

function pressed(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest(".person");
  if (button.matches("[data-next]")) next();
  else if (button.matches("[data-back]")) go(at.previousElementSibling);
  else if (button.id === "add") nameOf(add(form, words)).focus();
  else if (button.id === "forget") clear();
  else if (row && button.matches("[data-remove]")) {
    remove(form, words, row);
    form.querySelector("#status").textContent = words.removed.replace("{n}", people(form).length);
    keepAll();
  }
}

function sent(event) {
  event.preventDefault();
  if (event.submitter?.value === "paste") paste();
  else if (at.id !== "review") next();
  else submit();
}

function start(first) {
  form = document.getElementById("entry");
  if (!form) return;
  words = JSON.parse(form.dataset.words);
  dress();
  if (first) restore();
  if (first) tellSent();
  form.addEventListener("click", pressed);
  form.addEventListener("submit", sent);
  for (const kind of ["input", "change"]) form.addEventListener(kind, keepAll);
  if (!first) return;
  const fault = form.querySelector(".fault");
  const named = document.getElementById(window.location.hash.slice(1));
  show(stepOf(fault) || stepOf(named) || steps()[0], Boolean(fault) && faulty(stepOf(fault), fault));
}

sweep();
start(true);
window.addEventListener("pageshow", (event) => event.persisted && form && sentFrom(form.dataset.division) && window.location.reload());
window.addEventListener("hashchange", () => form && follow());
window.addEventListener("online", () => form && waiting && say(words.back, { submit: waiting }));
