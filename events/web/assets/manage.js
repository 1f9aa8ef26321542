// A manage link carries its code behind the #, where no server and no Referer sees it: hand it over in a form's body, and forget it.
const code = window.location.hash.slice(1);
if (code) {
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  document.getElementById("code").value = code;
  document.getElementById("manage").submit();
}
