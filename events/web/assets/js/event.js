// Telling others of an event: the telephone's own way to share, where it has one; and the printer.
const box = document.querySelector("[data-share]");

if (box) {
  const acts = {
    // Whoever closes the telephone's list without choosing rejects the promise: nothing went wrong.
    share: navigator.share && (() => navigator.share({ title: box.dataset.share, url: box.querySelector("input").value }).catch(() => {})),
    print: () => window.print(),
  };
  for (const button of box.querySelectorAll("[data-act]")) {
    const act = acts[button.dataset.act];
    button.hidden = !act;
    if (act) button.addEventListener("click", act);
  }
}
