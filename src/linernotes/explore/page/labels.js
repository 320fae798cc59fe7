// Where names stand on the map: near what they name, and over nothing.

const CELL = 6; // pixels, by which it is told where there is room
const TURNS = 16;
const STEP = 10; // pixels from one try to the next
const FAR = 0.22; // of the shorter side of the map

/** What lies where, in cells: how many points are in any box is told at once. */
export function roomAround(view, places) {
  const { width, height, scale } = view;
  const [across, down] = [Math.ceil(width / CELL), Math.ceil(height / CELL)];
  const sums = new Uint32Array((across + 1) * (down + 1)); // of all cells to the left and above
  const around = Math.max(1, view.radius());
  const [left, top] = [width / 2 - view.x * scale, height / 2 - view.y * scale];
  for (let i = 0; i < places.length; i += 2) {
    const [x, y] = [places[i] * scale + left, places[i + 1] * scale + top];
    if (x < -around || y < -around || x > width + around || y > height + around) continue;
    const [first, last] = [Math.max(0, Math.floor((x - around) / CELL)), Math.min(across - 1, Math.floor((x + around) / CELL))];
    const [high, low] = [Math.max(0, Math.floor((y - around) / CELL)), Math.min(down - 1, Math.floor((y + around) / CELL))];
    for (let row = high; row <= low; row++) for (let column = first; column <= last; column++) sums[(row + 1) * (across + 1) + column + 1] = 1;
  }
  for (let row = 1; row <= down; row++)
    for (let column = 1; column <= across; column++)
      sums[row * (across + 1) + column] += sums[row * (across + 1) + column - 1] + sums[(row - 1) * (across + 1) + column] - sums[(row - 1) * (across + 1) + column - 1];
  return ([x0, y0, x1, y1]) => {
    const [first, last] = [Math.max(0, Math.floor(x0 / CELL)), Math.min(across, Math.ceil(x1 / CELL))];
    const [high, low] = [Math.max(0, Math.floor(y0 / CELL)), Math.min(down, Math.ceil(y1 / CELL))];
    return sums[low * (across + 1) + last] - sums[high * (across + 1) + last] - sums[low * (across + 1) + first] + sums[high * (across + 1) + first] === 0;
  };
}

const apart = (a, b) => a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];

/**
 * Find places for labels, one after the other; those that fit nowhere near have none.
 * @param {object[]} labels x and y of what each names, half its width and height, in pixels
 * @param {object} view width and height
 * @param {Function} isFree whether there is no point in a box
 * @param {number[][]} taken boxes that are taken before
 * @returns {object[]} the label, and x and y of its middle
 */
export function placeLabels(labels, { width, height }, isFree, taken) {
  const boxes = [...taken];
  const far = FAR * Math.min(width, height);
  const found = [];
  for (const label of labels) {
    const { half, tall } = label;
    if (label.x < 0 || label.y < 0 || label.x > width || label.y > height) continue;
    search: for (let distance = 0; distance <= far; distance += STEP) {
      for (let turn = 0; turn < (distance ? TURNS : 1); turn++) {
        // Above comes first, then to both sides of it.
        const angle = -Math.PI / 2 + (turn % 2 ? 1 : -1) * Math.ceil(turn / 2) * ((2 * Math.PI) / TURNS);
        const [x, y] = [label.x + Math.cos(angle) * (distance + (distance && half * Math.abs(Math.cos(angle)))), label.y + Math.sin(angle) * distance];
        const box = [x - half, y - tall, x + half, y + tall];
        if (box[0] < 2 || box[1] < 2 || box[2] > width - 2 || box[3] > height - 2) continue;
        if (!boxes.every((other) => apart(box, other)) || !isFree(box)) continue;
        boxes.push(box);
        found.push({ label, x, y });
        break search;
      }
    }
  }
  return found;
}
