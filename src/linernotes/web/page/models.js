// Models: their cards, as the command line shows them, with the confusion matrix drawn.
import { apiFor, sentence, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { counted, inRange, roundedPercent } from "./format.js";
import { heedWork } from "./work.js";

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

function measurement(scores, classes) {
  const between = scores.interval ? el("small", {}, `95 %: ${roundedPercent(scores.interval[0])} to ${roundedPercent(scores.interval[1])}`) : "";
  const facts = [
    ["Right", [roundedPercent(scores.accuracy), between]],
    ["Always the commonest class", roundedPercent(scores.baseline)],
    ["Macro F1", rounded(scores.macro_f1)],
    ["Log loss", rounded(scores.log_loss)],
    ["Calibration error", rounded(scores.calibration_error)],
    ["Cases", String(scores.cases)],
  ];
  return el(
    "div",
    {},
    el("h3", {}, scores.on),
    el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    scores.confusion.length ? confusion(scores, classes) : null,
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
    el("dl", { class: "facts" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
  );
}

const measured = (scores, told) => (told.targets ? numberMeasurement(scores) : measurement(scores, told.classes));
const tells = ({ label, classes, targets }) =>
  targets
    ? targets.map(({ name, low, high, unit }) => `${name} from ${inRange(low, [low, high])} to ${inRange(high, [low, high], unit)}`).join(", ")
    : `${label}: ${classes.join(", ")}`;

const points = (title, lines) => (lines.length ? el("div", {}, el("h3", {}, title), el("ul", { class: "points" }, lines.map((line) => el("li", {}, line)))) : null);

function model(told, number) {
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
    headlines.length ? headlines.map((scores) => measured(scores, told)) : el("p", { class: "notice" }, "It was never measured on music that it had not learned from."),
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

const PHASES = { reading: "Reading what the file tags say…", listening: "Listening…", testing: "Testing on tracks that it has not heard…", training: "Training…", stopping: "Stopping…" };

function outcome(ended) {
  if (ended.state === "failed") return trouble(ended.error);
  if (ended.state === "stopped") return el("p", { class: "notice" }, "Stopped; no model was made.");
  const { model: name, tracks, accuracy, baseline, untested, warnings } = ended.progress.result ?? {};
  const worth = untested
    ? `Nobody knows how good it is: ${untested}`
    : `It is right for ${roundedPercent(accuracy)} of tracks that it had not heard; always naming the commonest class gives ${roundedPercent(baseline)}`;
  return el(
    "div",
    { class: "notice" },
    el("p", {}, el("b", {}, name), ` learned from ${counted(tracks, "track")}. ${sentence(worth)}`),
    warnings?.length ? el("ul", { class: "points" }, warnings.map((warning) => el("li", {}, sentence(warning)))) : null,
    el("p", {}, el("a", { href: "/" }, "Ask it about a track")),
  );
}

export function start({ signal }) {
  const api = apiFor(signal);
  let labels = [];

  function describe() {
    const chosen = labels.find(({ label }) => label === $("label").value);
    const shown = chosen.classes.slice(0, 8).map(({ name, tracks }) => `${name} (${tracks})`);
    const more = chosen.classes.length - shown.length;
    $("classes").textContent = `${counted(chosen.tracks, "track")}: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}. Classes of one track are left out.`;
  }

  const watch = heedWork($("order"), {
    phases: PHASES,
    start: () => api("/trainings", { method: "POST", body: { label: $("label").value, name: $("name").value.trim(), recipe: $("recipe").value } }),
    show: ({ done = 0, total = 0 }) => (total > 1 ? { done, total, words: `${done} of ${total}` } : { words: "" }),
    outcome,
    signal,
    after: (ended) => ended?.state === "done" && look(),
  });

  async function teach() {
    const told = await api("/learnable");
    labels = told.labels;
    $("teach").hidden = false;
    if (!labels.length) {
      $("order").hidden = true;
      $("outcome").replaceChildren(el("p", { class: "empty" }, "The library's file tags do not tell two classes of anything yet. Scan music whose files say their genre."));
      return;
    }
    $("label").replaceChildren(...labels.map(({ label }) => el("option", { value: label }, label)));
    $("recipe").replaceChildren(...told.recipes.map(({ name, model: words }) => el("option", { value: name }, `${name}: ${words}`)));
    describe();
    if (told.training && !told.training.ended) watch(told.training.id);
  }
  $("label").addEventListener("change", describe);

  async function look() {
    try {
      const { models } = await api("/models");
      $("models").replaceChildren(...models.map(model));
    } catch (error) {
      $("models").replaceChildren(trouble(error, look));
    }
  }
  look();
  teach().catch((error) => {
    $("teach").hidden = false;
    $("order").hidden = true;
    $("outcome").replaceChildren(trouble(error));
  });
}
