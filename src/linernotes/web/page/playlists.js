// Playlists: all that the library keeps, and new ones.
import { announce, apiFor, icon, playTracks, query, trouble } from "./common.js";
import { ask } from "./dialogs.js";
import { $, el } from "./elements.js";
import { counted } from "./format.js";
import { navigate } from "./navigation.js";
import { savePlaylist } from "./save_playlist.js";

const LIMIT = 50;
const LONGEST = 1000; // tracks that are played

export function start({ signal }) {
  const api = apiFor(signal);
  let offset = 0;

  const play = async (playlist) => {
    try {
      if (playlist.query) await api(`/playlists/${playlist.id}/refresh`, { method: "POST" });
      const { tracks } = await api(`/playlists/${playlist.id}?limit=${LONGEST}`);
      const there = tracks.filter(({ track }) => track).map(({ track }) => track);
      if (there.length) playTracks(there);
      else announce("There is nothing in it that can be played");
    } catch (error) {
      $("list").before(trouble(error));
    }
  };
  const row = (playlist) =>
    el(
      "li",
      {},
      el("span", { class: "play" }, el("button", { type: "button", "aria-label": `Play ${playlist.name}`, onclick: () => play(playlist) }, icon("play"))),
      el("div", {}, el("p", {}, el("a", { href: `/playlist/${playlist.id}` }, el("bdi", {}, playlist.name))), playlist.comment ? el("p", { class: "small quiet" }, el("bdi", {}, playlist.comment)) : null),
      el("span", { class: "small quiet number" }, `${playlist.query ? "smart, " : ""}${counted(playlist.length, "track")}`),
    );

  async function look() {
    try {
      const found = await api(`/playlists?${query({ q: $("q").value.trim(), offset, limit: LIMIT })}`);
      const { total } = found;
      $("count").textContent = total ? counted(total, "playlist") : "";
      const nothing = $("q").value.trim() ? "No playlist is called so." : "There is none yet. Make one here, or keep what plays, what you found or what you draw around on the map.";
      $("list").replaceChildren(...(total ? found.playlists.map(row) : [el("div", { class: "empty" }, nothing)]));
      const last = Math.min(total, offset + LIMIT);
      $("pager").hidden = total <= LIMIT;
      $("page").textContent = `${offset + 1}–${last} of ${total.toLocaleString("en")}`;
      $("previous").disabled = offset === 0;
      $("next").disabled = last >= total;
    } catch (error) {
      $("count").textContent = "";
      $("list").replaceChildren(trouble(error, look));
    }
  }
  let waiting = 0;
  $("q").addEventListener("input", () => {
    clearTimeout(waiting);
    offset = 0;
    waiting = setTimeout(look, 200);
  });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
  const turn = (pages) => {
    offset = Math.max(0, offset + pages * LIMIT);
    look().then(() => $("count").scrollIntoView({ block: "start" }));
  };
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));

  const show = (kept) => navigate(`/playlist/${kept.id}`);
  $("make").addEventListener("click", () => savePlaylist({ tracks: [], done: show, signal }));
  $("make-smart").addEventListener("click", () => {
    const field = (name, label, more = {}) => [name, el("input", { autocomplete: "off", spellcheck: false, ...more }), label];
    const fields = [
      field("name", "Name", { required: true, maxlength: 200 }),
      field("words", "It sounds like", { maxlength: 500, placeholder: "calm piano" }),
      field("where", "Filter", { maxlength: 500, placeholder: "genre=jazz and length<10m" }),
      field("n", "Tracks", { type: "number", min: 1, max: 1000, value: 50 }),
    ];
    const values = () => Object.fromEntries(fields.map(([name, input]) => [name, input.value.trim()]));
    ask({
      title: "A smart playlist",
      contents: [el("p", { class: "small quiet" }, "It asks the library whenever it is opened, so that it knows new tracks."), el("div", { class: "fields" }, fields.map(([, input, label]) => el("label", { class: "grow" }, `${label} `, input)))],
      act: "Make",
      signal,
      async run() {
        const { name, words, where, n } = values();
        show(await api("/playlists", { method: "POST", body: { name, query: { words, where, n: Number(n) || 50 } } }));
      },
    });
  });
  look();
}
