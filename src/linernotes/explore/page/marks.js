// What is drawn over points: the names of clusters, and rings and lines around the chosen one.
import { placeLabels, roomAround } from "./labels.js";
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

const NEAR = 24; // pixels; a name that stands farther off is tied to what it names

/** Draw names, the larger clusters' first, where they cover neither points nor boxes of the page. */
export function drawNames(pen, view, names, { places, boxes, tones }) {
  const n = places.length / 2;
  const family = getComputedStyle(document.body).fontFamily;
  const sizeOf = (name) => Math.round(Math.min(16, 10.5 + 10 * Math.sqrt(name.size / n)));
  Object.assign(pen, { textAlign: "center", textBaseline: "middle" });
  const labels = names.map((name) => {
    const size = sizeOf(name);
    pen.font = `600 ${size}px ${family}`;
    const [x, y] = view.toPixels(name.x, name.y);
    return { text: name.text, size, x, y, half: pen.measureText(name.text).width / 2 + 3, tall: size * 0.65 };
  });
  const shown = placeLabels(labels, view, roomAround(view, places), boxes);
  for (const { label, x, y } of shown) {
    if (Math.hypot(label.x - x, label.y - y) > NEAR + label.tall) {
      pen.beginPath();
      pen.moveTo(Math.max(x - label.half, Math.min(x + label.half, label.x)), Math.max(y - label.tall, Math.min(y + label.tall, label.y)));
      pen.lineTo(label.x, label.y);
      pen.strokeStyle = css(tones.ink, 0.45);
      pen.lineWidth = 1;
      pen.stroke();
    }
    pen.font = `600 ${label.size}px ${family}`;
    pen.fillStyle = css(tones.ink);
    pen.fillText(label.text, x, y);
  }
  return shown;
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
