// All figures are on the page without this; it reads cells and points aloud, and plays tracks.
import { $, el } from "./elements.js";
import { percent, roundedPercent } from "./format.js";
import { onKeys } from "./keys.js";
import { nextPoint } from "./nearest.js";
import { UNPLAYABLE, makePlayer } from "./player.js";
import { placeTip } from "./tip.js";

// The confusion matrix, where classes were tested.
const heedMatrix = (matrix) => {
  const readout = $("cell");
  const rows = [...matrix.tBodies[0].rows];
  const names = [...matrix.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  let here = null; // [row, column] of the cell that is read
  const hint = el("i", {}, "Point at a cell, or focus the table and press the arrow keys, to read it.");
  const read = (row, column) => {
    if (here) rows[here[0]].cells[here[1] + 1].classList.remove("here");
    here = [row, column];
    const cell = rows[row].cells[column + 1];
    cell.classList.add("here");
    const n = Number(cell.textContent) || 0;
    const all = Number(rows[row].dataset.tracks);
    const found = row === column ? "are found" : `are taken for ${names[column]}`;
    readout.textContent = `${n} of ${all} ${names[row]} ${all === 1 ? "track" : "tracks"} ${found} (${roundedPercent(n / (all || 1))})`;
  };
  const forget = () => {
    if (here) rows[here[0]].cells[here[1] + 1].classList.remove("here");
    here = null;
    readout.replaceChildren(hint);
  };
  readout.hidden = false;
  matrix.tabIndex = 0;
  forget();
  const cellOf = (event) => {
    const cell = event.target.closest("tbody td");
    if (cell) read(rows.indexOf(cell.parentElement), cell.cellIndex - 1);
  };
  matrix.addEventListener("pointerover", cellOf);
  matrix.addEventListener("pointerdown", cellOf);
  matrix.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch" && document.activeElement !== matrix) forget();
  });
  matrix.addEventListener("focus", () => read(...(here || [0, 0])));
  matrix.addEventListener("blur", forget);
  const step = (down, right) => {
    const within = (value) => Math.max(0, Math.min(rows.length - 1, value));
    const [row, column] = here || [0, 0];
    read(within(row + down), within(column + right));
    rows[here[0]].cells[here[1] + 1].scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  onKeys(matrix, {
    ArrowLeft: () => step(0, -1), ArrowRight: () => step(0, 1), ArrowUp: () => step(-1, 0), ArrowDown: () => step(1, 0),
    Home: () => step(0, -Infinity), End: () => step(0, Infinity),
  });
};
if ($("matrix")) heedMatrix($("matrix"));

// One sound at a time.
const sounds = [...document.querySelectorAll("audio")];
for (const sound of sounds) {
  sound.addEventListener("play", () => {
    for (const other of sounds) if (other !== sound) other.pause();
  });
  if (sound.id !== "player")
    sound.addEventListener("error", () => sound.replaceWith(el("p", { class: "quiet" }, UNPLAYABLE)));
}

// The map of the tracks, where there is one.
const dots = [...document.querySelectorAll("#dots circle:not(#ring)")];
const heedDots = (map) => {
  const tracks = JSON.parse($("tracks").textContent);
  const places = Float64Array.from(dots.flatMap((dot) => [Number(dot.getAttribute("cx")), Number(dot.getAttribute("cy"))]));
  const [ring, tip, view] = [$("ring"), $("tip"), map.viewBox.baseVal];
  const player = makePlayer($("player"), $("silent"));
  let chosen = -1;
  let only = null;
  const isShown = (i) => only === null || (only === "wrong" ? dots[i].classList.contains("wrong") : dots[i].dataset.k === only);
  const judged = ([, , truth, answer, p]) => (truth === answer ? `${truth}, rightly told (${percent(p)})` : `is ${truth}, taken for ${answer} (${percent(p)})`);
  const pick = (event) => {
    const box = map.getBoundingClientRect();
    const scale = Math.max(view.width / box.width, view.height / box.height);
    const x = view.width / 2 + (event.clientX - box.left - box.width / 2) * scale;
    const y = view.height / 2 + (event.clientY - box.top - box.height / 2) * scale;
    let [best, least] = [-1, ((event.pointerType === "touch" ? 22 : 12) * scale) ** 2];
    dots.forEach((_, i) => {
      const d = (places[2 * i] - x) ** 2 + (places[2 * i + 1] - y) ** 2;
      if (d < least && isShown(i)) [best, least] = [i, d];
    });
    return best;
  };
  const name = (i) => {
    tip.hidden = i < 0;
    if (i < 0) return;
    tip.replaceChildren(tracks[i][0], el("small", {}, judged(tracks[i])));
    const [box, dot] = [map.getBoundingClientRect(), dots[i].getBoundingClientRect()];
    placeTip(tip, { left: dot.left - box.left, top: dot.top - box.top, bottom: dot.bottom - box.top }, box);
  };
  const choose = (i) => {
    chosen = i;
    const [title, artist, , , , file] = tracks[i];
    ring.setAttribute("cx", places[2 * i]);
    ring.setAttribute("cy", places[2 * i + 1]);
    $("chosen").hidden = false;
    $("chosen-title").textContent = title;
    $("chosen-artist").textContent = artist;
    $("chosen-answer").textContent = judged(tracks[i]);
    player.load(file);
  };
  const play = () => chosen >= 0 && player.toggle();
  map.addEventListener("pointermove", (event) => name(pick(event)));
  map.addEventListener("pointerleave", () => name(-1));
  map.addEventListener("blur", () => name(-1));
  map.addEventListener("click", (event) => {
    const i = pick(event);
    if (i < 0) return;
    choose(i);
    play();
  });
  const walk = (...direction) => {
    const i = nextPoint(places, chosen, direction, [view.width / 2, view.height / 2], isShown);
    if (i < 0) return;
    choose(i);
    name(i);
  };
  onKeys(map, {
    ArrowLeft: () => walk(-1, 0), ArrowRight: () => walk(1, 0), ArrowUp: () => walk(0, -1), ArrowDown: () => walk(0, 1),
    Enter: play, " ": play,
    Escape: () => { name(-1); player.pause(); },
  });
  const buttons = document.querySelectorAll("#legend button");
  for (const button of buttons)
    button.addEventListener("click", () => {
      only = only === button.dataset.k ? null : button.dataset.k;
      for (const other of buttons) other.setAttribute("aria-pressed", other === button && only !== null);
      dots.forEach((dot, i) => dot.classList.toggle("away", !isShown(i)));
    });
};
if ($("dots")) heedDots($("dots"));
