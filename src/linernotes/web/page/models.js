// Models: what each is worth, and teaching one what the library's files say.
import { apiFor, sentence, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { counted } from "./format.js";
import { inWords, modelCard } from "./model_card.js";
import { heedWork } from "./work.js";

const PHASES = { reading: "Reading what the file tags say…", listening: "Listening…", testing: "Testing on tracks that it has not heard…", training: "Training…", stopping: "Stopping…" };
const CALLED = { albumartist: "album artist" };
// How tracks are parted into those to learn from and those to test on, the fairest first.
const SPLITS = [
  ["artist", "By artist and album", "No artist and no album on both sides. It tells how well the model does with musicians whom it has never heard: the honest figure."],
  ["album", "By album", "No album on both sides, but artists may be. It tells how well it does with new albums of artists that it knows."],
  ["random", "At random", "Songs of one album may be on both sides. It flatters: with other music it will be right less often."],
];

const calledLabel = (label) => CALLED[label] ?? label;

function outcome(ended) {
  if (ended.state === "failed") return trouble(ended.error);
  if (ended.state === "stopped") return el("p", { class: "notice" }, "Stopped; no model was made.");
  const { model: name, tracks, tested, split, untested, warnings = [] } = ended.progress.result ?? {};
  const [, parted] = SPLITS.find(([each]) => each === split) ?? [];
  return el(
    "div",
    { class: "notice" },
    el("p", {}, el("b", {}, name), ` learned from ${counted(tracks, "track")}.`, tested && parted ? ` Tested ${parted.toLowerCase()}:` : ""),
    tested ? inWords(tested) : el("p", {}, el("b", {}, "It could not be tested fairly. "), sentence(untested ?? "")),
    warnings.length ? el("ul", { class: "points" }, warnings.map((warning) => el("li", {}, sentence(warning)))) : null,
    el("p", {}, el("a", { href: "/" }, "Ask it about a track")),
  );
}

export function start({ signal }) {
  const api = apiFor(signal);
  let labels = [];

  function describe() {
    const chosen = labels.find(({ label }) => label === $("label").value);
    const shown = chosen.classes.slice(0, 8).map(({ name, tracks }) => `${name} (${tracks})`);
    const more = chosen.total - shown.length;
    $("classes").textContent = `${counted(chosen.tracks, "track")}: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}. Classes of one track are left out.`;
    const fairest = SPLITS.find(([name]) => chosen.splits[name] > 1)?.[0];
    $("splits").replaceChildren(
      $("splits").firstElementChild,
      ...SPLITS.map(([name, title, meaning]) => {
        const count = chosen.splits[name];
        const can = count > 1 ? (count < chosen.total ? `Tests ${count} of ${chosen.total} classes.` : "Tests every class.") : "Cannot be tested so: too few classes can be parted.";
        return el(
          "label",
          { class: "way" },
          el("input", { type: "radio", name: "split", value: name, checked: name === (fairest ?? "artist"), disabled: Boolean(fairest) && count < 2 }),
          el("span", {}, el("b", {}, title), el("span", { class: "small" }, `${meaning} `, el("i", {}, can))),
        );
      }),
    );
    $("unfair").hidden = Boolean(fairest);
  }

  const watch = heedWork($("order"), {
    phases: PHASES,
    start: () => api("/trainings", { method: "POST", body: { label: $("label").value, name: $("name").value.trim(), recipe: $("recipe").value, split: document.querySelector("input[name=split]:checked").value } }),
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
      $("outcome").replaceChildren(el("p", { class: "empty" }, "There is nothing to learn yet: the library's file tags do not tell two classes of anything. ", el("a", { href: "/library/scan" }, "Scan music whose files say their genre")));
      return;
    }
    // What can be tested most fairly comes first.
    $("label").replaceChildren(...labels.map(({ label, total }) => el("option", { value: label }, `${calledLabel(label)} (${total} classes)`)));
    $("recipe").replaceChildren(...told.recipes.map(({ name, model: words }) => el("option", { value: name }, `${name}: ${words}`)));
    describe();
    if (told.training && !told.training.ended) watch(told.training.id);
  }
  $("label").addEventListener("change", describe);

  async function look() {
    try {
      const { models } = await api("/models");
      $("models").replaceChildren(...models.map(modelCard));
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
