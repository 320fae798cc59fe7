// A path between two tracks: its way over the map.
import { css, readTones } from "./tones.js";
import { makeView } from "./view.js";

const EDGE = 26; // pixels around the way
const CLOSEST = 14; // times the whole map

/**
 * Draw a way over the map, and again whenever the canvas or the theme changes.
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} places x and y of each track of the map in turn
 * @param {number[]} way tracks in order
 */
export function drawJourney(canvas, places, way, signal) {
  const view = makeView(places);
  const pen = canvas.getContext("2d");
  const [xs, ys] = [0, 1].map((axis) => way.map((i) => places[2 * i + axis]));
  const span = (values) => [Math.min(...values), Math.max(...values)];
  const draw = () => {
    const box = canvas.getBoundingClientRect();
    if (!box.width) return;
    const tones = readTones();
    view.resize(box);
    Object.assign(canvas, { width: Math.round(box.width * view.ratio), height: Math.round(box.height * view.ratio) });
    const [[left, right], [top, bottom]] = [span(xs), span(ys)];
    const scale = Math.min((view.width - 2 * EDGE) / Math.max(right - left, 1e-6), (view.height - 2 * EDGE) / Math.max(bottom - top, 1e-6));
    Object.assign(view, { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.min(scale, CLOSEST * view.whole) });
    pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    pen.fillStyle = css(tones.other, 0.7);
    const size = Math.max(1.5, Math.min(4, view.radius() / 2));
    for (let i = 0; i < places.length / 2; i++) {
      const [x, y] = view.pixelsOf(i);
      if (x > -5 && y > -5 && x < view.width + 5 && y < view.height + 5) pen.fillRect(x - size / 2, y - size / 2, size, size);
    }
    const spots = way.map((i) => view.pixelsOf(i));
    pen.beginPath();
    for (const [x, y] of spots) pen.lineTo(x, y);
    Object.assign(pen, { strokeStyle: css(tones.link), lineWidth: 2, lineJoin: "round" });
    pen.stroke();
    Object.assign(pen, { textAlign: "center", textBaseline: "middle", font: `600 11px ${getComputedStyle(document.body).fontFamily}` });
    // The ends come on top.
    const order = [...spots.keys()].sort((a, b) => Number(a === 0 || a === spots.length - 1) - Number(b === 0 || b === spots.length - 1));
    for (const k of order) {
      const [x, y] = spots[k];
      const end = k === 0 || k === spots.length - 1;
      pen.beginPath();
      pen.arc(x, y, end ? 11 : 9, 0, 7);
      pen.fillStyle = css(end ? tones.link : tones.paper);
      pen.fill();
      pen.stroke();
      pen.fillStyle = css(end ? tones.paper : tones.ink);
      pen.fillText(String(k + 1), x, y + 0.5);
    }
  };
  const watched = new ResizeObserver(draw);
  watched.observe(canvas);
  signal.addEventListener("abort", () => watched.disconnect());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw, { signal });
  draw();
}
