// One key chooses a reason while a tip is decided. Off until the officer switches it on; the browser remembers it.
const KEPT = "desk-one-key";
const form = document.querySelector("form[data-keys]");
const part = form?.querySelector("[data-keys-switch]");
const toggle = part?.querySelector("input");

if (toggle) {
  part.hidden = false;
  toggle.checked = localStorage.getItem(KEPT) === "on";
  toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (!toggle.checked || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    const choice = form.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!choice) return;
    event.preventDefault();
    choice.checked = true;
    choice.focus();
  });
}

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}
