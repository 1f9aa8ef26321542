// A button that copies the field beside it, and says aloud that it did. It stays hidden where no script runs: the field can be selected.
function select(field) {
  field.focus();
  field.select();
}

// Old browsers, and pages without https, have no clipboard but this.
function copySelected(field) {
  select(field);
  return document.execCommand("copy");
}

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return copySelected(field);
  }
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    const done = await copy(field);
    button.focus();
    said.textContent = done ? button.dataset.done : button.dataset.failed;
  });
}
