// Telling others of an event by the telephone's own list, where it has one.
const button = document.querySelector("[data-share]");

if (button && navigator.share) {
  button.hidden = false;
  // Whoever closes the list without choosing rejects the promise: nothing went wrong.
  button.addEventListener("click", () => navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {}));
}
