// Discover: words, sliders, more and less like this, a filter; what fits is shown as they change.
import { makeCombobox } from "./combobox.js";
import { announce, apiFor, icon, playButton, playTracks, query, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { emptyLibrary } from "./empty.js";
import { completeFilter } from "./filter_box.js";
import { counted } from "./format.js";
import { drawJourney } from "./journey.js";
import { WANTED, addedTo, keepAsked, lastAsked } from "./likes.js";
import { setGoesOn } from "./playing.js";
import { keptLink, savePlaylist } from "./save_playlist.js";
import { makeSliders } from "./sliders.js";

const SHOWN = 30;
const STEPS = 12; // of a path
const PER_ARTIST = "2";
const TEXTS = { words: "", where: "", per_artist: PER_ARTIST }; // with what they are at first
const IDEAS = ["mellow piano, no vocals", "fast techno", "acoustic guitar and female voice", "dark ambient", "upbeat funk", "sad strings, slow"];
const TYPED = 160; // ms that typing rests
const MOVED = 50; // ms that a slider rests
const UNFINISHED = 1200; // ms before it is told what is wrong in a filter that is being typed

export function start({ signal }) {
  const api = apiFor(signal);
  const titles = new Map(); // of tracks, by their ids
  let wanted = []; // { name, value } of WANTED, in their order
  let path = false;
  let asked = null;
  let waiting = 0;
  let complaint = 0;

  // What is asked, in the address.

  const sliders = makeSliders($("sliders"), $("voice"), () => soon(MOVED));
  function address() {
    const text = query({
      ...Object.fromEntries(Object.keys(TEXTS).map((name) => [name, $(name).value === TEXTS[name] ? "" : $(name).value.trim() || (name === "per_artist" ? "any" : "")])),
      ...sliders.values(),
      ...Object.fromEntries(Object.keys(WANTED).map((name) => [name, wanted.filter((each) => each.name === name).map(({ value }) => value)])),
      path: path && ends() ? "1" : "",
    });
    return text;
  }
  function remember(push) {
    const text = address();
    keepAsked(text);
    if (`?${text}` === location.search || (!text && !location.search)) return;
    history[push ? "pushState" : "replaceState"](history.state, "", text ? `?${text}` : location.pathname);
  }
  function recall() {
    const given = new URLSearchParams(location.search);
    for (const [name, usual] of Object.entries(TEXTS)) {
      const value = given.get(name) ?? usual;
      $(name).value = name === "per_artist" && value === "any" ? "" : value;
    }
    sliders.set(Object.fromEntries(given));
    wanted = [...given].filter(([name]) => name in WANTED).map(([name, value]) => ({ name, value }));
    path = given.has("path");
    showLikes();
    look();
  }
  const ends = () => {
    const tracks = wanted.filter(({ name }) => name === "track");
    return tracks.length === 2 ? tracks.map(({ value }) => value) : null;
  };

  // More and less like this.

  const opposite = (name) => ({ track: "unlike", unlike: "track", artist: "unlike_artist", unlike_artist: "artist" })[name];
  function want(name, value, title) {
    if (title) titles.set(value, title);
    wanted = wanted.filter((each) => each.value !== value || ![name, opposite(name)].includes(each.name));
    wanted.push({ name, value });
    changed();
  }
  function unwant(like) {
    wanted = wanted.filter((each) => each !== like);
    changed();
    ($("likes").querySelector("button") ?? $("find")).focus();
  }
  function changed() {
    showLikes();
    look({ push: true });
  }
  const isTrack = (name) => name === "track" || name === "unlike";
  function showLikes() {
    $("likes").hidden = !wanted.length;
    $("likes").replaceChildren(
      ...wanted.map((like) => {
        const { name, value } = like;
        const title = isTrack(name) ? (titles.get(value) ?? "…") : value;
        const more = WANTED[name] === "more";
        const said = `${more ? "more" : "less"} like ${title}`;
        return el("li", { class: more ? "more" : "less" },
          el("span", {}, el("b", { "aria-hidden": "true" }, more ? "+ " : "− "), el("bdi", {}, title), isTrack(name) ? "" : el("small", { class: "quiet" }, " artist")),
          el("button", { type: "button", "aria-label": `Turn round: ${said}`, title: more ? "Less like this" : "More like this", onclick: () => want(opposite(name), value) }, "⇄"),
          el("button", { type: "button", "aria-label": `No longer: ${said}`, title: "Remove", onclick: () => unwant(like) }, "×"));
      }),
    );
    for (const { name, value } of wanted) if (isTrack(name) && !titles.has(value)) nameTrack(value);
  }
  async function nameTrack(id) {
    titles.set(id, "…");
    try {
      const { track } = await api(`/tracks/${encodeURIComponent(id)}`);
      titles.set(id, track.title);
    } catch {
      titles.set(id, "a track that is gone");
    }
    showLikes();
  }

  // Asking.

  function soon(ms) {
    clearTimeout(waiting);
    waiting = setTimeout(look, ms);
  }
  async function look({ push = false } = {}) {
    clearTimeout(waiting);
    asked?.abort();
    const mine = (asked = new AbortController());
    remember(push);
    const of = (name) => wanted.filter((each) => each.name === name).map(({ value }) => value);
    const stand = Object.fromEntries(Object.entries(sliders.values()).filter(([, value]) => value !== ""));
    const body = {
      words: $("words").value.trim(), where: $("where").value.trim(), wishes: stand, n: SHOWN,
      tracks: of("track"), unlike: of("unlike"), artists: of("artist"), unlike_artists: of("unlike_artist"),
      per_artist: Number($("per_artist").value) || null,
    };
    const anything = body.words || body.where || wanted.length || Object.keys(stand).length;
    const taken = { signal: AbortSignal.any([signal, mine.signal]) };
    try {
      if (!anything) await showNothing(taken);
      else {
        const found = await api("/discover", { method: "POST", body, ...taken });
        show(found, body);
      }
      complain("");
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.code === "filter") return complain(error.message);
      complain("");
      $("understood").replaceChildren();
      $("matches").replaceChildren(trouble(error, error.status >= 400 && error.status < 500 ? null : look));
    }
    showPath(taken);
  }
  /** Tell what is wrong in a filter; while it is being typed, only when that rests. */
  function complain(text) {
    clearTimeout(complaint);
    const tell = () => {
      $("wrong").hidden = !text;
      $("wrong").textContent = text ? `${text.charAt(0).toUpperCase()}${text.slice(1)}.` : "";
      $("where").toggleAttribute("aria-invalid", Boolean(text));
      if (text) $("where").setAttribute("aria-invalid", "true");
    };
    if (text && document.activeElement === $("where") && $("wrong").hidden) complaint = setTimeout(tell, UNFINISHED);
    else tell();
  }

  // What was found.

  function understood({ understood: parts, unknown }) {
    const said = [];
    const listed = (nodes) => nodes.flatMap((node, i) => (i ? [", ", node] : [node]));
    const taken = parts.map(({ words, meaning }) => el("span", {}, el("b", {}, meaning), words === meaning || meaning === `no ${words}` ? "" : ` for “${words}”`));
    if (taken.length) said.push("Understood: ", ...listed(taken), ". ");
    if (unknown.length) said.push("Nothing is known by ", ...listed(unknown.map((word) => el("span", {}, "“", el("bdi", {}, word), "”"))), "; these change nothing.");
    return said;
  }
  let shown = []; // what was found
  let question = null; // and what for, as a smart playlist keeps it
  function show(found, body) {
    shown = found.matches;
    question = Object.fromEntries(Object.entries(body).filter(([name]) => name !== "n"));
    for (const match of found.matches) titles.set(match.track_id, match.title);
    $("understood").replaceChildren(...(body.words ? understood(found) : []));
    $("actions").hidden = !found.matches.length && !ends();
    showActions();
    $("matches").replaceChildren(
      found.matches.length ? el("ol", { class: "matches" }, found.matches.map((match) => row(match, found.matches)))
        : el("div", { class: "empty" }, el("p", {}, !found.total ? "No track passes the filter." : found.unknown.length ? "These words are not known. Tags such as jazz, piano or mellow are, and slow, bright, 120 bpm." : "No track fits.")),
    );
  }
  /** Play a track, and go on without an end with what follows it well. */
  function startRadio(track) {
    setGoesOn(true);
    playTracks([track]);
    announce(`Radio from ${track.title}`);
  }
  const row = (match, among) => {
    const { track_id: id, title, artist, why } = match;
    const is = (name) => wanted.some((each) => each.name === name && each.value === id);
    const button = (name, text, said) => el("button", { type: "button", "aria-pressed": String(is(name)), "aria-label": `${said} like ${title}`, onclick: () => want(name, id, title) }, text);
    return el("li", {},
      el("span", { class: "play" }, playButton(match, { among: () => among })),
      el("div", {},
        el("p", {}, el("a", { href: `/track/${encodeURIComponent(id)}` }, el("bdi", {}, title)),
          artist ? [" ", el("button", { type: "button", class: "quiet plain-button", "aria-label": `More like the artist ${artist}`, title: "More like this artist", onclick: () => want("artist", artist) }, el("bdi", {}, artist))] : null),
        why ? el("p", { class: "small quiet" }, why) : null),
      el("div", { class: "likes" }, button("track", "More", "More"), button("unlike", "Less", "Less"),
        el("button", { type: "button", "aria-label": `Radio from ${title}`, title: "Play this, and on and on what follows it well", onclick: () => startRadio(match) }, "Radio")));
  };
  async function showNothing(taken) {
    $("understood").replaceChildren();
    $("actions").hidden = true;
    const { analysed } = await api("/summary", taken);
    const idea = (text) => el("button", { type: "button", onclick: () => {
      $("words").value = text;
      look({ push: true });
    } }, text);
    $("matches").replaceChildren(
      analysed ? el("div", { class: "empty" }, el("p", {}, "Say what you would like to hear, move a slider, or begin with a track that you like."), el("p", { class: "ideas" }, IDEAS.map(idea)))
        : emptyLibrary(),
    );
  }

  // A path between two tracks.

  function showActions() {
    const between = ends();
    const done = (kept) => $("understood").append(keptLink(kept));
    const offers = [
      el("button", { type: "button", onclick: () => playTracks(shown) }, icon("play"), "Play"),
      el("button", { type: "button", onclick: () => savePlaylist({ tracks: shown.map((match) => match.track_id), name: question.words, done, signal }) }, "Keep"),
      el("button", { type: "button", onclick: () => savePlaylist({ query: question, name: question.words, done, signal }) }, "Keep as smart playlist"),
    ];
    $("actions").replaceChildren(
      ...(shown.length ? offers : []),
      between ? el("button", { type: "button", "aria-pressed": String(path), onclick: () => {
        path = !path;
        look({ push: true });
      } }, "Path between the two") : "",
    );
  }
  let drawn = ""; // the path that is shown
  async function showPath(taken) {
    const between = path ? ends() : null;
    const name = between ? between.join(" ") : "";
    if (name === drawn) return;
    drawn = name;
    $("journey").replaceChildren();
    if (!between) return;
    try {
      const [{ matches }, map] = await Promise.all([api(`/path?${query({ start: between[0], end: between[1], n: STEPS, per_artist: 3 })}`, taken), readMap(taken)]);
      for (const match of matches) titles.set(match.track_id, match.title);
      showLikes();
      const way = map ? matches.map(({ track_id: id }) => map.placeOf.get(id)) : [];
      const whole = map && way.every((i) => i !== undefined);
      const canvas = whole ? el("canvas", { role: "img", "aria-label": `The path on the map, from ${matches[0].title} to ${matches.at(-1).title}` }) : null;
      $("journey").replaceChildren(
        el("h3", { class: "head" }, "The path"),
        canvas ?? el("p", { class: "small quiet" }, "The map of all tracks has not been drawn yet. ", el("a", { href: "/map" }, "Draw it"), "."),
        el("p", {}, el("button", { type: "button", onclick: () => playTracks(matches) }, icon("play"), "Play the path")),
        el("ol", { class: "matches" }, matches.map((match) => row(match, matches))),
        el("h3", { class: "head" }, "Like both"),
      );
      if (canvas) drawJourney(canvas, map.places, way, signal);
      announce(`A path of ${counted(matches.length, "track")}`);
    } catch (error) {
      if (error.name === "AbortError") drawn = "";
      else $("journey").replaceChildren(trouble(error));
    }
  }
  let maps = null;
  async function readMap(taken) {
    if (maps) return maps;
    const { key } = await api("/map", taken);
    if (!key) return null;
    const [places, { track_id: ids }] = await Promise.all([api("/map/places", { as: "arrayBuffer", ...taken }), api("/map/tracks", taken)]);
    maps = { places: new Float32Array(places), placeOf: new Map(ids.map((id, i) => [id, i])) };
    return maps;
  }

  // The boxes.

  makeCombobox($("find"), {
    label: "Tracks and artists",
    signal,
    ask: async (box) => {
      const text = box.value.trim();
      if (!text) return [];
      const [{ tracks }, { artists }] = await Promise.all([
        api(`/tracks?${query({ q: text, limit: 8 })}`),
        api(`/artists?${query({ q: text, sort: "tracks", descending: true, limit: 4 })}`),
      ]);
      const take = (name, value, title) => () => {
        box.value = "";
        want(name, value, title);
      };
      return [
        ...artists.map(({ name, tracks: count }) => ({ kind: "artist", shown: [el("b", {}, el("bdi", {}, name)), el("small", {}, `artist, ${counted(count, "track")}`)], take: take("artist", name) })),
        ...tracks.map(({ track_id: id, title, artist }) => ({ kind: "track", shown: [el("bdi", {}, title), el("small", {}, el("bdi", {}, artist ?? ""))], take: take("track", id, title) })),
      ];
    },
  });
  completeFilter($("where"), { api, signal });
  for (const name of ["words", "where"]) $(name).addEventListener("input", () => soon(TYPED));
  $("per_artist").addEventListener("change", () => look({ push: true }));
  $("where").addEventListener("blur", () => soon(0));
  $("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    look({ push: true });
  });
  addEventListener("popstate", () => location.pathname === "/discover" && recall(), { signal });
  const also = new URLSearchParams(location.search).get("also");
  if (also) history.replaceState(history.state, "", `?${addedTo(also)}`);
  // Whoever comes back finds what was asked before.
  if (!location.search && lastAsked()) history.replaceState(history.state, "", `?${lastAsked()}`);
  recall();
}
