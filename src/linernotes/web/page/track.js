// One track: what was heard and measured, what sounds like it, and why.
import { apiFor, bars, follow, matchList, plainKey, playButton, query, sentence, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { clock, counted, percent } from "./format.js";
import { drawTimeline, timelinesOf } from "./timeline.js";

const PHASES = { waiting: "Waiting…", starting: "Getting ready…", listening: "Listening to the whole track…" };

const cell = (p) => el("td", { class: `number ${p >= 0.5 ? "h3" : p >= 0.25 ? "h2" : p >= 0.1 ? "h1" : "h0"}` }, percent(p));

function heat(timeline) {
  const times = timeline.start.map((start, i) => `${clock(start)}–${clock(timeline.end[i])}`);
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Tags along the track" },
    el(
      "table",
      { class: "heat" },
      el("thead", {}, el("tr", {}, el("td", {}), times.map((time) => el("th", { scope: "col", class: "number" }, time)))),
      el("tbody", {}, timeline.tags.map((tag, i) => el("tr", {}, el("th", { scope: "row" }, tag), timeline.probabilities.map((row) => cell(row[i]))))),
    ),
  );
}

function trait({ name, value, unit, share, low, high }) {
  const mark = el("i");
  mark.style.left = `${(100 * share).toFixed(1)}%`;
  const number = Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
  return el(
    "li",
    { class: "trait" },
    el("span", {}, name),
    el("span", { class: "number" }, `${number} ${unit}`),
    el("span", { class: "scale", "aria-hidden": "true" }, mark),
    el("span", { class: "unseen" }, `more than ${Math.round(100 * share)} % of the library`),
    el("span", { class: "ends", "aria-hidden": "true" }, el("span", {}, low), el("span", {}, high)),
  );
}

export function start({ signal }) {
  const api = apiFor(signal);
  const id = decodeURIComponent(location.pathname.split("/").pop());
  let heardTrack = null;
  function show(told) {
    const { track, timeline } = told;
    heardTrack = track;
    // A file tag of the same name goes first.
    const heard = (name) => told.heard[`heard_${name}`] ?? told.heard[name] ?? null;
    document.title = `${track.title} – linernotes`;
    $("loading").hidden = true;
    $("track").hidden = false;
    $("title").replaceChildren(el("bdi", {}, track.title));
    const by = [track.artist, track.album, track.year].filter(Boolean);
    $("by").replaceChildren(...by.flatMap((each, i) => [i ? " · " : "", el("bdi", {}, String(each))]));
    $("play").replaceChildren(playButton(track));
    const facts = [
      ["Length", clock(track.duration)],
      ["Tempo", track.tempo ? `${Math.round(track.tempo)} BPM` : null],
      ["Key", plainKey(track.key) || null],
      ["Genre, says the file", track.genre],
      ["Genre, as heard", heard("genre")],
      ["Mood, as heard", heard("mood") && heard("energy") ? `${heard("mood")} (energy ${Number(heard("energy")).toFixed(2)}, valence ${Number(heard("valence")).toFixed(2)})` : heard("mood")],
      ["For this library", told.words.slice(0, 3).join(", ") || null],
    ].filter(([, value]) => value);
    $("facts").replaceChildren(...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
    const warnings = timeline?.warnings ?? [];
    $("warnings").hidden = !warnings.length;
    $("warnings").replaceChildren(...warnings.map((warning) => el("li", {}, sentence(warning))));
    $("timeline").replaceChildren(timeline ? heat(timeline) : el("p", { class: "quiet" }, "Of this track no timeline is kept."));
    $("tags").replaceChildren(bars(told.tags.slice(0, 12), "Tags of the whole track"));
    $("traits").replaceChildren(el("ul", {}, told.traits.map(trait)));
    $("file").replaceChildren(...[...Object.entries(told.file_tags), ["file", track.path]].flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, el("bdi", {}, value))]));
  }

  async function alike() {
    try {
      const { matches } = await api(`/similar?${query({ track: id, n: 10, per_artist: 2 })}`);
      $("matches").replaceChildren(matches.length ? matchList(matches) : el("p", { class: "empty" }, "There is nothing else in the library yet."));
    } catch (error) {
      $("matches").replaceChildren(trouble(error, alike));
    }
  }

  async function listen() {
    $("listen").disabled = true;
    const words = el("p", { role: "status" }, PHASES.waiting);
    const stop = el("button", { type: "button" }, "Stop");
    $("listening").replaceChildren(words, el("progress", { "aria-label": "Listening" }), el("p", { class: "row" }, stop));
    try {
      const job = await api(`/tracks/${encodeURIComponent(id)}/identification`, { method: "POST" });
      stop.addEventListener("click", () => api(`/jobs/${encodeURIComponent(job.id)}`, { method: "DELETE" }).catch(() => {}));
      const ended = await follow(job.id, (now) => {
        const ahead = now.progress.ahead;
        words.textContent = ahead ? `Waiting, ${counted(ahead, "track")} before it…` : (PHASES[now.progress.phase] ?? PHASES.listening);
      }, { signal });
      if (ended.state === "stopped") {
        $("listening").replaceChildren();
        $("listen").disabled = false;
        return;
      }
      if (ended.state === "failed") throw new Error(ended.error.message);
      const told = await api(`/identifications/${encodeURIComponent(job.id)}`);
      const drawn = told.result.models.flatMap((model) => timelinesOf(model, told.labels[model.model]));
      const figures = drawn.map((each, i) =>
        drawTimeline({
          waveform: told.waveform,
          duration: told.result.duration,
          ...each,
          sound: heardTrack,
          plays: i === 0,
          signal,
        }),
      );
      $("listen-row").hidden = true;
      $("listening").replaceChildren(...figures.map(({ figure }) => figure), el("p", {}, el("a", { href: `/heard/${told.id}` }, "This as a page of its own")));
    } catch (error) {
      $("listen").disabled = false;
      $("listening").replaceChildren(trouble(error, listen));
    }
  }
  $("listen").addEventListener("click", listen);

  (async function look() {
    try {
      show(await api(`/tracks/${encodeURIComponent(id)}`));
      $("trouble").replaceChildren();
      alike();
    } catch (error) {
      $("loading").hidden = true;
      $("trouble").replaceChildren(trouble(error, error.status === 404 ? null : look), el("p", {}, el("a", { href: "/library" }, "To the library")));
    }
  })();
}
