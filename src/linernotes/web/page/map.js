// Map: what sounds alike lies together; colour by anything, draw around tracks, take them along.
import { announce, apiFor, follow, matchList, playButton, playTrack, playTracks, query, sentence, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { counted } from "./format.js";
import { tellsMuch } from "./legend.js";
import { makeLasso, pointsInside } from "./lasso.js";
import { navigate } from "./navigation.js";
import { keptLink, saveFile, savePlaylist } from "./save_playlist.js";
import { showMap } from "./scatter.js";

const LISTED = 100; // tracks that were chosen
const LINGER = 250; // ms: on the way to a track one passes many

export function start({ signal }) {
  const api = apiFor(signal);
  let map;
  let tracks = { track_id: [], title: [], artist: [] };
  let chosen = new Set(); // by the lasso, or one by one
  const marks = $("marks");

  /** Read a column as the server tells it: a description, then a value for each track. */
  async function read({ group, name }) {
    const bytes = await api(`/map/column?${query({ group, name })}`, { as: "arrayBuffer" });
    const length = new DataView(bytes).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
    const values = new (head.classes ? Uint16Array : Float32Array)(bytes.slice(4 + length));
    return { ...head, values };
  }

  // A track, and what sounds like it.

  const trackOf = (i) => ({ track_id: tracks.track_id[i], title: tracks.title[i], artist: tracks.artist[i] });
  let placeOf = null;

  async function choose(i, how) {
    const track = trackOf(i);
    $("track").hidden = false;
    $("title").replaceChildren(el("a", { href: `/track/${encodeURIComponent(track.track_id)}` }, el("bdi", {}, track.title)));
    $("artist").replaceChildren(el("bdi", {}, track.artist));
    $("track-row").replaceChildren(el("span", { class: "play" }, playButton(track)), el("a", { href: `/discover?also=${encodeURIComponent(track.track_id)}` }, "More like this"));
    announce(track.artist ? `${track.title}, ${track.artist}` : track.title);
    if (how === "click") playTrack(track, { stop: false });
    $("neighbours").replaceChildren(el("p", { class: "quiet" }, "Looking…"));
    try {
      const { matches } = await api(`/similar?${query({ track: track.track_id, n: 8 })}`);
      if (map.current() !== i) return;
      placeOf ??= new Map(tracks.track_id.map((id, at) => [id, at]));
      map.showAlike(matches.map((match) => placeOf.get(match.track_id)).filter((at) => at !== undefined));
      $("neighbours").replaceChildren(matchList(matches));
    } catch (error) {
      if (map.current() === i) $("neighbours").replaceChildren(trouble(error));
    }
  }
  let listening = 0;
  function pointAt(i) {
    clearTimeout(listening);
    if (i >= 0 && $("aloud").checked) listening = setTimeout(() => playTrack(trackOf(i), { stop: false }), LINGER);
  }

  // Tracks to take along.

  let found = null; // by the search
  /** The tracks that were chosen, of those that a search found. */
  const inOrder = () => {
    const hits = found && new Set(found);
    return [...chosen].filter((i) => !hits || hits.has(i)).sort((a, b) => a - b);
  };
  function showConditions() {
    const chip = (text, count, remove) =>
      el("li", {}, el("span", {}, text, el("small", { class: "quiet" }, ` ${counted(count, "track")}`)), el("button", { type: "button", "aria-label": `Remove: ${text}`, onclick: remove }, "×"));
    $("conditions").hidden = !found && !chosen.size;
    $("conditions").replaceChildren(
      found ? chip(`Found by “${$("search").value.trim()}”`, found.length, search.bind(null, "")) : "",
      chosen.size ? chip("Chosen on the map", chosen.size, clear) : "",
      found && chosen.size ? el("li", { class: "both" }, el("span", {}, `Both: ${counted(inOrder().length, "track")}`)) : "",
    );
    showList();
  }
  function search(text) {
    $("search").value = text;
    $("search").dispatchEvent(new Event("input"));
    $("search").focus();
  }
  function showChosen() {
    showConditions();
    announce($("chosen-count").textContent);
    map.showAlone(chosen.size ? [...chosen] : null);
  }
  function showList() {
    const list = inOrder();
    const row = ({ title, artist }) => el("li", {}, el("bdi", {}, title), artist ? el("span", { class: "quiet" }, " ", el("bdi", {}, artist)) : null);
    $("chosen").hidden = !chosen.size;
    $("chosen-count").textContent = `${counted(list.length, "track")} chosen${found ? " and found" : ""}`;
    for (const id of ["play-chosen", "keep", "download", "name-these"]) $(id).hidden = !list.length;
    $("chosen-list").replaceChildren(
      ...list.slice(0, LISTED).map((i) => row(trackOf(i))),
      list.length > LISTED ? el("li", { class: "quiet" }, `and ${(list.length - LISTED).toLocaleString("en")} more`) : "",
    );
  }
  const lasso = makeLasso($("lasso"), marks, (corners, more) => {
    const caught = pointsInside(corners, tracks.track_id.length, map.view.pixelsOf, map.isShown);
    chosen = new Set(more ? [...chosen, ...caught] : caught);
    showChosen();
  });
  function chooseCurrent() {
    const i = map.current();
    if (i < 0) return;
    if (!chosen.delete(i)) chosen.add(i);
    showChosen();
  }
  function clear() {
    chosen.clear();
    showChosen();
    marks.focus();
  }
  $("clear").addEventListener("click", clear);
  const chosenIds = () => inOrder().map((i) => tracks.track_id[i]);
  $("play-chosen").addEventListener("click", () => playTracks(inOrder().map(trackOf)));
  $("keep").addEventListener("click", () => savePlaylist({ tracks: chosenIds, signal, done: (kept) => $("chosen-list").before(keptLink(kept)) }));
  $("download").addEventListener("click", async () => {
    try {
      await saveFile("/playlists/export", { body: { tracks: chosenIds() }, name: "linernotes", kind: "m3u8" });
    } catch (error) {
      $("chosen-list").prepend(el("li", {}, trouble(error)));
    }
  });

  // Names for tracks: they are kept, and models learn them.

  const offerLabels = ({ labels }) => $("labels").replaceChildren(...labels.map(({ name }) => el("option", { value: name })));
  api("/labels").then(offerLabels).catch(() => {});
  $("name-these").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = $("label").value.trim();
    const list = inOrder();
    if (!name || !list.length) return $("label").focus();
    try {
      const told = await api("/labels", { method: "POST", body: { name, tracks: list.map((i) => tracks.track_id[i]) } });
      offerLabels(told);
      $("label").value = "";
      $("named").replaceChildren(
        `${counted(list.length, "track")} named “${name}”. `,
        told.labels.length > 1 ? el("a", { href: "/models" }, "Train a model on your names") : "Name others, and a model can learn to tell them apart.",
      );
      clear();
      await map.colourByName("label", "own");
    } catch (error) {
      $("named").replaceChildren(trouble(error));
    }
  });

  // The beginning.

  const cover = (...children) => {
    $("cover").hidden = !children.length;
    $("cover").replaceChildren(...children);
  };

  async function make() {
    $("redraw").hidden = true;
    try {
      const job = await api("/maps", { method: "POST" });
      const words = el("p", { role: "status" }, "Drawing the map. A large library takes some minutes; you may leave and come back.");
      const stop = el("button", { type: "button", onclick: () => api(`/jobs/${encodeURIComponent(job.id)}`, { method: "DELETE" }).catch(() => {}) }, "Stop");
      cover(words, el("progress", { "aria-label": "Drawing the map" }), stop);
      const ended = await follow(job.id, () => {}, { signal });
      if (ended.state === "done") return navigate(location.href);
      if (ended.state === "failed") throw new Error(ended.error.message);
      cover(el("p", {}, "Stopped."), el("button", { type: "button", class: "main", onclick: make }, "Draw the map"));
    } catch (error) {
      if (error.code === "no-map") cover(el("p", {}, sentence(error.message)), el("a", { class: "button main", href: "/library/scan" }, "Scan your music"));
      else cover(trouble(error, make));
    }
  }
  $("redraw").addEventListener("click", make);

  async function load({ columns, fresh }) {
    const indexOf = (group, name) => columns.findIndex((column) => column.group === group && column.name === name);
    const cluster = indexOf("found", "cluster");
    const [places, named, clusters] = await Promise.all([
      api("/map/places", { as: "arrayBuffer" }),
      api("/map/tracks"),
      read(columns[cluster]),
    ]);
    tracks = named;
    marks.setAttribute("aria-label", `Map of ${counted(tracks.track_id.length, "track")}`);
    for (const id of ["bar", "beside", "zoom"]) $(id).hidden = false;
    map = showMap({
      places: new Float32Array(places), titles: tracks.title, artists: tracks.artist, columns, clusters, lasso, choose, signal,
      read: (column) => read(column).catch((error) => announce(error.message)),
      forget: () => ($("track").hidden = true),
      found: (hits, words) => {
        found = hits;
        showConditions();
        if (words) announce(words);
      },
      point: pointAt,
      keys: {
        Enter: () => map.current() >= 0 && playTrack(trackOf(map.current())),
        " ": chooseCurrent,
        Escape: () => (lasso.isOn() ? lasso.set(false) : map.forget()),
      },
    });
    // Where files tell hardly more than one genre, what is heard says more.
    for (const index of [indexOf("file", "genre"), indexOf("tags", "heard_genre"), cluster].filter((each) => each >= 0)) {
      await map.colourBy(index);
      if (tellsMuch(map.column())) break;
    }
    $("redraw").hidden = fresh;
    cover();
    document.documentElement.dataset.drawn = map.name;
    signal.addEventListener("abort", () => delete document.documentElement.dataset.drawn);
  }

  (async function begin() {
    try {
      const told = await api("/map");
      if (told.job && !told.job.ended) make(); // joins the work that goes on
      else if (told.key) await load(told);
      else make();
    } catch (error) {
      cover(trouble(error, begin));
    }
  })();
}
