// What a track is, in words, with how sure that is.
import { bars, plainKey } from "./common.js";
import { el } from "./elements.js";
import { clock, percent } from "./format.js";

const NONE = "none of these";
const told = ({ certainty }) => certainty === "sure" || certainty === "likely";

/** The genre as it was heard: the class, or what it may be. */
export function genreAnswer({ genre }) {
  if (!genre) return null;
  const classes = genre.classes.filter(({ name }) => name !== NONE);
  const perhaps = classes.slice(0, 2).map(({ name, probability }) => `${name} ${percent(probability)}`);
  return el(
    "div",
    { class: "genre" },
    told(genre)
      ? el("p", { class: "verdict" }, genre.answer, " ", el("span", { class: "number" }, percent(classes[0].probability)), el("small", {}, genre.certainty))
      : el("p", { class: "verdict" }, el("i", {}, genre.certainty), el("small", {}, `${genre.certainty === NONE ? "nearest" : "perhaps"} ${perhaps.join(" or ")}`)),
    bars(classes, "Most probable genres"),
  );
}

const moodWords = (mood) => [mood.answer, mood.certainty === "likely" ? el("small", {}, " likely") : null];
const PACES = [[76, "slow"], [108, "moderate"], [132, "lively"], [Infinity, "fast"]];
const pace = (tempo) => PACES.find(([most]) => tempo < most)[1];
const EXTENTS = [[0.2, "hardly any"], [0.4, "little"], [0.6, "medium"], [0.8, "much"], [Infinity, "very much"]];
const extent = (value) => EXTENTS.find(([most]) => value < most)[1];

/** Facts in words, the numbers small beside them. */
export function facts({ track, answers, words }) {
  const { mood } = answers;
  const small = (text) => el("small", {}, ` ${text}`);
  const found = [
    ["Mood", mood ? moodWords(mood) : null],
    ["Energy", mood?.energy === null || mood?.energy === undefined || mood.answer === NONE ? null : [extent(mood.energy), small(mood.energy.toFixed(2))]],
    ["Tempo", track.tempo ? [pace(track.tempo), small(`${Math.round(track.tempo)} BPM`)] : null],
    ["Key", plainKey(track.key) || null],
    ["Length", clock(track.duration)],
    ["Genre, says the file", track.genre ? el("bdi", {}, track.genre) : null],
    ["For this library", words.slice(0, 3).join(", ") || null],
  ].filter(([, value]) => value);
  return found.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, [value].flat())));
}

const SHARES = [[0.05, "less than almost all"], [0.2, "less than most"], [0.4, "rather little"], [0.6, "as most"], [0.8, "rather much"], [0.95, "more than most"], [Infinity, "more than almost all"]];

/** Something that was measured: how much of it there is among the tracks of the library. */
export function traitRow({ name, value, unit, share, low, high }) {
  const mark = el("i");
  mark.style.left = `${(100 * share).toFixed(1)}%`;
  const number = Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
  return el(
    "li",
    { class: "trait" },
    el("span", {}, el("b", {}, name), `: ${SHARES.find(([most]) => share < most)[1]}`),
    el("span", { class: "number small quiet" }, `${number} ${unit}`),
    el("span", { class: "scale", "aria-hidden": "true" }, mark),
    el("span", { class: "ends", "aria-hidden": "true" }, el("span", {}, low), el("span", {}, high)),
  );
}
