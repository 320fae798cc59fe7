// The map on its canvases: points that people move among, point at, choose, search and colour.
// What surrounds it, and where its data come from, is the page's concern.
import { $, el } from "./elements.js";
import { counted } from "./format.js";
import { heedGestures } from "./gestures.js";
import { onKeys } from "./keys.js";
import { offerColumns, showColumn, showLegend } from "./legend.js";
import { drawAlike, drawNames, drawRing, placeNames } from "./marks.js";
import { makeGrid, nextPoint } from "./nearest.js";
import { makeDrawing } from "./points.js";
import { heedSearch, makeSearch } from "./search.js";
import { placeTip } from "./tip.js";
import { colourPoints, readTones } from "./tones.js";
import { makeView } from "./view.js";

const MANY = 20000; // tracks; a search among them takes its time

/**
 * Show a map.
 * @param {object} map
 *   places: x and y of each track in turn, from 0 to 1; titles, artists: of each
 *   columns: what there is to colour by; read: returns one of them with its values, or a promise
 *   clusters: the column whose classes stand over their members
 *   choose: called with a track that is chosen, and how: by "click", "search", "arrow" or "list";
 *   forget: called when none is chosen any more
 *   found: called with the tracks that a search found, or null without one
 *   point: called with the track that is pointed at, or -1 (optional)
 *   keys: what other keys do; lasso: instead of moving; signal: aborted when the map goes (all optional)
 */
export function showMap({ places, titles, artists, columns, read, clusters, choose, forget, found, point = () => {}, keys = {}, lasso, signal }) {
  const n = titles.length;
  const view = makeView(places);
  const nearest = makeGrid(places);
  const names = placeNames(clusters, places);
  const marks = $("marks");
  const pen = marks.getContext("2d");
  const tip = $("tip");
  let tones = readTones();
  let column = clusters;
  let only = -1; // the one class that is shown
  const masks = { found: null, chosen: null }; // a byte a track: 0 hides it
  let [hover, current] = [-1, -1];
  let alike = [];
  let boxes = []; // of buttons on the map
  let shownNames = [];

  const drawing = makeDrawing($("points"), places, () => {
    drawing.upload();
    redraw();
  });
  const isShown = (i) => drawing.colours[4 * i + 3] === 255;
  const markUp = () => {
    pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    if (current >= 0) drawAlike(pen, view, current, alike, tones);
    shownNames = drawNames(pen, view, names, { places, boxes, tones });
    if (hover >= 0) drawRing(pen, view, hover, tones.ink, 2, 2);
    if (current >= 0) {
      drawRing(pen, view, current, tones.paper, 4, 5);
      drawRing(pen, view, current, tones.link, 4, 3);
    }
    lasso?.draw(pen, tones);
  };
  const drawNow = () => {
    drawing.draw(view);
    markUp();
  };
  let painted = false; // colours are read first, which may take a while
  let frame = 0;
  const redraw = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (painted) drawNow();
    });
  };
  const paint = () => {
    colourPoints(drawing, column, tones, only, Object.values(masks).filter(Boolean));
    drawing.upload();
    painted = true;
    redraw();
  };

  const hide = (name, shown) => {
    masks[name] = shown && new Uint8Array(n);
    for (const i of shown ?? []) masks[name][i] = 1;
    paint();
  };
  const explain = () =>
    showLegend(column, tones, only, (value) => {
      only = value;
      paint();
    });
  let wanted = -1;
  const colourBy = async (index) => {
    wanted = index;
    showColumn(columns, index);
    const asked = await read(columns[index]);
    if (!asked || wanted !== index) return; // it cannot be read, or something else was chosen meanwhile
    [column, only] = [asked, -1];
    explain();
    paint();
  };

  const chooseTrack = (i, how) => {
    [current, alike] = [i, []];
    if (how !== "click") view.show(i);
    redraw();
    choose(i, how);
  };
  const forgetTrack = () => {
    [current, alike] = [-1, []];
    redraw();
    forget();
  };
  const nameOf = (i) => [el("bdi", {}, titles[i]), artists[i] ? el("small", {}, el("bdi", {}, artists[i])) : ""];
  const pointAt = (i, x, y) => {
    marks.classList.toggle("pointing", i >= 0);
    tip.hidden = i < 0;
    if (i >= 0) {
      if (i !== hover) tip.replaceChildren(...nameOf(i));
      placeTip(tip, { left: x, top: y - 4, bottom: y + 10 }, view);
    }
    if (i === hover) return;
    hover = i;
    point(i);
    redraw();
  };
  heedGestures(marks, view, {
    pick: (x, y, beyond) => nearest(...view.fromPixels(x, y), (view.radius() + beyond) / view.scale, isShown),
    point: pointAt,
    click: (i) => chooseTrack(i, "click"),
    redraw,
    lasso,
  });
  const zoom = (factor) => {
    view.zoomAt(view.width / 2, view.height / 2, factor);
    redraw();
  };
  const showWhole = () => {
    view.showWhole();
    redraw();
  };
  // Arrows go to the nearest track in their direction.
  const walk = (...direction) => {
    const i = nextPoint(places, current, direction, [view.x, view.y], isShown);
    if (i >= 0) chooseTrack(i, "arrow");
  };
  onKeys(marks, {
    ArrowLeft: () => walk(-1, 0), ArrowRight: () => walk(1, 0), ArrowUp: () => walk(0, -1), ArrowDown: () => walk(0, 1),
    "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: showWhole, Escape: forgetTrack,
    ...keys,
  });
  $("closer").addEventListener("click", () => zoom(1.6));
  $("farther").addEventListener("click", () => zoom(1 / 1.6));
  $("whole").addEventListener("click", showWhole);

  const search = makeSearch({ titles, artists });
  let before = "";
  let hits = null;
  heedSearch($("search"), n > MANY ? 150 : 30, (text, entered) => {
    if (text.trim() !== before) {
      before = text.trim();
      hits = search(before);
      hide("found", hits);
      found(hits, hits ? `${counted(hits.length, "track")} found` : "");
    }
    if (entered && hits?.length) chooseTrack(hits[0], "search");
  });
  offerColumns(columns, colourBy);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    tones = readTones();
    explain();
    paint();
  }, { signal });
  const stage = $("stage");
  const resize = () => {
    const [whole, zoom] = [stage, $("zoom")].map((each) => each.getBoundingClientRect());
    view.resize(whole);
    boxes = [[zoom.left - whole.left, zoom.top - whole.top, zoom.right - whole.left, zoom.bottom - whole.top]];
    for (const canvas of [drawing.canvas, marks])
      Object.assign(canvas, { width: Math.round(view.width * view.ratio), height: Math.round(view.height * view.ratio) });
    redraw();
  };
  const growth = new ResizeObserver(resize);
  growth.observe(stage);
  signal?.addEventListener("abort", () => growth.disconnect());
  resize();

  // For whoever looks after it: which names are shown, and where.
  window.shownNames = () => shownNames.map(({ label, x, y }) => ({ text: label.text, box: [x - label.half, y - label.tall, x + label.half, y + label.tall] }));
  // For whoever measures: how long a frame takes until it is drawn.
  window.frameTime = (count = 30) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) {
      view.scale = view.whole * (1 + i / count);
      drawNow();
      drawing.finish();
    }
    showWhole();
    return (performance.now() - start) / count;
  };
  return {
    name: drawing.name,
    view,
    isShown,
    redraw,
    colourBy,
    /** Colour by a column that may be new, read anew. */
    colourByName(name, group) {
      const known = columns.findIndex((each) => each.name === name && each.group === group);
      return colourBy(known < 0 ? columns.push({ name, group, unit: "" }) - 1 : known);
    },
    column: () => column,
    current: () => current,
    choose: chooseTrack,
    forget: forgetTrack,
    /** Show which tracks are like the chosen one. */
    showAlike(tracks) {
      alike = tracks;
      redraw();
    },
    /** Show some tracks alone, or all of them. */
    showAlone: (tracks) => hide("chosen", tracks),
  };
}
