// Boxes are drawn on the picture and written into the fields, and what is typed there is shown on the picture.
// The page works without this file: the fields and the numbered lines are enough.
const place = document.querySelector("[data-placing]");
const picture = place?.querySelector("img");
const boxes = document.getElementById(place?.dataset.boxes);
const crop = document.getElementById(place?.dataset.crop);
const PART = /^\s*\d{1,3}(?:[.,]\d)?(?:[\s;/]+\d{1,3}(?:[.,]\d)?){3}\s*%?\s*$/;
const SMALLEST = 0.5;
let start = null;
let drawn = null;

if (place && boxes && crop) {
  place.classList.add("is-live");
  document.querySelector("[data-placing-words]").hidden = false;
  picture.draggable = false;
  picture.addEventListener("pointerdown", begin);
  picture.addEventListener("pointermove", move);
  picture.addEventListener("pointerup", end);
  picture.addEventListener("pointercancel", forget);
  for (const field of [boxes, crop]) field.addEventListener("input", show);
  show();
}

function numbers(line) {
  if (!PART.test(line)) return null;
  const found = line.replaceAll(",", ".").match(/[\d.]+/g).map(Number);
  return found[0] + found[2] <= 100 && found[1] + found[3] <= 100 ? found : null;
}

function show() {
  for (const old of place.querySelectorAll("div")) old.remove();
  for (const line of boxes.value.split("\n")) put(numbers(line), "placing__box");
  put(numbers(crop.value), "placing__crop");
}

function put(part, name) {
  if (!part) return null;
  const made = document.createElement("div");
  made.className = name;
  place.append(made);
  fit(made, part);
  return made;
}

function fit(element, [left, top, width, height]) {
  Object.assign(element.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
}

function at(event) {
  const area = picture.getBoundingClientRect();
  const inside = (value, size) => Math.min(100, Math.max(0, (value / size) * 100));
  return [inside(event.clientX - area.left, area.width), inside(event.clientY - area.top, area.height)];
}

function between([x, y], [u, v]) {
  return [Math.min(x, u), Math.min(y, v), Math.abs(x - u), Math.abs(y - v)].map((one) => Math.floor(one * 10) / 10);
}

function begin(event) {
  // A finger scrolls the page; on a telephone the numbers are typed.
  if (event.pointerType === "touch") return;
  event.preventDefault();
  picture.setPointerCapture(event.pointerId);
  start = at(event);
  drawn = put([...start, 0, 0], "placing__box");
}

function move(event) {
  if (drawn) fit(drawn, between(start, at(event)));
}

function end(event) {
  if (!drawn) return;
  const part = between(start, at(event));
  if (part[2] >= SMALLEST && part[3] >= SMALLEST) {
    boxes.value = `${boxes.value.trimEnd()}\n${part.join(" ")}`.trimStart();
  }
  forget();
}

function forget() {
  start = drawn = null;
  show();
}
