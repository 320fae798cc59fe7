// The waveform of what plays, on which one seeks: with the pointer, or as a slider on the keyboard.
import { el } from "./elements.js";
import { clock } from "./format.js";
import { svg } from "./icons.js";
import { onPlaying, playing, seek } from "./playing.js";
import { api } from "./server.js";

const [WIDE, HIGH] = [600, 100];
const STEP = 5; // seconds
const FLAT = "M0 47H600V53H0z";
const known = new Map(); // the waveforms of the last tracks
const REMEMBERED = 30;

function pathOf(peaks) {
  if (!peaks.length) return FLAT;
  const x = (i) => ((i * WIDE) / Math.max(1, peaks.length - 1)).toFixed(1);
  const y = (peak, way) => (HIGH / 2 + way * Math.max(1.5, (peak / 255) * (HIGH / 2))).toFixed(1);
  const above = peaks.map((peak, i) => `${x(i)} ${y(peak, -1)}`);
  const below = peaks.map((peak, i) => `${x(i)} ${y(peak, 1)}`).reverse();
  return `M${above.join("L")}L${below.join("L")}z`;
}

async function read(id) {
  if (!known.has(id)) {
    const { peaks } = await api(`/tracks/${encodeURIComponent(id)}/waveform`);
    known.set(id, pathOf(peaks));
    if (known.size > REMEMBERED) known.delete(known.keys().next().value);
  }
  return known.get(id);
}

/** Make the slider; it is about whatever plays. */
export function makeWaveform() {
  const drawing = (name) => svg("svg", { class: name, viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" }, svg("path", { d: FLAT }));
  const [whole, played] = [drawing("whole"), drawing("played")];
  const slider = el("div", { class: "waveform", tabindex: "0", role: "slider", "aria-label": "Position in the track", "aria-valuemin": 0 }, whole, played);
  const draw = (path) => [whole, played].forEach((each) => each.firstChild.setAttribute("d", path));
  let shown = null;
  const show = () => {
    const { duration, second } = playing;
    const share = duration ? Math.min(1, second / duration) : 0;
    played.style.clipPath = `inset(0 ${(100 * (1 - share)).toFixed(2)}% 0 0)`;
    slider.setAttribute("aria-valuemax", Math.round(duration));
    slider.setAttribute("aria-valuenow", Math.round(Math.min(second, duration || second)));
    slider.setAttribute("aria-valuetext", `${clock(second)} of ${clock(duration)}`);
  };
  const change = async () => {
    const id = playing.track?.track_id ?? null;
    if (id === shown) return;
    shown = id;
    draw(FLAT);
    if (!id) return;
    try {
      const path = await read(id);
      if (shown === id) draw(path);
    } catch { /* it stays flat */ }
  };
  onPlaying(undefined, { change, time: show });
  change();
  show();

  const secondAt = (event) => {
    const box = slider.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * playing.duration;
  };
  slider.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    slider.setPointerCapture(event.pointerId);
    seek(secondAt(event));
  });
  slider.addEventListener("pointermove", (event) => slider.hasPointerCapture(event.pointerId) && seek(secondAt(event)));
  const moves = {
    ArrowLeft: () => playing.second - STEP, ArrowDown: () => playing.second - STEP,
    ArrowRight: () => playing.second + STEP, ArrowUp: () => playing.second + STEP,
    PageDown: () => playing.second - playing.duration / 10, PageUp: () => playing.second + playing.duration / 10,
    Home: () => 0, End: () => playing.duration,
  };
  slider.addEventListener("keydown", (event) => {
    if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    seek(moves[event.key]());
  });
  return slider;
}
