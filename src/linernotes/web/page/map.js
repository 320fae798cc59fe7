// Map: what sounds alike lies together; colour by anything, draw around tracks, take them along.
import { $, announce, api, counted, el, follow, matchList, playButton, playTrack, query, sentence, trouble } from "./common.js";
import { makeDrawing } from "./points.js";

const COMMON = 12;
const NO_CLASS = 65535;
let n = 0;
let places;
let names;
let columns = [];
let colour = null;
let only = -1; // the one class that is shown
let hits = null; // of the search: a byte a track
let chosen = null; // by the lasso: a byte a track
let hover = -1;
let current = -1;
let alike = [];
let lasso = null; // corners while it is drawn
let clusters = [];
let drawing;
const view = { x: 0.5, y: 0.5, scale: 1 };
let [whole, width, height, ratio, wide, high] = [1, 0, 0, 1, 1, 1];

const stage = $("stage");
const marks = $("marks");
const pen = marks.getContext("2d");
const toX = (i) => (places[2 * i] - view.x) * view.scale + width / 2;
const toY = (i) => (places[2 * i + 1] - view.y) * view.scale + height / 2;
const css = ([r, g, b], alpha = 1) => `rgb(${r} ${g} ${b} / ${alpha})`;

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => [1, 3, 5].map((i) => parseInt(style.getPropertyValue(name).trim().slice(i, i + 2), 16));
  return {
    classes: Array.from({ length: COMMON }, (_, i) => read(`--m${i}`)),
    other: read("--mo"), ink: read("--ink"), paper: read("--paper"), link: read("--link"),
    ramp: Array.from({ length: 256 }, (_, i) => {
      const at = (i / 255) * 4;
      const first = Math.min(3, Math.floor(at));
      const [a, b] = [read(`--h${first}`), read(`--h${first + 1}`)];
      return a.map((channel, c) => Math.round(channel + (b[c] - channel) * (at - first)));
    }),
  };
}
let tones = readTheme();

// Colours.

/** Read a column as the server tells it: a description, then a value for each track. */
async function column(entry) {
  const response = await api(`/map/column?${query({ group: entry.group, name: entry.name })}`, { raw: true });
  const bytes = await response.arrayBuffer();
  const length = new DataView(bytes).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  const at = 4 + length;
  if (head.classes) return { ...head, values: new Uint16Array(bytes.slice(at)) };
  const values = new Float32Array(bytes.slice(at));
  const known = values.filter((value) => Number.isFinite(value)).sort();
  const share = (p) => (known.length ? known[Math.min(known.length - 1, Math.floor(p * known.length))] : 0);
  return { ...head, values, pale: share(0.02), strong: share(0.98) };
}

const format = ({ unit, name }, value) => {
  const size = Math.abs(value);
  const text = name === "year" || size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : String(Number(value.toPrecision(2)));
  return unit ? `${text}\u00a0${unit}` : text;
};

/** Colour all tracks, and put them in the order to draw them in: what matters comes on top. */
function paint() {
  const layers = new Uint8Array(n);
  const { values, classes, pale, strong } = colour;
  const span = strong - pale || 1;
  const { colours, order } = drawing;
  for (let i = 0; i < n; i++) {
    const value = values[i];
    let [tone, here] = [tones.other, 1];
    if (classes) {
      if (value < COMMON) [tone, here] = [tones.classes[value], 2];
      if (only >= 0 && !(only === COMMON ? value >= COMMON && value !== NO_CLASS : value === only)) here = 0;
    } else if (Number.isFinite(value)) {
      [tone, here] = [tones.ramp[Math.round(255 * Math.min(1, Math.max(0, (value - pale) / span)))], 2];
    }
    if (hits && !hits[i]) here = 0;
    if (chosen && !chosen[i]) here = 0;
    layers[i] = here;
    colours.set(tone, 4 * i);
    colours[4 * i + 3] = here ? 255 : 56;
  }
  const starts = new Uint32Array(4);
  for (let i = 0; i < n; i++) starts[layers[i] + 1]++;
  for (let i = 1; i < 4; i++) starts[i] += starts[i - 1];
  for (let i = 0; i < n; i++) order[starts[layers[i]]++] = i;
  drawing.upload();
  draw();
}

function legend() {
  $("legend-name").textContent = colour.name;
  $("classes").replaceChildren();
  $("scale").hidden = Boolean(colour.classes);
  if (!colour.classes) {
    $("low").textContent = format(colour, colour.pale);
    $("high").textContent = format(colour, colour.strong);
    return;
  }
  const counts = new Uint32Array(COMMON + 2);
  for (const value of colour.values) counts[value === NO_CLASS ? COMMON + 1 : Math.min(value, COMMON)]++;
  const entry = (value, text, tone) => {
    const count = counts[value];
    if (!count) return;
    const dot = el("i");
    dot.style.background = css(tone);
    const key = value === COMMON + 1 ? NO_CLASS : value;
    const button = el("button", { type: "button", "aria-pressed": only === key ? "true" : "false" }, dot, el("bdi", {}, text), el("small", {}, count.toLocaleString("en")));
    button.addEventListener("click", () => {
      only = only === key ? -1 : key;
      for (const other of $("classes").querySelectorAll("button")) other.setAttribute("aria-pressed", other === button && only >= 0);
      paint();
    });
    $("classes").append(el("li", {}, button));
  };
  colour.classes.slice(0, COMMON).forEach((text, value) => entry(value, text, tones.classes[value]));
  entry(COMMON, `${colour.classes.length - COMMON} others`, tones.other);
  entry(COMMON + 1, "none", tones.other);
}

async function recolour() {
  const [group, name] = $("colour").value.split("\n");
  try {
    colour = await column({ group, name });
  } catch (error) {
    announce(error.message);
    return;
  }
  only = -1;
  legend();
  paint();
}

function offerColours() {
  const titles = { file: "file tags", found: "clusters", measured: "measured", tags: "heard by the networks", descriptors: "descriptors" };
  const groups = Object.entries(titles).map(([group, title]) => [title, columns.filter((each) => each.group === group)]);
  $("colour").replaceChildren(...groups.filter(([, members]) => members.length).map(([title, members]) => el("optgroup", { label: title }, members.map(({ group, name }) => el("option", { value: `${group}\n${name}` }, name)))));
  const first = columns.find(({ group, name }) => group === "file" && name === "genre") ?? columns.find(({ name }) => name === "cluster");
  $("colour").value = `${first.group}\n${first.name}`;
}

// Drawing.

const radius = () => Math.min(14, Math.max(1.1, 26 / (n + 1) ** 0.32) * (view.scale / whole) ** 0.45 * Math.min(1.3, Math.max(0.7, whole / 700)));

function markUp() {
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const r = radius();
  const ring = (i, tone, extra, line) => {
    pen.beginPath();
    pen.arc(toX(i), toY(i), r + extra, 0, 7);
    pen.strokeStyle = css(tone);
    pen.lineWidth = line;
    pen.stroke();
  };
  if (current >= 0) {
    pen.strokeStyle = css(tones.ink, 0.5);
    pen.lineWidth = 1;
    for (const j of alike) {
      pen.beginPath();
      pen.moveTo(toX(current), toY(current));
      pen.lineTo(toX(j), toY(j));
      pen.stroke();
    }
    for (const j of alike) ring(j, tones.ink, 1.5, 1.5);
  }
  Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineJoin: "round" });
  const family = getComputedStyle(document.body).fontFamily;
  const taken = [];
  for (const label of clusters) {
    const size = Math.round(Math.min(16, 10.5 + 10 * Math.sqrt(label.size / n)));
    pen.font = `600 ${size}px ${family}`;
    const half = pen.measureText(label.text).width / 2;
    let x = (label.x - view.x) * view.scale + width / 2;
    let y = (label.y - view.y) * view.scale + height / 2;
    // A name at the edge stays whole as long as its middle is in sight.
    if (x > 0 && x < width) x = Math.max(half + 6, Math.min(width - half - 6, x));
    if (y > 0 && y < height) y = Math.max(size, Math.min(height - size, y));
    const box = [x - half - 4, y - size * 0.7, x + half + 4, y + size * 0.7];
    if (box[2] < 0 || box[0] > width || box[3] < 0 || box[1] > height) continue;
    if (taken.some((b) => b[0] < box[2] && box[0] < b[2] && b[1] < box[3] && box[1] < b[3])) continue;
    taken.push(box);
    pen.strokeStyle = css(tones.paper, 0.9);
    pen.lineWidth = 4;
    pen.strokeText(label.text, x, y);
    pen.fillStyle = css(tones.ink);
    pen.fillText(label.text, x, y);
  }
  if (hover >= 0) ring(hover, tones.ink, 2, 2);
  if (current >= 0) {
    ring(current, tones.paper, 4, 5);
    ring(current, tones.link, 4, 3);
  }
  if (lasso?.length > 1) {
    pen.beginPath();
    lasso.forEach(([x, y]) => pen.lineTo(x, y));
    pen.closePath();
    pen.fillStyle = css(tones.link, 0.12);
    pen.fill();
    pen.strokeStyle = css(tones.link);
    pen.lineWidth = 2;
    pen.stroke();
  }
}

let asked = 0;
function draw() {
  asked ||= requestAnimationFrame(() => {
    asked = 0;
    if (!colour) return;
    drawing.draw({ view, width, height, ratio, radius: radius() });
    markUp();
  });
}
const keepInside = () => {
  view.scale = Math.min(whole * 400, Math.max(whole * 0.6, view.scale));
  view.x = Math.min(wide, Math.max(0, view.x));
  view.y = Math.min(high, Math.max(0, view.y));
};
const zoomAt = (x, y, factor) => {
  const before = view.scale;
  view.scale = Math.min(whole * 400, Math.max(whole * 0.6, view.scale * factor));
  const gain = 1 / before - 1 / view.scale;
  view.x += (x - width / 2) * gain;
  view.y += (y - height / 2) * gain;
  keepInside();
  draw();
};
const showWhole = () => {
  Object.assign(view, { x: wide / 2, y: high / 2, scale: whole });
  draw();
};
const resize = () => {
  const first = !width;
  const box = stage.getBoundingClientRect();
  const zoomed = view.scale / whole;
  [width, height, ratio] = [Math.max(1, box.width), Math.max(1, box.height), Math.min(2, devicePixelRatio || 1)];
  for (const canvas of [$("points"), marks]) Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  whole = 0.92 * Math.min(width / wide, height / high);
  view.scale = whole * zoomed;
  if (first) showWhole();
  draw();
};

// Finding the track at a place without looking at all of them.

let grid = null;
function fillGrid() {
  const cells = Math.max(1, Math.min(256, Math.ceil(Math.sqrt(n / 4))));
  const cell = (value) => Math.min(cells - 1, Math.max(0, Math.floor(value * cells)));
  const starts = new Uint32Array(cells * cells + 1);
  const members = new Uint32Array(n);
  const of = (i) => cell(places[2 * i]) + cells * cell(places[2 * i + 1]);
  for (let i = 0; i < n; i++) starts[of(i) + 1]++;
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  const filled = starts.slice();
  for (let i = 0; i < n; i++) members[filled[of(i)]++] = i;
  grid = { cells, cell, starts, members };
}
function pick(px, py, reach) {
  const { cells, cell, starts, members } = grid;
  const [x, y, far] = [(px - width / 2) / view.scale + view.x, (py - height / 2) / view.scale + view.y, reach / view.scale];
  let [best, least] = [-1, far * far];
  for (let row = cell(y - far); row <= cell(y + far); row++)
    for (let at = row * cells + cell(x - far); at <= row * cells + cell(x + far); at++)
      for (let k = starts[at]; k < starts[at + 1]; k++) {
        const i = members[k];
        if (drawing.colours[4 * i + 3] < 255) continue;
        const d = (places[2 * i] - x) ** 2 + (places[2 * i + 1] - y) ** 2;
        if (d <= least) [best, least] = [i, d];
      }
  return best;
}

// A track, and what sounds like it.

const trackOf = (i) => ({ track_id: names.track_id[i], title: names.title[i], artist: names.artist[i] });
const nameOf = (i) => (names.artist[i] ? `${names.title[i]}, ${names.artist[i]}` : names.title[i]);
let place = null;

async function choose(i, { aloud = false, show = false } = {}) {
  current = i;
  alike = [];
  const track = trackOf(i);
  $("track").hidden = false;
  $("title").replaceChildren(el("a", { href: `/track/${encodeURIComponent(track.track_id)}` }, el("bdi", {}, track.title)));
  $("artist").replaceChildren(el("bdi", {}, track.artist));
  $("track-row").replaceChildren(el("span", { class: "play" }, playButton(track)));
  announce(nameOf(i));
  if (aloud) playTrack(track, { stop: false });
  if (show && (toX(i) < 30 || toY(i) < 30 || toX(i) > width - 30 || toY(i) > height - 30)) {
    [view.x, view.y] = [places[2 * i], places[2 * i + 1]];
    keepInside();
  }
  draw();
  $("neighbours").replaceChildren(el("p", { class: "quiet" }, "Looking…"));
  try {
    const { matches } = await api(`/similar?${query({ track: track.track_id, n: 8 })}`);
    if (current !== i) return;
    place ??= new Map(names.track_id.map((id, at) => [id, at]));
    alike = matches.map((match) => place.get(match.track_id)).filter((at) => at !== undefined);
    $("neighbours").replaceChildren(matchList(matches));
    draw();
  } catch (error) {
    if (current === i) $("neighbours").replaceChildren(trouble(error));
  }
}
const forget = () => {
  current = -1;
  alike = [];
  $("track").hidden = true;
  draw();
};

// The lasso, and what it catches.

function inside(corners) {
  const caught = [];
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  for (let i = 0; i < n; i++) {
    const [x, y] = [toX(i), toY(i)];
    if (x < left || x > right || y < top || y > bottom || drawing.colours[4 * i + 3] < 255) continue;
    let odd = false;
    for (let a = 0, b = xs.length - 1; a < xs.length; b = a++)
      if (ys[a] > y !== ys[b] > y && x < ((xs[b] - xs[a]) * (y - ys[a])) / (ys[b] - ys[a]) + xs[a]) odd = !odd;
    if (odd) caught.push(i);
  }
  return caught;
}
function take(tracks, { more = false } = {}) {
  if (!chosen || !more) chosen = new Uint8Array(n);
  for (const i of tracks) chosen[i] = 1;
  showChosen();
}
function showChosen() {
  const list = [];
  if (chosen) for (let i = 0; i < n; i++) if (chosen[i]) list.push(i);
  if (!list.length) chosen = null;
  $("chosen").hidden = !list.length;
  $("chosen-count").textContent = `${counted(list.length, "track")} chosen`;
  $("chosen-list").replaceChildren(...list.slice(0, 100).map((i) => el("li", {}, el("bdi", {}, names.title[i]), names.artist[i] ? el("span", { class: "quiet" }, " ", el("bdi", {}, names.artist[i])) : null)), list.length > 100 ? el("li", { class: "quiet" }, `and ${(list.length - 100).toLocaleString("en")} more`) : "");
  announce($("chosen-count").textContent);
  paint();
}
$("clear").addEventListener("click", () => {
  chosen = null;
  showChosen();
  marks.focus();
});
$("download").addEventListener("click", async () => {
  const tracks = [];
  for (let i = 0; i < n; i++) if (chosen?.[i]) tracks.push(names.track_id[i]);
  try {
    const response = await api("/playlists", { method: "POST", body: { tracks }, raw: true });
    const address = URL.createObjectURL(await response.blob());
    const link = el("a", { href: address, download: "linernotes.m3u8" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  } catch (error) {
    $("chosen-list").prepend(el("li", {}, trouble(error)));
  }
});
const setLasso = (on) => {
  $("lasso").setAttribute("aria-pressed", on);
  marks.classList.toggle("lasso", on);
};
const lassoes = () => $("lasso").getAttribute("aria-pressed") === "true";
$("lasso").addEventListener("click", () => setLasso(!lassoes()));

// Fingers and the mouse.

const tip = $("tip");
let listening = 0;
function point(i, x, y) {
  marks.classList.toggle("pointing", i >= 0);
  tip.hidden = i < 0;
  if (i >= 0) {
    if (i !== hover) tip.replaceChildren(el("bdi", {}, names.title[i]), names.artist[i] ? el("small", {}, el("bdi", {}, names.artist[i])) : "");
    const left = Math.max(4, Math.min(x + 14, width - tip.offsetWidth - 4));
    const top = y + 18 + tip.offsetHeight > height ? y - tip.offsetHeight - 12 : y + 18;
    tip.style.transform = `translate(${left}px, ${top}px)`;
  }
  if (i === hover) return;
  hover = i;
  clearTimeout(listening);
  // Not at once: on the way to a track one passes many.
  if (i >= 0 && $("aloud").checked) listening = setTimeout(() => playTrack(trackOf(i), { stop: false }), 250);
  draw();
}
const held = new Map();
let moved = 0;
const spot = (event) => {
  const box = marks.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};
function onDown(event) {
  if (event.button) return;
  marks.setPointerCapture(event.pointerId);
  held.set(event.pointerId, spot(event));
  if (held.size === 1) {
    moved = 0;
    lasso = lassoes() ? [spot(event)] : null;
  } else lasso = null;
}
function onMove(event) {
  const [x, y] = spot(event);
  if (!held.has(event.pointerId)) {
    if (!held.size) point(pick(x, y, radius() + 5), x, y);
    return;
  }
  const before = held.get(event.pointerId);
  const others = [...held].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
  const steps = held.size;
  moved += Math.hypot(x - before[0], y - before[1]);
  if (lasso) {
    const last = lasso.at(-1);
    if (Math.hypot(x - last[0], y - last[1]) > 3) lasso.push([x, y]);
    held.set(event.pointerId, [x, y]);
    point(-1);
    draw();
    return;
  }
  held.set(event.pointerId, [x, y]);
  if (others.length === 1) {
    const [ox, oy] = others[0];
    const was = Math.hypot(before[0] - ox, before[1] - oy);
    const is = Math.hypot(x - ox, y - oy);
    if (was > 5 && is > 5) zoomAt((x + ox) / 2, (y + oy) / 2, is / was);
  }
  view.x -= (x - before[0]) / view.scale / steps;
  view.y -= (y - before[1]) / view.scale / steps;
  keepInside();
  if (moved > 4) {
    marks.classList.add("moving");
    point(-1);
  }
  draw();
}
function onUp(event) {
  const [x, y] = spot(event);
  const known = held.delete(event.pointerId);
  marks.classList.remove("moving");
  if (!known || held.size) return;
  const corners = lasso;
  lasso = null;
  if (event.type === "pointercancel") {
    draw();
    return;
  }
  if (corners && corners.length > 2 && moved > 12) {
    take(inside(corners), { more: event.shiftKey });
    return;
  }
  draw();
  if (moved > 6) return;
  const i = pick(x, y, radius() + (event.pointerType === "touch" ? 16 : 5));
  if (i >= 0) choose(i, { aloud: true });
  moved = 100;
}

// The keyboard: arrows go to the nearest track in their direction.

function walk(dx, dy) {
  let [best, least] = [-1, Infinity];
  for (let i = 0; i < n; i++) {
    if (i === current || drawing.colours[4 * i + 3] < 255) continue;
    let d;
    if (current < 0) d = (places[2 * i] - view.x) ** 2 + (places[2 * i + 1] - view.y) ** 2;
    else {
      const [x, y] = [places[2 * i] - places[2 * current], places[2 * i + 1] - places[2 * current + 1]];
      const [ahead, aside] = [x * dx + y * dy, Math.abs(x * dy) + Math.abs(y * dx)];
      if (ahead <= 0 || aside > ahead) continue;
      d = ahead + 2 * aside;
    }
    if (d < least) [best, least] = [i, d];
  }
  if (best >= 0) choose(best, { show: true });
}
const middle = (factor) => zoomAt(width / 2, height / 2, factor);
const keys = {
  ArrowLeft: () => walk(-1, 0), ArrowRight: () => walk(1, 0), ArrowUp: () => walk(0, -1), ArrowDown: () => walk(0, 1),
  Enter: () => current >= 0 && playTrack(trackOf(current)),
  " ": () => {
    if (current < 0) return;
    chosen ??= new Uint8Array(n);
    chosen[current] ^= 1;
    showChosen();
  },
  "+": () => middle(1.5), "=": () => middle(1.5), "-": () => middle(1 / 1.5), 0: showWhole,
  Escape: () => (lassoes() ? setLasso(false) : forget()),
};

// The search looks for all its words in titles and artists, whatever their case and accents.

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
let haystack = null;
let waiting = 0;
function search() {
  const words = plain($("search").value.trim()).split(/\s+/).filter(Boolean);
  haystack ??= names.title.map((title, i) => plain(`${title} ${names.artist[i]}`));
  hits = words.length ? new Uint8Array(n) : null;
  let [count, first] = [0, -1];
  for (let i = 0; words.length && i < n; i++)
    if (words.every((word) => haystack[i].includes(word))) {
      hits[i] = 1;
      if (!count++) first = i;
    }
  if (words.length) announce(`${counted(count, "track")} found`);
  paint();
  return first;
}

function listenToPeople() {
  marks.addEventListener("pointerdown", onDown);
  marks.addEventListener("pointermove", onMove);
  marks.addEventListener("pointerup", onUp);
  marks.addEventListener("pointercancel", onUp);
  marks.addEventListener("pointerleave", () => point(-1));
  marks.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    zoomAt(...spot(event), Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) * (event.ctrlKey ? 0.01 : 0.0018)));
  }, { passive: false });
  marks.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  $("closer").addEventListener("click", () => middle(1.6));
  $("farther").addEventListener("click", () => middle(1 / 1.6));
  $("whole").addEventListener("click", showWhole);
  $("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, n > 20000 ? 150 : 30);
  });
  $("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    clearTimeout(waiting);
    const first = search();
    if (first >= 0) choose(first, { show: true });
  });
  $("colour").addEventListener("change", recolour);
  $("redraw").addEventListener("click", () => make());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    tones = readTheme();
    legend();
    paint();
  });
  new ResizeObserver(resize).observe(stage);
}

function nameClusters(found) {
  const members = found.classes.map(() => []);
  found.values.forEach((value, i) => value < members.length && members[value].push(i));
  const median = (list, axis) => list.map((i) => places[2 * i + axis]).sort((a, b) => a - b)[list.length >> 1];
  clusters = members.map((list, i) => ({ text: found.classes[i], x: median(list, 0), y: median(list, 1), size: list.length })).filter(({ size }) => size);
}

// The beginning.

const cover = (...children) => {
  $("cover").hidden = !children.length;
  $("cover").replaceChildren(...children);
};

async function make() {
  $("redraw").hidden = true;
  try {
    const job = await api("/maps", { method: "POST" });
    const words = el("p", { role: "status" }, "Drawing the map. A large library takes some minutes; you may leave and come back.");
    const stop = el("button", { type: "button", onclick: () => api(`/jobs/${encodeURIComponent(job.id)}`, { method: "DELETE" }).catch(() => {}) }, "Stop");
    cover(words, el("progress", { "aria-label": "Drawing the map" }), stop);
    const ended = await follow(job.id, () => {});
    if (ended.state === "done") return location.reload();
    if (ended.state === "failed") throw new Error(ended.error.message);
    cover(el("p", {}, "Stopped."), el("button", { type: "button", class: "main", onclick: make }, "Draw the map"));
  } catch (error) {
    if (error.code === "no-map") cover(el("p", {}, sentence(error.message)), el("a", { class: "button main", href: "/scan" }, "Scan your music"));
    else cover(trouble(error, make));
  }
}

async function load(told) {
  columns = told.columns;
  const [xy, titles] = await Promise.all([
    api("/map/places", { raw: true }).then((response) => response.arrayBuffer()),
    api("/map/tracks"),
  ]);
  [places, names, n] = [new Float32Array(xy), titles, titles.track_id.length];
  [wide, high] = [0.001, 0.001];
  for (let i = 0; i < n; i++) [wide, high] = [Math.max(wide, places[2 * i]), Math.max(high, places[2 * i + 1])];
  fillGrid();
  drawing = makeDrawing($("points"), places, () => { drawing.upload(); draw(); });
  marks.setAttribute("aria-label", `Map of ${counted(n, "track")}`);
  offerColours();
  const found = await column({ group: "found", name: "cluster" });
  nameClusters(found);
  for (const id of ["bar", "beside", "zoom"]) $(id).hidden = false;
  resize();
  await recolour();
  // Where hardly a file tells its genre, what was found says more.
  if (colour.classes && colour.values.filter((value) => value !== NO_CLASS).length < n / 3) {
    $("colour").value = "found\ncluster";
    await recolour();
  }
  listenToPeople();
  $("redraw").hidden = told.fresh;
  cover();
  document.documentElement.dataset.drawn = drawing.name;
}

// For whoever measures: how long a frame takes until it is drawn.
window.frameTime = (count = 30) => {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    view.scale = whole * (1 + i / count);
    drawing.draw({ view, width, height, ratio, radius: radius() });
    markUp();
    drawing.finish();
  }
  showWhole();
  return (performance.now() - start) / count;
};

(async function begin() {
  try {
    const told = await api("/map");
    if (told.job && !told.job.ended) make(); // joins the work that goes on
    else if (told.key) await load(told);
    else make();
  } catch (error) {
    cover(trouble(error, begin));
  }
})();
