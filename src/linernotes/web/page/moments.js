// Tags along a track: a row a tag, a column a moment, darker where it is more probable. A moment is
// played by its head, and marked while it plays.
import { el } from "./elements.js";
import { clock, percent } from "./format.js";
import { onPlaying, playTrack, playing } from "./playing.js";

const level = (p) => (p >= 0.5 ? "h3" : p >= 0.25 ? "h2" : p >= 0.1 ? "h1" : "h0");

export function drawMoments({ track, timeline, signal }) {
  const ends = timeline.end;
  const heads = timeline.start.map((start, i) =>
    el("th", { scope: "col" }, el("button", { type: "button", "aria-label": `Play from ${clock(start)}`, onclick: () => playTrack(track, { second: start }) }, clock(start), el("span", { class: "end" }, `–${clock(ends[i])}`))),
  );
  const cells = timeline.tags.map((tag, i) => timeline.probabilities.map((row) => el("td", { class: `number ${level(row[i])}` }, percent(row[i]))));
  const mark = () => {
    const now = playing.is(track) && !playing.paused ? timeline.start.findLastIndex((start, i) => start <= playing.second && playing.second < ends[i]) : -1;
    heads.forEach((head, i) => (i === now ? head.setAttribute("aria-current", "true") : head.removeAttribute("aria-current")));
  };
  onPlaying(signal, { time: mark });
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Tags along the track" },
    el(
      "table",
      { class: "heat" },
      el("thead", {}, el("tr", {}, el("td", {}), heads)),
      el("tbody", {}, timeline.tags.map((tag, i) => el("tr", {}, el("th", { scope: "row" }, tag), cells[i]))),
    ),
  );
}
