"use strict";
// All figures are on the page without this; it reads cells and points aloud, and plays tracks.
(() => {
  const $ = (id) => document.getElementById(id);

  const matrix = $("matrix");
  const readout = $("cell");
  const rows = [...matrix.tBodies[0].rows];
  const names = [...matrix.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  let here = null; // [row, column] of the cell that is read
  const hint = document.createElement("i");
  hint.textContent = "Point at a cell, or focus the table and press the arrow keys, to read it.";
  const percent = (n, of) => `${Math.round((100 * n) / (of || 1))}\u00a0%`;
  const read = (row, column) => {
    if (here) rows[here[0]].cells[here[1] + 1].classList.remove("here");
    here = [row, column];
    const cell = rows[row].cells[column + 1];
    cell.classList.add("here");
    const n = Number(cell.textContent) || 0;
    const all = Number(rows[row].dataset.tracks);
    const found = row === column ? "are found" : `are taken for ${names[column]}`;
    readout.textContent = `${n} of ${all} ${names[row]} ${all === 1 ? "track" : "tracks"} ${found} (${percent(n, all)})`;
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
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -999], End: [0, 999] };
  matrix.addEventListener("keydown", (event) => {
    if (!(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const last = rows.length - 1;
    const [down, right] = steps[event.key];
    const [row, column] = here || [0, 0];
    const within = (value) => Math.max(0, Math.min(last, value));
    read(within(row + down), within(column + right));
    rows[here[0]].cells[here[1] + 1].scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  // One sound at a time.
  const sounds = [...document.querySelectorAll("audio")];
  for (const sound of sounds) {
    sound.addEventListener("play", () => {
      for (const other of sounds) if (other !== sound) other.pause();
    });
    if (sound.id !== "player")
      sound.addEventListener("error", () => {
        const why = document.createElement("p");
        why.className = "quiet";
        why.textContent = "This file is not found from here, or this browser does not play it.";
        sound.replaceWith(why);
      });
  }

  const map = $("dots");
  if (!map) return;
  const tracks = JSON.parse($("tracks").textContent);
  const dots = [...map.querySelectorAll("circle:not(#ring)")];
  const places = dots.map((dot) => [Number(dot.getAttribute("cx")), Number(dot.getAttribute("cy"))]);
  const [ring, tip, player] = [$("ring"), $("tip"), $("player")];
  let chosen = -1;
  let only = null;
  const shown = (i) => only === null || (only === "wrong" ? dots[i].classList.contains("wrong") : dots[i].dataset.k === only);
  const sure = (p) => (p > 0.995 ? "> 99" : p < 0.005 ? "< 1" : Math.round(100 * p)) + "\u00a0%";
  const judged = ([, , truth, answer, p]) => (truth === answer ? `${truth}, rightly told (${sure(p)})` : `is ${truth}, taken for ${answer} (${sure(p)})`);
  const pick = (event) => {
    const box = map.getBoundingClientRect();
    const view = map.viewBox.baseVal;
    const scale = Math.max(view.width / box.width, view.height / box.height);
    const x = view.width / 2 + (event.clientX - box.left - box.width / 2) * scale;
    const y = view.height / 2 + (event.clientY - box.top - box.height / 2) * scale;
    let [best, least] = [-1, ((event.pointerType === "touch" ? 22 : 12) * scale) ** 2];
    places.forEach(([px, py], i) => {
      const d = (px - x) ** 2 + (py - y) ** 2;
      if (d < least && shown(i)) [best, least] = [i, d];
    });
    return best;
  };
  const name = (i) => {
    tip.hidden = i < 0;
    if (i < 0) return;
    const small = document.createElement("small");
    small.textContent = judged(tracks[i]);
    tip.replaceChildren(tracks[i][0], small);
    const box = map.getBoundingClientRect();
    const dot = dots[i].getBoundingClientRect();
    const left = Math.max(2, Math.min(dot.left - box.left + 14, box.width - tip.offsetWidth - 2));
    const under = dot.bottom - box.top + 8;
    const top = under + tip.offsetHeight > box.height ? dot.top - box.top - tip.offsetHeight - 8 : under;
    tip.style.transform = `translate(${left}px, ${top}px)`;
  };
  const cannot = (why) => {
    player.hidden = true;
    $("silent").hidden = false;
    $("silent").textContent = why;
  };
  player.addEventListener("error", () => {
    if (player.getAttribute("src")) cannot("This file is not found from here, or this browser does not play it.");
  });
  const choose = (i) => {
    chosen = i;
    const [title, artist, , , , file] = tracks[i];
    ring.setAttribute("cx", places[i][0]);
    ring.setAttribute("cy", places[i][1]);
    $("chosen").hidden = false;
    $("chosen-title").textContent = title;
    $("chosen-artist").textContent = artist;
    $("chosen-answer").textContent = judged(tracks[i]);
    player.pause();
    player.hidden = false;
    $("silent").hidden = true;
    if (file) player.src = file;
    else {
      player.removeAttribute("src");
      cannot("This track is not on this machine.");
    }
  };
  const play = () => {
    if (chosen < 0 || player.hidden) return;
    // What goes wrong is told by the player's error.
    if (player.paused) player.play().catch(() => {});
    else player.pause();
  };
  map.addEventListener("pointermove", (event) => name(pick(event)));
  map.addEventListener("pointerleave", () => name(-1));
  map.addEventListener("click", (event) => {
    const i = pick(event);
    if (i < 0) return;
    choose(i);
    play();
  });
  const walk = (dx, dy) => {
    let [best, least] = [-1, Infinity];
    const view = map.viewBox.baseVal;
    const from = chosen < 0 ? [view.width / 2, view.height / 2] : places[chosen];
    places.forEach(([px, py], i) => {
      if (i === chosen || !shown(i)) return;
      const [x, y] = [px - from[0], py - from[1]];
      const ahead = x * dx + y * dy;
      const aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (chosen >= 0 && (ahead <= 0 || aside > ahead)) return;
      const d = chosen < 0 ? x * x + y * y : ahead + 2 * aside;
      if (d < least) [best, least] = [i, d];
    });
    if (best < 0) return;
    choose(best);
    name(best);
  };
  const keys = {
    ArrowLeft: () => walk(-1, 0), ArrowRight: () => walk(1, 0), ArrowUp: () => walk(0, -1), ArrowDown: () => walk(0, 1),
    Enter: play, " ": play,
    Escape: () => { name(-1); player.pause(); },
  };
  map.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  map.addEventListener("blur", () => name(-1));
  for (const button of document.querySelectorAll("#legend button"))
    button.addEventListener("click", () => {
      only = only === button.dataset.k ? null : button.dataset.k;
      for (const other of document.querySelectorAll("#legend button"))
        other.setAttribute("aria-pressed", other === button && only !== null);
      dots.forEach((dot, i) => dot.classList.toggle("away", !shown(i)));
    });
})();
