// Recordings that several files hold, which of them to keep, and why.
import { announce, apiFor, playButton, query, sentence, trouble } from "./common.js";
import { cover } from "./cover.js";
import { $, el } from "./elements.js";
import { clock, counted } from "./format.js";
import { artistLink, trackLink } from "./links.js";

const LIMIT = 20;
const WORDS = {
  "same file": "the same bytes",
  "same recording": "sounds the same, as long, same title",
  perhaps: "perhaps: sounds the same and is as long, but the titles differ",
};
const size = (bytes) => (bytes === null ? null : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`);

function fileOf(file, kept, why) {
  const about = [file.format, file.lossless ? "lossless" : file.kbits ? `${file.kbits} kbit/s` : null, size(file.bytes), clock(file.track.duration), counted(file.tags, "file tag")];
  return el(
    "li",
    { class: kept ? "kept" : null },
    el("span", { class: "play" }, playButton(file.track)),
    el(
      "div",
      {},
      el("p", {}, kept ? el("b", { class: "keep" }, "Keep") : null, kept ? " " : null, el("bdi", { class: "path" }, file.path)),
      el("p", { class: "small quiet" }, about.filter(Boolean).join(", "), kept ? ` – ${sentence(why)}` : null),
    ),
  );
}

function drawGroup({ certainty, keep, why, files }) {
  const { track } = files[keep];
  const others = files.filter((file, i) => i !== keep);
  return el(
    "article",
    { class: "group" },
    cover(track.track_id, { resting: true }),
    el("div", {}, el("h2", {}, trackLink(track)), el("p", { class: "small quiet" }, artistLink(track.artist_id, track.artist), track.artist ? " – " : null, WORDS[certainty])),
    el("ul", { class: "files" }, fileOf(files[keep], true, why), others.map((file) => fileOf(file, false))),
  );
}

export function start({ signal }) {
  const api = apiFor(signal);
  let offset = Math.max(0, Number.parseInt(new URLSearchParams(location.search).get("offset"), 10) || 0);

  async function look() {
    history.replaceState(history.state, "", offset ? `?offset=${offset}` : location.pathname);
    try {
      const { total, groups } = await api(`/duplicates?${query({ offset: offset || "", limit: LIMIT })}`);
      const words = total ? `${counted(total, "recording")} in more than one file` : "No recording is there twice.";
      $("count").textContent = words;
      announce(words);
      const last = Math.min(total, offset + LIMIT);
      $("pager").hidden = total <= LIMIT;
      $("page").textContent = `${offset + 1}–${last} of ${total.toLocaleString("en")}`;
      $("previous").disabled = offset === 0;
      $("next").disabled = last >= total;
      $("list").replaceChildren(...groups.map(drawGroup));
    } catch (error) {
      $("count").textContent = "";
      $("list").replaceChildren(trouble(error, look));
    }
  }

  const turn = (pages) => {
    offset = Math.max(0, offset + pages * LIMIT);
    look().then(() => $("count").scrollIntoView({ block: "start" }));
  };
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));
  look();
}
