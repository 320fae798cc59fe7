// Class probabilities over the waveform, in step with what plays: click or press arrows to seek.
import { playButton, svg } from "./common.js";
import { el } from "./elements.js";
import { clock, inRange, percent } from "./format.js";
import { onPlaying, playTrack, playing, seek as seekSound } from "./playing.js";
import { makeView, onViewGestures, viewButtons } from "./stretch.js";

export const WIDE = 1000;
export const HIGH = 200;
const COLOURS = 24; // as many as theme.css knows
const DRAWN = 12; // classes of one track; more cannot be told apart
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

export const NONE = "none of these";
export const colourOf = (index) => (index < COLOURS ? `k${index}` : "other");

/** A colour for each class of a timeline: its own, or of very many one for each that matters here. */
export function coloursOf(timeline) {
  const { classes, probabilities } = timeline;
  if (classes.length <= COLOURS) return classes.map((_, i) => colourOf(i));
  const peaks = classes.map((_, i) => Math.max(0, ...probabilities.map((row) => row[i])));
  const rank = new Map(peaks.map((_, i) => i).sort((a, b) => peaks[b] - peaks[a]).map((i, place) => [i, place]));
  return classes.map((_, i) => colourOf(rank.get(i)));
}

export const shareOf = ({ range: [low, high] }, value) => Math.max(0, Math.min(1, (value - low) / (high - low)));

/** What is drawn over time: the classes of a model together, each of its numbers alone. */
export function timelinesOf(model, label) {
  if (!model.targets) return [{ timeline: model.timeline, label }];
  if (model.word === NONE) return [];
  return model.targets.map((target, i) => ({
    timeline: {
      start: model.timeline.start,
      end: model.timeline.end,
      classes: [target.name],
      probabilities: model.timeline.values.map((row) => [shareOf(target, row[i])]),
    },
    label: target.name,
    number: { target, colour: colourOf(i) },
  }));
}

/** How probable each class is at a moment: that of the window whose middle is nearest. */
function windowAt(middles, second) {
  let [low, high] = [0, middles.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (middles[middle + 1] - second > second - middles[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Classes that matter somewhere, the rest put together. */
function drawn(timeline) {
  const peaks = timeline.classes.map((_, i) => Math.max(...timeline.probabilities.map((row) => row[i])));
  const order = peaks.map((_, i) => i).sort((a, b) => peaks[b] - peaks[a]);
  const shown = new Set(order.filter((i, rank) => rank < 3 || (peaks[i] >= 0.05 && rank < DRAWN)));
  return timeline.classes.map((_, i) => i).filter((i) => shown.has(i));
}

export function wavePath(waveform) {
  if (!waveform.length) return "";
  const loudest = Math.max(1, ...waveform.map(([low, high]) => Math.max(-low, high)));
  const x = (i) => ((i * WIDE) / Math.max(1, waveform.length - 1)).toFixed(2);
  const y = (value) => (HIGH / 2 - (value / loudest) * (HIGH / 2 - 2)).toFixed(1);
  const above = waveform.map(([, high], i) => `${x(i)} ${y(high)}`);
  const below = waveform.map(([low], i) => `${x(i)} ${y(low)}`).reverse();
  return `M${above.join("L")}L${below.join("L")}z`;
}

/**
 * Draw a track.
 * @param {object} track waveform, duration in seconds, timeline, label; of a number the target that
 *   the timeline tells the share of, and its colour; sound: the track as it is played, or null;
 *   plays: whether this figure has the button; note: why nothing can be played; signal: of the page;
 *   view: what is shown of the track, where several figures share that
 */
export function drawTimeline({ waveform, duration, timeline, label, number, sound = null, plays = true, note, signal, view = makeView() }) {
  const first = timeline.start.length ? Math.min(timeline.start[0], 0) : 0;
  const last = Math.max(first + duration, timeline.end.at(-1) ?? 0, 0.1);
  const span = last - first;
  view.reach(first, last);
  const colours = coloursOf(timeline);
  const middles = timeline.start.map((start, i) => (start + timeline.end[i]) / 2);
  const shown = drawn(timeline);
  const x = (second) => (((second - first) / span) * WIDE).toFixed(2);

  const rest = (row) => Math.max(0, 1 - shown.reduce((sum, i) => sum + row[i], 0));
  const hasRest = timeline.probabilities.some((row) => rest(row) > 0.005);
  const layers = number
    ? [["", "rest", rest], [label, number.colour, (row) => row[0]]]
    : [...shown.map((i) => [timeline.classes[i], colours[i], (row) => row[i]])];
  if (hasRest && !number) layers.push(["other", "other", rest]);
  const valueOf = (share) => {
    const { range, unit } = number.target;
    return inRange(range[0] + share * (range[1] - range[0]), range, unit);
  };
  const area = svg("svg", {
    class: "plot area", role: "img", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none",
    "aria-label": number ? `${label} along the track` : `Probabilities of ${label} along the track`,
  });
  const levels = timeline.probabilities.map(() => 0);
  const paths = layers.map(([, colour, value], layer) => {
    timeline.probabilities.forEach((row, i) => (levels[i] += value(row)));
    const y = (i) => (layer === layers.length - 1 ? HIGH : Math.min(1, levels[i]) * HIGH).toFixed(1);
    const points = middles.map((middle, i) => `L${x(middle)} ${y(i)}`).join("");
    return svg("path", { class: colour, d: `M0 0V${y(0)}${points}L${WIDE} ${y(levels.length - 1)}V0z` });
  });
  if (middles.length) area.append(...paths.reverse());
  const legend = el(
    "ul",
    { class: "side legend", "aria-label": `Colours of ${label}` },
    el("li", { class: "head", "aria-hidden": "true" }, label),
    number
      ? el("li", {}, el("i", { class: `dot ${number.colour}` }), `${valueOf(0)} to ${valueOf(1)}`)
      : layers.map(([name, colour]) => el("li", {}, el("i", { class: `dot ${colour}` }), name)),
  );

  const wave = svg(
    "svg",
    { class: "plot wave", role: "img", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-label": `Waveform, ${clock(duration)} long` },
    svg("path", { d: wavePath(waveform) }),
  );
  const axis = el("div", { class: "axis", "aria-hidden": "true" });
  const shareAt = (second) => (second - view.from) / view.span;
  const drawView = () => {
    const box = `${x(view.from)} 0 ${((WIDE * view.span) / span).toFixed(2)} ${HIGH}`;
    for (const plot of [area, wave]) plot.setAttribute("viewBox", box);
    const step = STEPS.find((each) => view.span / each <= 8) ?? 14400;
    axis.replaceChildren();
    for (let second = Math.ceil(view.from / step) * step; second <= view.to - step * 0.3; second += step) {
      const tick = el("span", { class: shareAt(second) < 0.02 ? "start" : null }, clock(second));
      tick.style.left = `${100 * shareAt(second)}%`;
      axis.append(tick);
    }
  };

  const readout = el("p", { class: "readout" });
  const cursor = el("div", { class: "cursor" });
  const scrub = el("div", {
    class: "scrub", tabindex: "0", role: "slider", "aria-label": "Position in the track",
    "aria-valuemin": 0, "aria-valuemax": Math.round(last), "aria-valuenow": 0,
  }, cursor);
  const own = () => sound !== null && playing.is(sound);
  let now = first;
  let pointed = null;

  const say = () => {
    const second = pointed ?? now;
    const share = shareAt(second);
    cursor.style.left = `${100 * share}%`;
    cursor.hidden = share < 0 || share > 1;
    cursor.classList.toggle("pointing", pointed !== null);
    if (!middles.length) return;
    const row = timeline.probabilities[windowAt(middles, second)];
    const best = row.map((p, i) => [p, i]).sort((a, b) => b[0] - a[0]).filter(([p], rank) => rank === 0 || p >= 0.05).slice(0, 3);
    const words = number ? `${label} ${valueOf(row[0])}` : best.map(([p, i]) => `${timeline.classes[i]} ${percent(p)}`).join(", ");
    readout.replaceChildren(el("b", {}, clock(second)), words);
    scrub.setAttribute("aria-valuenow", Math.round(second));
    scrub.setAttribute("aria-valuetext", `${clock(second)}: ${words}`);
  };
  const seek = (second) => {
    now = Math.max(first, Math.min(last, second));
    view.include(now);
    if (own()) seekSound(Math.max(0, now));
    say();
  };
  const secondAt = (event) => {
    const box = scrub.getBoundingClientRect();
    return view.from + Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * view.span;
  };
  const gestures = onViewGestures(scrub, view, secondAt);
  scrub.addEventListener("pointermove", (event) => {
    if ((event.pointerType === "touch" && !event.buttons) || gestures.isPinched()) return;
    if (event.buttons) seek(secondAt(event));
    pointed = event.buttons ? null : secondAt(event);
    say();
  });
  scrub.addEventListener("pointerleave", () => { pointed = null; say(); });
  scrub.addEventListener("click", (event) => { pointed = null; seek(secondAt(event)); });
  const movesOf = (shown) => {
    const small = Math.max(1, Math.min(5, shown / 60));
    return { ArrowLeft: -small, ArrowDown: -small, ArrowRight: small, ArrowUp: small, PageDown: -shown / 10, PageUp: shown / 10, Home: -Infinity, End: Infinity };
  };
  scrub.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const moves = movesOf(view.span);
    if (view.isWorthIt && event.key in gestures.keys) {
      event.preventDefault();
      gestures.keys[event.key]();
      view.include(now);
    } else if (event.key in moves) {
      event.preventDefault();
      pointed = null;
      seek(now + moves[event.key]);
    } else if ((event.key === " " || event.key === "Enter") && sound) {
      event.preventDefault();
      playTrack(sound, { second: own() ? null : Math.max(0, now) });
    }
  });
  if (sound) {
    let frame = 0;
    const run = () => {
      frame = 0;
      if (!own()) return;
      const before = now;
      now = playing.second;
      if (before <= view.to && now > view.to && now < before + 2) view.include(now);
      if (pointed === null) say();
      if (!playing.paused && !signal?.aborted) frame = requestAnimationFrame(run);
    };
    onPlaying(signal, { time: () => (frame ||= requestAnimationFrame(run)) });
    run();
  }
  view.onChange(() => { drawView(); say(); });
  drawView();
  say();
  const figure = el(
    "figure",
    { class: "timeline" },
    sound ? null : el("p", { class: "small quiet" }, note ?? ""),
    el("div", { class: "said" }, sound && plays ? el("span", { class: "play" }, playButton(sound, { second: () => Math.max(0, now) })) : null, readout),
    el("div", { class: "panels" }, el("p", { class: "side sound" }, el("span", { class: "head" }, "sound")), wave, legend, area, axis, scrub),
    plays ? viewButtons(view) : null,
  );
  return { figure, seek };
}
