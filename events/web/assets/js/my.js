// A link to one's registrations carries its code behind the #, where no server sees it. It works once, and some mail programs open every
// link before their reader does: so it waits for a press of the button.
const form = document.getElementById("my-link");
const code = form && window.location.hash.slice(1);
if (code && code.includes(".")) {
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  form.elements.code.value = code;
  form.hidden = false;
  form.querySelector("button").focus();
}
