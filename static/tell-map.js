// Moves the cross of the small map by arrow keys or a touch. Without this file the buttons move the map under it.
"use strict";
(() => {
  const map = document.querySelector("svg[data-map]");
  const field = document.getElementById("position");
  if (!map || !field) return;
  const [south, west, north, east] = map.dataset.map.split(",").map(Number);
  const { width, height } = map.viewBox.baseVal;
  const marker = map.querySelector("[data-marker]");
  const said = document.querySelector("[data-place]");
  const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const start = marker.transform.baseVal.getItem(0).matrix;
  let [x, y] = [start.e, start.f];

  function put(across, down) {
    x = Math.min(width, Math.max(0, across));
    y = Math.min(height, Math.max(0, down));
    marker.setAttribute("transform", `translate(${x} ${y})`);
    marker.firstElementChild.classList.add("is-chosen");
    field.value = `${(north - (y / height) * (north - south)).toFixed(5)}, ${(west + (x / width) * (east - west)).toFixed(5)}`;
    said.textContent = field.value;
  }

  map.setAttribute("tabindex", "0");
  map.setAttribute("role", "application");
  map.setAttribute("aria-label", map.dataset.keys);
  map.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 50 : 10;
    put(x + step[0] * far, y + step[1] * far);
  });
  map.addEventListener("click", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    put(at.x, at.y);
  });
})();
