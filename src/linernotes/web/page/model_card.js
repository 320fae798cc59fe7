// The card of a model: in words first what it gets right, then tables and figures.
import { sentence } from "./common.js";
import { el } from "./elements.js";
import { inRange, roundedPercent } from "./format.js";
import { NONE } from "./timeline.js";

const rounded = (value) => value.toFixed(3);
const shade = (share) => (share >= 0.5 ? "s3" : share >= 0.2 ? "s2" : share >= 0.05 ? "s1" : "");

function confusion(scores, classes) {
  const head = el("tr", {}, el("td", {}), classes.map((name) => el("th", { scope: "col" }, name)), el("th", { scope: "col", class: "far" }, "recall"), el("th", { scope: "col", class: "far" }, "precision"));
  const rows = scores.confusion.map((row, i) => {
    const tracks = row.reduce((sum, count) => sum + count, 0);
    const total = Math.max(1, tracks);
    const share = (value) => (tracks ? roundedPercent(value) : "–"); // nothing is known of a class without tracks
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, classes[i]),
      row.map((count, j) => el("td", { class: [shade(count / total), i === j && "right"].filter(Boolean).join(" ") || null }, count || "")),
      el("td", { class: "far" }, share(scores.recall[i])),
      el("td", { class: "far" }, share(scores.precision[i])),
    );
  });
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": `Confusion matrix: ${scores.on}` },
    el("table", { class: "confusion" }, el("caption", { class: "unseen" }, "True classes in rows, predicted classes in columns"), el("thead", {}, head), el("tbody", {}, rows)),
  );
}

const of = ({ right, tracks }) => `${right} of ${tracks}`;
const named = (names) => `${names.slice(0, 8).join(", ")}${names.length > 8 ? ` and ${names.length - 8} more` : ""}`;
const hundred = (share) => Math.round(100 * share);

/**
 * What a test says of a model, in sentences.
 * @param {object} test accuracy, interval or null, baseline, and classes: name, tracks that were
 *   tested and how many of these were right; no classes where that is not known
 */
export function inWords({ accuracy, interval, baseline, classes }) {
  const tested = classes.filter(({ tracks }) => tracks);
  // "None of these" is no class that has tracks of its own.
  const untested = classes.filter(({ tracks, name }) => !tracks && name !== NONE).map(({ name }) => name);
  const unfair = untested.length ? `${named(untested)}: what there is of ${untested.length === 1 ? "it" : "them"} cannot be parted into music to learn from and music to test on.` : "";
  if (classes.length && tested.length < 2) return [el("p", { class: "notice" }, el("b", {}, "It could not be tested fairly. "), unfair)];
  const between = interval ? `, between ${hundred(interval[0])} and ${hundred(interval[1])}` : "";
  const ranked = [...tested].sort((a, b) => b.right / b.tracks - a.right / a.tracks);
  const each = (some) => some.map((one) => `${one.name} (${of(one)})`).join(" and ");
  const classesInWords = ranked.length > 3 ? `Best at ${each(ranked.slice(0, 2))}, worst at ${each(ranked.slice(-2).reverse())}.` : ranked.map((one) => `${one.name}: ${of(one)}`).join(", ");
  return [
    el("p", { class: "verdict" }, `Right in ${hundred(accuracy)} of 100`, el("small", {}, `tracks that it had not heard${between}. Guessing the most frequent class: ${hundred(baseline)}.`)),
    ranked.length ? el("p", {}, classesInWords) : null,
    unfair ? el("p", { class: "notice" }, el("b", {}, "Could not be tested fairly: "), unfair) : null,
  ].filter(Boolean);
}

function measurement(scores, names) {
  const classes = scores.confusion.map((row, i) => ({ name: names[i], tracks: row.reduce((sum, count) => sum + count, 0), right: row[i] }));
  const fair = !classes.length || classes.filter(({ tracks }) => tracks).length > 1;
  const facts = [["Macro F1", rounded(scores.macro_f1)], ["Log loss", rounded(scores.log_loss)], ["Calibration error", rounded(scores.calibration_error)], ["Tracks tested", String(scores.cases)]];
  return el(
    "div",
    {},
    el("h3", {}, scores.on),
    inWords({ ...scores, classes }),
    classes.length && fair ? [el("p", { class: "small quiet" }, "What each class was taken for: true ones in rows, answers in columns."), confusion(scores, names)] : null,
    fair ? el("details", {}, el("summary", {}, "Figures for statisticians"), el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))))) : null,
  );
}

function numberMeasurement(scores) {
  const { spearman, spearman_interval, r2, r2_interval, error, error_interval, baseline, coverage, unit } = scores;
  const short = (value) => `${Number(value.toPrecision(3))}${unit ? `\u00a0${unit}` : ""}`;
  const between = ([low, high], write) => el("small", {}, `95 %: ${write(low)} to ${write(high)}`);
  const facts = [
    ["Spearman", [rounded(spearman), between(spearman_interval, rounded)]],
    ["Variance told (R²)", [rounded(r2), between(r2_interval, rounded)]],
    ["Mean absolute error", [short(error), between(error_interval, short)]],
    ["Always the median", short(baseline)],
    ["Within the interval told", roundedPercent(coverage)],
    ["Cases", String(scores.cases)],
  ];
  return el(
    "div",
    {},
    el("h3", {}, `${scores.target}: ${scores.on}`),
    el("p", { class: "verdict" }, `Off by ${short(error)}`, el("small", {}, `on average, for tracks that it had not heard; always saying the median is off by ${short(baseline)}.`)),
    el("details", {}, el("summary", {}, "Figures for statisticians"), el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))))),
  );
}

const measured = (scores, told) => (told.targets ? numberMeasurement(scores) : measurement(scores, told.classes));
const tells = ({ label, classes, targets }) =>
  targets
    ? targets.map(({ name, low, high, unit }) => `${name} from ${inRange(low, [low, high])} to ${inRange(high, [low, high], unit)}`).join(", ")
    : `${label}: ${classes.join(", ")}`;

const points = (title, lines) => (lines.length ? el("div", {}, el("h3", {}, title), el("ul", { class: "points" }, lines.map((line) => el("li", {}, line)))) : null);

/** A model: what it tells, how well, and what it is not for. */
export function modelCard(told, number) {
  const { card } = told;
  // Of a regression there is a headline for each target.
  const headlines = card.scores.slice(0, told.targets ? told.targets.length : 1);
  const others = card.scores.slice(headlines.length);
  return el(
    "article",
    { class: "model", "aria-labelledby": `model-${number}` },
    el("h2", { id: `model-${number}` }, told.name),
    el("p", {}, card.summary),
    el("p", { class: "quiet" }, `Tells ${tells(told)}. Version ${told.version}.`),
    headlines.length ? headlines.map((scores) => measured(scores, told)) : el("p", { class: "notice" }, "Nobody knows how good it is: it was never tested on music that it had not learned from."),
    points("Not for", card.not_for),
    points("What is not known", card.limits),
    el(
      "details",
      {},
      el("summary", {}, "Data, how it was chosen, more figures, licence"),
      el("div", { class: "model apart" }, points("Data", card.data), points("How it was chosen", card.choice), others.map((scores) => measured(scores, told)), el("p", { class: "quiet" }, `Models measured on the test tracks: ${card.test_looks}. Licence: ${sentence(card.licence)}`)),
    ),
  );
}
