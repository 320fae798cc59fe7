// What is drawn over points: the names of clusters, and rings and lines around the chosen one.
import { css } from "./tones.js";

/** Where the names of a column's classes stand: at the middle of their members. */
export function placeNames({ classes, values }, places) {
  const members = classes.map(() => []);
  values.forEach((value, i) => value < members.length && members[value].push(i));
  const median = (list, axis) => list.map((i) => places[2 * i + axis]).sort((a, b) => a - b)[list.length >> 1];
  return members
    .map((list, i) => ({ text: classes[i], x: median(list, 0), y: median(list, 1), size: list.length }))
    .filter(({ size }) => size);
}

/** Draw names, the larger clusters' first; those that would cover others are left out. */
export function drawNames(pen, view, names, n, tones) {
  const { width, height } = view;
  const family = getComputedStyle(document.body).fontFamily;
  const taken = [];
  Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 4 });
  for (const name of names) {
    const size = Math.round(Math.min(16, 10.5 + 10 * Math.sqrt(name.size / n)));
    pen.font = `600 ${size}px ${family}`;
    const half = pen.measureText(name.text).width / 2;
    let [x, y] = view.toPixels(name.x, name.y);
    // A name at the edge stays whole as long as its middle is in sight.
    if (x > 0 && x < width) x = Math.max(half + 6, Math.min(width - half - 6, x));
    if (y > 0 && y < height) y = Math.max(size, Math.min(height - size, y));
    const box = [x - half - 4, y - size * 0.7, x + half + 4, y + size * 0.7];
    if (box[2] < 0 || box[0] > width || box[3] < 0 || box[1] > height) continue;
    if (taken.some((b) => b[0] < box[2] && box[0] < b[2] && b[1] < box[3] && box[1] < b[3])) continue;
    taken.push(box);
    pen.strokeStyle = css(tones.paper, 0.9);
    pen.strokeText(name.text, x, y);
    pen.fillStyle = css(tones.ink);
    pen.fillText(name.text, x, y);
  }
}

/** Draw a ring around a point, so far outside of it and so thick. */
export function drawRing(pen, view, i, tone, outside, thick) {
  pen.beginPath();
  pen.arc(...view.pixelsOf(i), view.radius() + outside, 0, 7);
  pen.strokeStyle = css(tone);
  pen.lineWidth = thick;
  pen.stroke();
}

/** Draw lines from a point to those that are like it, and rings around these. */
export function drawAlike(pen, view, from, alike, tones) {
  pen.strokeStyle = css(tones.ink, 0.5);
  pen.lineWidth = 1;
  for (const i of alike) {
    pen.beginPath();
    pen.moveTo(...view.pixelsOf(from));
    pen.lineTo(...view.pixelsOf(i));
    pen.stroke();
  }
  for (const i of alike) drawRing(pen, view, i, tones.ink, 1.5, 1.5);
}
