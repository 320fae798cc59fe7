// One track: what it is, how it goes along, what sounds like it and why; all numbers at the end.
import { facts, genreAnswer, traitRow } from "./answer.js";
import { apiFor, bars, follow, matchList, playButton, query, sentence, trouble } from "./common.js";
import { cover } from "./cover.js";
import { $, el } from "./elements.js";
import { counted } from "./format.js";
import { albumLink, artistLink } from "./links.js";
import { drawMoments } from "./moments.js";
import { showName } from "./naming.js";
import { drawTimeline, timelinesOf } from "./timeline.js";

const PHASES = { waiting: "Waiting…", starting: "Getting ready…", listening: "Listening to the whole track…" };

export function start({ signal }) {
  const api = apiFor(signal);
  const id = decodeURIComponent(location.pathname.split("/").pop());
  let heardTrack = null;
  function show(told) {
    const { track, timeline } = told;
    heardTrack = track;
    showName(track.title);
    $("loading").hidden = true;
    $("track").hidden = false;
    $("cover").replaceChildren(cover(track.track_id, { size: "medium", alt: `Cover of ${track.album ?? track.title}` }));
    const by = [artistLink(track.artist_id, track.artist), albumLink(track.album_id, track.album), track.year];
    $("by").replaceChildren(...by.filter(Boolean).map((each) => el("span", {}, each)));
    $("actions").replaceChildren(el("span", { class: "play" }, playButton(track)));
    $("answer").replaceChildren(...[genreAnswer(told.answers)].filter(Boolean));
    $("facts").replaceChildren(...facts(told));
    const warnings = timeline?.warnings ?? [];
    $("warnings").hidden = !warnings.length;
    $("warnings").replaceChildren(...warnings.map((warning) => el("li", {}, sentence(warning))));
    $("timeline").replaceChildren(timeline ? drawMoments({ track, timeline, signal }) : el("p", { class: "quiet" }, "Of this track no timeline is kept."));
    $("tags").replaceChildren(bars(told.tags.slice(0, 12), "Tags of the whole track"));
    $("traits").replaceChildren(el("ul", {}, told.traits.map(traitRow)));
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
