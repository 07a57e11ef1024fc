// Starts the vendored modules and the few comforts of our own. Every page works without this file.
import { initAll as startGovuk } from "/static/vendor/govuk-frontend-6.6.0/govuk-frontend.min.js";
import { initAll as startMoj } from "/static/vendor/moj-frontend-11.1.0/moj-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
startGovuk();
startMoj();

for (const block of document.querySelectorAll("[data-copy-out]")) {
  const button = block.querySelector("button");
  const answer = block.querySelector("[role=status]");
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.querySelector("pre").textContent);
    answer.textContent = button.dataset.done;
  });
}
