// The result of an identification: what it is, how that changes, and what sounds like it.
import { apiFor, bars, copyLink, icon, matchList, meter, plainKey, sentence, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { emptyLibrary } from "./empty.js";
import { clock, inRange, percent } from "./format.js";
import { NONE, colourOf, coloursOf, drawTimeline, shareOf, timelinesOf } from "./timeline.js";
import { makeView } from "./stretch.js";

const DELETED = "The sound itself was deleted after it had been listened to; only who gave it can play it here.";

const verdictOf = (model) => {
  const [first, second] = model.classes.filter((each) => each.name !== NONE);
  return { told: model.certainty === "sure" || model.certainty === "likely", first, second };
};

function opinion(model, label) {
  const { told, first, second } = verdictOf(model);
  const colours = coloursOf(model.timeline);
  const kind = (name) => colours[model.timeline.classes.indexOf(name)] ?? "other";
  const rows = model.classes.slice(0, 5).map((each) => ({ ...each, kind: kind(each.name) }));
  const perhaps = [first, second].filter(Boolean).map((each) => `${each.name} ${percent(each.probability)}`);
  return el(
    "div",
    {},
    el("h3", {}, label),
    told
      ? el("p", { class: "verdict" }, first.name, " ", el("span", { class: "number" }, percent(first.probability)), model.certainty === "likely" ? el("small", {}, "likely") : "")
      : el("p", { class: "verdict" }, el("i", {}, model.certainty), el("small", {}, `${model.rejected ? "nearest" : "perhaps"} ${perhaps.join(" or ")}`)),
    bars(rows, `Most probable: ${label}`),
  );
}

function numberOpinion(target, i) {
  const { name, value, interval, range, unit } = target;
  const between = interval.map((end) => inRange(end, range)).join(" to ");
  const whole = range.map((end) => inRange(end, range)).join(" to ");
  return el(
    "div",
    {},
    el("h3", {}, name),
    el("p", { class: "verdict" }, inRange(value, range, unit), " ", el("small", {}, `${between} for nine of ten tracks`)),
    el(
      "table",
      { class: "bars", "aria-label": `Where ${name} lies in the range that was learned from` },
      el("tbody", {}, el("tr", {}, el("th", { scope: "row" }, whole), el("td", {}, meter(shareOf(target, value), colourOf(i))), el("td", { class: "number" }, inRange(value, range)))),
    ),
  );
}

/** A word for what several numbers say together. */
const wordOpinion = ({ word, targets }, label) =>
  el(
    "div",
    {},
    el("h3", {}, label),
    el("p", { class: "verdict" }, ["not sure", NONE].includes(word) ? el("i", {}, word) : word),
    word === NONE ? "" : el("p", { class: "small quiet" }, targets.map(({ name, value, range }) => `${name} ${inRange(value, range)}`).join(", ")),
  );

function opinions(model, label) {
  if (!model.targets) return [opinion(model, label)];
  const word = model.word ? [wordOpinion(model, label)] : [];
  return model.word === NONE ? word : [...word, ...model.targets.map(numberOpinion)];
}

const addresses = new WeakMap(); // of sounds, each once
const addressOf = (file) => {
  if (!addresses.has(file)) addresses.set(file, URL.createObjectURL(file));
  return addresses.get(file);
};

function similarTo(id, signal) {
  const api = apiFor(signal);
  const place = el("div", {}, el("p", { class: "quiet" }, "Looking…"));
  const look = async () => {
    try {
      const { matches } = await api(`/identifications/${encodeURIComponent(id)}/similar?n=8&per_artist=2`);
      place.replaceChildren(matches.length ? matchList(matches) : emptyLibrary("The library holds nothing to compare with yet."));
    } catch (error) {
      place.replaceChildren(trouble(error, look));
    }
  };
  look();
  return el("section", { class: "apart", "aria-labelledby": "alike" }, el("h2", { id: "alike" }, "In your library, this sounds like"), place);
}

const inLibrary = (track) =>
  el("p", { class: "notice" }, "This is in your library: ", el("a", { href: `/track/${encodeURIComponent(track.track_id)}` }, el("bdi", {}, track.title)), track.artist ? el("span", {}, " ", el("bdi", {}, track.artist)) : null);

/** Show a result; file is its sound where this window has it. Returns its title. */
export function showHeard(told, file, signal) {
  const { result } = told;
  const titled = Boolean(result.title);
  const name = titled ? result.title : result.file;
  const address = new URL(`/heard/${told.id}`, location.href).href;
  const facts = [
    ["File", titled ? result.file : null],
    ["Length", clock(result.duration)],
    ["Tempo", told.tempo ? `${Math.round(told.tempo)} BPM` : null],
    ["Key", plainKey(told.key) || null],
  ].filter(([, value]) => value);
  const copy = el("button", { type: "button", onclick: () => copyLink(copy, address) }, icon("link"), el("span", {}, "Copy the link"));
  const sound = file && { key: `heard-${told.id}`, src: addressOf(file), title: name, artist: result.artist ?? "", href: `/heard/${told.id}`, duration: result.duration };
  const view = makeView();
  const figures = result.models
    .filter((model) => model.timeline.start.length)
    .flatMap((model) => timelinesOf(model, told.labels[model.model]))
    .map((drawn, i) =>
      drawTimeline({ waveform: told.waveform, duration: result.duration, ...drawn, sound, plays: i === 0, note: i === 0 ? DELETED : "", signal, view }),
    );
  $("heard-title").replaceChildren(el("bdi", {}, name), titled && result.artist ? el("span", { class: "by" }, " ", el("bdi", {}, result.artist)) : "");
  $("heard-body").replaceChildren(
    told.in_library ? inLibrary(told.in_library) : "",
    result.warnings.length ? el("ul", { class: "warnings", "aria-label": "Warnings" }, result.warnings.map((warning) => el("li", {}, sentence(warning)))) : "",
    el(
      "div",
      { class: "columns" },
      result.models.flatMap((model) => opinions(model, told.labels[model.model])),
      el(
        "div",
        {},
        el("h3", {}, "tags"),
        el("p", { class: "verdict" }, result.tags.slice(0, 3).map((tag) => tag.name).join(", ")),
        bars(result.tags.slice(0, 6), "Most probable tags"),
      ),
    ),
    result.models.filter((model) => model.licence).map((model) => el("p", { class: "small quiet" }, `${told.labels[model.model]}: ${model.licence}.`)),
    el("dl", { class: "facts" }, facts.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value)))),
    ...figures.map(({ figure }) => figure),
    el("p", { class: "small quiet" }, "A probability is a model's opinion, calibrated on other music than yours. ", el("a", { href: "/models" }, "How far to trust it")),
    el(
      "p",
      { class: "row" },
      copy,
      el("a", { class: "button", href: `/api/v1/identifications/${encodeURIComponent(told.id)}/report`, download: "" }, icon("save"), "Report"),
      el("a", { class: "button", href: `/api/v1/identifications/${encodeURIComponent(told.id)}/file`, download: "" }, icon("save"), "JSON"),
    ),
    told.can_compare ? similarTo(told.id, signal) : "",
  );
  $("heard").hidden = false;
  return [result.artist, name].filter(Boolean).join(" – ");
}
