// Telling others of an event: the telephone's own way to share where it has one, else the address on the clipboard; and the printer.
const box = document.querySelector("[data-share]");

async function copy(field, said) {
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = box.dataset.copied;
  } catch {
    field.focus();
    field.select();
  }
}

if (box) {
  const field = box.querySelector("input");
  const said = box.querySelector("[data-said]");
  const acts = {
    // Whoever closes the telephone's list without choosing rejects the promise: nothing went wrong.
    share: navigator.share && (() => navigator.share({ title: box.dataset.share, url: field.value }).catch(() => {})),
    copy: () => copy(field, said),
    print: () => window.print(),
  };
  for (const button of box.querySelectorAll("[data-act]")) {
    const act = acts[button.dataset.act];
    button.hidden = !act;
    if (act) button.addEventListener("click", act);
  }
  field.addEventListener("focus", () => field.select());
}
