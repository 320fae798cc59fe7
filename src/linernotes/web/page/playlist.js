// One playlist: played, put in order, renamed, taken along; a smart one asks again when it is opened.
import { announce, apiFor, enqueue, icon, playButton, playTracks, trouble } from "./common.js";
import { handleOf } from "./arranging.js";
import { ask } from "./dialogs.js";
import { $, el } from "./elements.js";
import { clock, counted } from "./format.js";
import { navigate } from "./navigation.js";

const AT_ONCE = 1000; // tracks that are asked for
const MOST = 20000; // tracks that can be put in order here
const SHOWN = 200; // rows that are added
const KINDS = { m3u8: "M3U8, for most players", xspf: "XSPF", jspf: "JSPF, for ListenBrainz" };
const ASKED = { words: "sounds like", tracks: "like tracks", unlike: "unlike tracks", artists: "like", unlike_artists: "unlike", where: "filter", wishes: "wishes", n: "tracks", per_artist: "of an artist at most" };

function said(query) {
  const written = ([name, value]) => {
    if (name === "tracks" || name === "unlike") return `${name === "tracks" ? "like" : "unlike"} ${counted(value.length, "track")}`;
    if (Array.isArray(value)) return `${ASKED[name]} ${value.join(", ")}`;
    if (name === "wishes") return Object.entries(value).map(([what, where]) => `${what} ${where}`).join(", ");
    if (name === "n") return `up to ${counted(value, "track")}`;
    if (name === "per_artist") return `${value} of an artist at most`;
    return `${ASKED[name]} “${value}”`;
  };
  return `It asks for: ${Object.entries(query).map(written).join("; ")}.`;
}

export function start({ signal }) {
  const api = apiFor(signal);
  const id = decodeURIComponent(location.pathname.split("/").pop());
  const address = `/playlists/${encodeURIComponent(id)}`;
  let playlist = null;
  let rows = []; // { track_id, track }, all of them, or the first MOST
  let shown = 0;
  let keeping = Promise.resolve();

  const there = () => rows.filter(({ track }) => track).map(({ track }) => track);
  const facts = (told) => {
    const parts = [counted(playlist.length, "track"), told.duration ? clock(told.duration, { hours: told.duration >= 3600 }) : "", told.missing ? `${counted(told.missing, "track")} gone from the library` : ""];
    $("facts").textContent = parts.filter(Boolean).join(", ");
  };
  const head = () => {
    document.title = `${playlist.name} – linernotes`;
    $("name").replaceChildren(el("bdi", {}, playlist.name));
    $("comment").hidden = !playlist.comment;
    $("comment").replaceChildren(el("bdi", {}, playlist.comment));
    $("asks").hidden = !playlist.query;
    if (playlist.query) $("asks").replaceChildren(el("bdi", {}, said(playlist.query)));
    $("how").hidden = Boolean(playlist.query) || rows.length < 2;
  };

  /** Keep another order or fewer tracks; one change after the other. */
  const keep = () => {
    const tracks = rows.map(({ track_id }) => track_id);
    keeping = keeping.then(async () => {
      try {
        playlist = await api(address, { method: "PATCH", body: { tracks, revision: playlist.revision } });
        $("told").replaceChildren();
        facts({ duration: there().reduce((sum, { duration }) => sum + duration, 0), missing: rows.filter(({ track }) => !track).length });
      } catch (error) {
        $("told").replaceChildren(trouble(error));
        await load();
      }
    });
  };
  const remove = (row, item) => {
    const index = rows.indexOf(item);
    rows.splice(index, 1);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    shown--;
    announce(`${item.track?.title ?? "The track"} is removed`);
    next?.querySelector(".remove")?.focus();
    keep();
  };
  const moved = (item, to) => {
    rows.splice(rows.indexOf(item), 1);
    rows.splice(to, 0, item);
    announce(`${item.track?.title ?? "The track"} is number ${to + 1}`);
    keep();
  };
  function rowOf(item) {
    const { track, track_id } = item;
    const name = track?.title ?? "a track that is gone";
    const row = el("li", { class: track ? null : "gone" });
    const fixed = Boolean(playlist.query) || rows.length > MOST || rows.length < playlist.length;
    row.append(
      fixed ? el("span") : handleOf(row, name, (_, to) => moved(item, to)),
      el("span", { class: "play" }, track ? playButton(track, { among: there }) : ""),
      track
        ? el("div", {}, el("p", {}, el("a", { href: `/track/${encodeURIComponent(track_id)}` }, el("bdi", {}, track.title))), track.artist ? el("p", { class: "small quiet" }, el("bdi", {}, track.artist)) : "")
        : el("p", {}, "This track is not in the library any more."),
      el("span", { class: "small quiet number length" }, track ? clock(track.duration) : ""),
      fixed ? el("span") : el("button", { type: "button", class: "remove", "aria-label": `Remove ${name}`, title: "Remove", onclick: () => remove(row, item) }, icon("close")),
    );
    return row;
  }
  const draw = (more = 0) => {
    if (!more) {
      shown = 0;
      $("tracks").replaceChildren();
    }
    const next = rows.slice(shown, shown + SHOWN);
    $("tracks").append(...next.map(rowOf));
    shown += next.length;
    $("more").hidden = shown >= rows.length;
    if (!rows.length) $("tracks").replaceChildren(el("li", { class: "empty" }, playlist.query ? "Nothing fits yet." : "There is nothing in it yet."));
  };
  $("more").addEventListener("click", () => draw(SHOWN));

  async function load() {
    const told = await api(`${address}?limit=${AT_ONCE}`);
    playlist = told.playlist;
    rows = told.tracks;
    while (rows.length < Math.min(playlist.length, MOST)) {
      const { tracks } = await api(`${address}?offset=${rows.length}&limit=${AT_ONCE}`);
      if (!tracks.length) break;
      rows.push(...tracks);
    }
    head();
    facts(told);
    draw();
  }

  // What is done with it.

  const refresh = async () => {
    try {
      await api(`${address}/refresh`, { method: "POST" });
      $("told").replaceChildren();
    } catch (error) {
      $("told").replaceChildren(trouble(error));
    }
  };
  const rename = () => {
    const name = el("input", { required: true, maxlength: 200, value: playlist.name, autocomplete: "off" });
    const comment = el("input", { maxlength: 4000, value: playlist.comment, autocomplete: "off" });
    ask({
      title: "Rename",
      contents: [el("div", { class: "fields" }, el("label", { class: "grow" }, "Name ", name), el("label", { class: "grow" }, "Comment ", comment))],
      act: "Rename",
      signal,
      async run() {
        playlist = await api(address, { method: "PATCH", body: { name: name.value.trim(), comment: comment.value.trim() } });
        head();
      },
    });
  };
  const discard = () =>
    ask({
      title: "Delete this playlist?",
      contents: [el("p", {}, el("bdi", {}, playlist.name), " is removed from the library. Its tracks stay.")],
      act: "Delete",
      signal,
      async run() {
        await api(address, { method: "DELETE" });
        navigate("/playlists", { replace: true });
      },
    });
  const saveAs = () =>
    ask({
      title: "Save as a file",
      contents: [el("ul", {}, Object.entries(KINDS).map(([kind, words]) => el("li", {}, el("a", { href: `/api/v1${address}/file?kind=${kind}`, download: "" }, words))))],
      act: "Done",
      signal,
      run: async () => {},
    });
  function offer() {
    const button = (name, words, act, more = {}) => el("button", { type: "button", onclick: act, ...more }, icon(name), words);
    $("actions").replaceChildren(
      button("play", "Play", () => there().length && playTracks(there()), { class: "main" }),
      button("queue", "Add to the queue", () => { enqueue(there()); announce("Added to the queue"); }),
      playlist.query ? button("repeat", "Refresh", async () => { await refresh(); await load(); announce("Asked anew"); }) : "",
      button("save", "Save as a file", saveAs),
      el("button", { type: "button", onclick: rename }, "Rename"),
      el("button", { type: "button", onclick: discard }, "Delete"),
    );
  }

  (async function look() {
    try {
      await load();
      $("loading").hidden = true;
      $("playlist").hidden = false;
      $("trouble").replaceChildren();
      offer();
      if (playlist.query) {
        await refresh();
        await load();
      }
    } catch (error) {
      $("loading").hidden = true;
      $("trouble").replaceChildren(trouble(error, error.status === 404 ? null : look), el("p", {}, el("a", { href: "/playlists" }, "To the playlists")));
    }
  })();
}
