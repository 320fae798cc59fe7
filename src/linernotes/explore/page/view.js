// What part of the map is in sight: its middle, and how many pixels a unit of places is.

const [FARTHEST, NEAREST] = [0.6, 400]; // times the scale at which all points are in sight

/** Make the view of points; places are x and y of each in turn, from 0 to 1. */
export function makeView(places) {
  const n = places.length / 2;
  let [wide, high] = [0, 0];
  for (let i = 0; i < n; i++) [wide, high] = [Math.max(wide, places[2 * i]), Math.max(high, places[2 * i + 1])];
  [wide, high] = [wide || 1, high || 1];
  const view = { x: 0.5, y: 0.5, scale: 1, whole: 1, width: 0, height: 0, ratio: 1 };
  const within = (value, low, high) => Math.min(high, Math.max(low, value));
  const keepInside = () => {
    view.scale = within(view.scale, view.whole * FARTHEST, view.whole * NEAREST);
    view.x = within(view.x, 0, wide);
    view.y = within(view.y, 0, high);
  };
  return Object.assign(view, {
    toPixels: (x, y) => [(x - view.x) * view.scale + view.width / 2, (y - view.y) * view.scale + view.height / 2],
    fromPixels: (px, py) => [(px - view.width / 2) / view.scale + view.x, (py - view.height / 2) / view.scale + view.y],
    pixelsOf: (i) => view.toPixels(places[2 * i], places[2 * i + 1]),
    /** How large points are drawn: the smaller the more there are, and growing slower than the map. */
    radius: () => Math.min(14, Math.max(1.1, 26 / (n + 1) ** 0.32) * (view.scale / view.whole) ** 0.45 * within(view.whole / 700, 0.7, 1.3)),
    move(dx, dy) {
      view.x -= dx / view.scale;
      view.y -= dy / view.scale;
      keepInside();
    },
    /** Zoom; what lies under a pixel stays there. */
    zoomAt(px, py, factor) {
      const before = view.scale;
      view.scale = within(before * factor, view.whole * FARTHEST, view.whole * NEAREST);
      const gain = 1 / before - 1 / view.scale;
      view.x += (px - view.width / 2) * gain;
      view.y += (py - view.height / 2) * gain;
      keepInside();
    },
    showWhole: () => Object.assign(view, { x: wide / 2, y: high / 2, scale: view.whole }),
    /** Bring a point to the middle, unless it is well in sight. */
    show(i) {
      const [px, py] = view.pixelsOf(i);
      if (px >= 30 && py >= 30 && px <= view.width - 30 && py <= view.height - 30) return;
      [view.x, view.y] = [places[2 * i], places[2 * i + 1]];
      keepInside();
    },
    resize({ width, height }) {
      const first = !view.width;
      const zoomed = view.scale / view.whole;
      Object.assign(view, { width: Math.max(1, width), height: Math.max(1, height), ratio: Math.min(2, devicePixelRatio || 1) });
      view.whole = 0.92 * Math.min(view.width / wide, view.height / high);
      view.scale = view.whole * zoomed;
      if (first) view.showWhole();
    },
  });
}
