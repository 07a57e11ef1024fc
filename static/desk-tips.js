// Single keys of the tip pages: choose a reason, decide a line, go somewhere. They work only for officers who switched
// them on, and never while something is typed. Every page works without this file.
const KEPT = "desk-one-key";
const form = document.querySelector("form[data-keys]");
const part = form?.querySelector("[data-keys-switch]");
const toggle = part?.querySelector("input");
const isSkim = form?.matches("[data-skim]");
const isOnByChoice = (form ?? document.querySelector("[data-keys]"))?.dataset.keys === "on";

if (toggle) {
  part.hidden = false;
  toggle.checked = (localStorage.getItem(KEPT) ?? (isOnByChoice ? "on" : "off")) === "on";
  toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));
}

document.addEventListener("keydown", (event) => {
  if (!isOn() || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  const found = scope().querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)
    ?? document.querySelector(`:is(a, button, input)[data-key="${CSS.escape(event.key)}"]`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("a, button")) found.click();
  else choose(found);
});

for (const part of document.querySelectorAll("[data-focus]")) part.focus();
if (isSkim) lines()[0]?.focus();

for (const tools of document.querySelectorAll("[data-picture-tools]")) {
  const picture = tools.parentElement.querySelector("img, video");
  let turns = 0;
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.toggle) return picture.classList.toggle(button.dataset.toggle);
    picture.classList.remove(`is-turned-${turns}`);
    turns = (turns + 1) % 4;
    picture.classList.add(`is-turned-${turns}`);
  });
}

// Arrivals are read out politely, and at most once a minute: the newest count, not each of them.
const arrivals = document.querySelector("[data-arrivals]");
const shown = document.querySelector("#live-words");
if (arrivals && shown) {
  let waiting = 0;
  let last = -Infinity;
  const say = () => {
    waiting = 0;
    last = performance.now();
    arrivals.textContent = shown.textContent.trim();
  };
  new MutationObserver(() => {
    if (!waiting) waiting = setTimeout(say, Math.max(0, last + 60_000 - performance.now()));
  }).observe(shown, { childList: true, subtree: true, characterData: true });
}

function choose(input) {
  if (input.type === "checkbox") return input.click();
  input.checked = true;
  if (!isSkim) return input.focus();
  const all = lines();
  const next = all[all.indexOf(input.closest("[data-line]")) + 1];
  (next ?? form.querySelector("button[name=on]")).focus();
}

function scope() {
  if (!isSkim) return form ?? document;
  return document.activeElement?.closest("[data-line]") ?? lines().find((line) => !line.querySelector(":checked")) ?? form;
}

function lines() {
  return [...form.querySelectorAll("[data-line]")];
}

function isOn() {
  return toggle ? toggle.checked : isOnByChoice;
}

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}
