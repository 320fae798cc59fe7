// The colours of points: read from the page's theme, by classes or along a ramp.

/** So many classes have colours of their own; more cannot be told apart. */
export const COMMON = 12;
/** What stands among the values of a column of classes where there is none. */
export const NO_CLASS = 65535;

const HIDDEN = 56; // how opaque points are that are not meant, of 255
const STOPS = 5;

export const css = ([r, g, b], alpha = 1) => `rgb(${r} ${g} ${b} / ${alpha})`;

/** Read the colours of the page; they change with its theme. */
export function readTones() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => [1, 3, 5].map((i) => parseInt(style.getPropertyValue(name).trim().slice(i, i + 2), 16));
  const stops = Array.from({ length: STOPS }, (_, i) => read(`--h${i}`));
  return {
    classes: Array.from({ length: COMMON }, (_, i) => read(`--p${i}`)),
    other: read("--p-other"), ink: read("--ink"), paper: read("--paper"), link: read("--link"),
    ramp: Array.from({ length: 256 }, (_, i) => {
      const at = (i / 255) * (STOPS - 1);
      const first = Math.min(STOPS - 2, Math.floor(at));
      return stops[first].map((channel, c) => Math.round(channel + (stops[first + 1][c] - channel) * (at - first)));
    }),
  };
}

/**
 * Colour all points, and put them in the order to draw them in: what matters comes on top.
 * @param {object} drawing whose colours and order are filled
 * @param {object} column classes and the number of one for each point, or values, NaN where there
 *   is none, and which of them are pale and strong
 * @param {object} tones of readTones
 * @param {number} only the one class that is shown, COMMON for all that are not common; -1 for all
 * @param {Uint8Array[]} masks a point is hidden where one of them is 0
 */
export function colourPoints({ colours, order }, column, tones, only, masks) {
  const { values, classes, pale, strong } = column;
  const span = strong - pale || 1;
  const n = order.length;
  const layers = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const value = values[i];
    let [tone, layer] = [tones.other, 1];
    if (classes) {
      if (value < COMMON) [tone, layer] = [tones.classes[value], 2];
      if (only >= 0 && !(only === COMMON ? value >= COMMON && value !== NO_CLASS : value === only)) layer = 0;
    } else if (Number.isFinite(value)) {
      [tone, layer] = [tones.ramp[Math.round(255 * Math.min(1, Math.max(0, (value - pale) / span)))], 2];
    }
    for (const mask of masks) if (!mask[i]) layer = 0;
    layers[i] = layer;
    colours.set(tone, 4 * i);
    colours[4 * i + 3] = layer ? 255 : HIDDEN;
  }
  const starts = new Uint32Array(4);
  for (let i = 0; i < n; i++) starts[layers[i] + 1]++;
  for (let i = 1; i < 4; i++) starts[i] += starts[i - 1];
  for (let i = 0; i < n; i++) order[starts[layers[i]]++] = i;
}
