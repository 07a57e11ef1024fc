// Sends chosen files in pieces of 1 MB and goes on where a lost line stopped. Without this file they go in one request.
"use strict";
(() => {
  const copy = document.querySelector("[data-copy]");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
      copy.form.querySelector("[role=status]").textContent = copy.dataset.done;
    });
  }
})();
(() => {
  const form = document.querySelector("form[data-pieces]");
  const chosen = form && form.querySelector("input[type=file]");
  if (!chosen || !window.fetch || !File.prototype.slice) return;
  const words = form.dataset;
  const token = form.querySelector("input[name=token]").value;
  const sent = form.querySelector("input[name=sent]");
  const hint = document.getElementById(`${chosen.id}-hint`);
  if (hint) hint.textContent = words.hint;
  const list = document.createElement("ul");
  list.className = "pieces";
  chosen.after(list);
  const PATIENCE_MS = [1000, 2000, 4000, 8000, 15000, 30000, 30000, 30000];

  class Refused extends Error {}

  async function ask(address, body, row) {
    for (const pause of [...PATIENCE_MS, null]) {
      try {
        const answer = await fetch(address, { method: "POST", body, headers: { "X-Tip-Token": token }, credentials: "omit" });
        const said = await answer.json();
        if (answer.ok) return said;
        if (answer.status !== 503) throw new Refused(said.error);
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
      if (pause === null) throw new Refused("");
      row.say(words.again);
      await new Promise((go) => setTimeout(go, pause));
    }
  }

  function rowOf(file) {
    const item = document.createElement("li");
    const bar = document.createElement("progress");
    const state = document.createElement("span");
    bar.max = Math.max(file.size, 1);
    bar.setAttribute("aria-label", file.name);
    state.setAttribute("role", "status");
    item.append(file.name, " ", bar, " ", state);
    list.append(item);
    return { say: (text) => { state.textContent = text; }, reach: (bytes) => { bar.value = bytes; } };
  }

  async function send(file) {
    const row = rowOf(file);
    const about = new URLSearchParams({ name: file.name, size: file.size, modified: file.lastModified });
    try {
      row.say(words.sending);
      const begun = await ask(words.pieces, about, row);
      for (let number = begun.here; number < begun.pieces; number += 1) {
        row.reach(number * begun.piece);
        const part = file.slice(number * begun.piece, (number + 1) * begun.piece);
        await ask(`${words.pieces}/${begun.upload}/${number}`, part, row);
        row.say(words.sending);
      }
      await ask(`${words.pieces}/${begun.upload}/done`, about, row);
      row.reach(file.size);
      row.say(words.sent);
      return true;
    } catch (error) {
      row.say(`${words.failed}. ${error.message}`);
      return false;
    }
  }

  let busy = false;
  form.addEventListener("submit", async (event) => {
    if (busy) { event.preventDefault(); return; }
    if (!chosen.files.length) return;
    event.preventDefault();
    busy = true;
    list.replaceChildren();
    const results = [];
    for (const file of [...chosen.files]) results.push(await send(file));
    chosen.value = "";
    sent.value = String(Number(sent.value || 0) + results.filter(Boolean).length);
    busy = false;
    if (results.every(Boolean)) { form.submit(); return; }
    const note = document.createElement("li");
    note.setAttribute("role", "alert");
    note.textContent = words.wait;
    list.append(note);
  });
})();
