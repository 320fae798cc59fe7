// A table of tracks: sorted by its heads, as long as it may be, drawn where one looks.
import { playButton, plainKey } from "./common.js";
import { cover } from "./cover.js";
import { el } from "./elements.js";
import { clock } from "./format.js";
import { albumLink, artistLink, trackLink } from "./links.js";
import { longList } from "./long_list.js";

const UNSAID = ["not sure", "none of these"];
const heard = (word) => (UNSAID.includes(word) ? el("i", { class: "quiet" }, word) : word);

/** Columns by what the API sorts by, with their heads. */
const COLUMNS = {
  title: ["Title", (track) => trackLink(track)],
  artist: ["Artist", (track) => artistLink(track.artist_id, track.artist)],
  album: ["Album", (track) => albumLink(track.album_id, track.album)],
  genre: ["Genre", ({ genre }) => (genre ? el("bdi", { title: genre }, genre) : null)],
  heard_genre: ["Heard as", ({ heard_genre }) => heard(heard_genre)],
  heard_mood: ["Mood", ({ heard_mood }) => heard(heard_mood)],
  energy: ["Energy", ({ energy }) => (energy === null ? null : energy.toFixed(2)), "number"],
  year: ["Year", ({ year }) => year, "number"],
  duration: ["Length", ({ duration }) => clock(duration), "number"],
  tempo: ["Tempo", ({ tempo }) => (tempo ? [Math.round(tempo), el("span", { class: "unit" }, " BPM")] : null), "number"],
  key: ["Key", ({ key }) => plainKey(key) || null],
};
/** Ways to sort, by the words of the API; a minus is for those that begin with the most. */
export const SORTS = [
  ["artist", "artist"], ["title", "title"], ["album", "album"], ["genre", "genre"], ["heard_genre", "heard as"], ["heard_mood", "mood"],
  ["-energy", "most energy"], ["energy", "least energy"], ["-year", "newest"], ["year", "oldest"], ["duration", "shortest"], ["-duration", "longest"],
  ["tempo", "slowest"], ["-tempo", "fastest"], ["key", "key"], ["path", "file"],
];

const cell = (name, kind, ...contents) => el("td", { role: "cell", class: [name, kind].filter(Boolean).join(" ") }, ...contents);

function drawRow(track, index, { numbered, among }) {
  const row = el("tr", { role: "row", "aria-rowindex": index + 2, class: track ? null : "awaited", "aria-busy": track ? null : "true" });
  if (!track) {
    row.append(cell("art", "", cover(null)), cell("title", "", "…"));
    return row;
  }
  row.append(cell("play", "", playButton(track, { among })), cell("art", "", cover(track.track_id, { resting: true })));
  if (numbered) row.append(cell("place", "number", track.number ? `${track.disc > 1 ? `${track.disc}\u2013` : ""}${track.number}` : null));
  for (const [name, [, contents, kind]] of Object.entries(COLUMNS)) {
    const inside = contents(track);
    const made = name === "title" ? el("th", { role: "rowheader", scope: "row", class: "title" }) : cell(name, kind);
    made.append(...[inside].flat().filter((each) => each !== null && each !== undefined));
    row.append(made);
  }
  return row;
}

function head(name, [words, , kind], sort, onSort) {
  const [by, descending] = [sort?.replace("-", ""), sort?.startsWith("-")];
  const sorted = by === name ? (descending ? "descending" : "ascending") : null;
  const next = sorted === "ascending" ? `-${name}` : name;
  return el(
    "th",
    { role: "columnheader", scope: "col", class: [name, kind].filter(Boolean).join(" "), "aria-sort": onSort ? (sorted ?? "none") : null },
    onSort ? el("button", { type: "button", "data-sort": name, onclick: () => onSort(next) }, words) : words,
  );
}

/**
 * Draw a table.
 * @param {object} options total, ask(offset, limit), first: as in longList; sort: by what it is
 *   sorted; onSort: what to do when it is to be sorted otherwise, without it it cannot; numbered:
 *   whether tracks have numbers, as on an album
 */
export function trackTable({ total, ask, first, sort = "", onSort = null, numbered = false, failed, signal }) {
  const body = el("tbody", { role: "rowgroup" });
  const heads = Object.entries(COLUMNS).map(([name, column]) => head(name, column, sort, onSort));
  const blank = (name, words) => el("th", { role: "columnheader", scope: "col", class: name }, el("span", { class: "unseen" }, words));
  const table = el(
    "table",
    { role: "table", class: `tracks${numbered ? " numbered" : ""}`, "aria-label": "Tracks", "aria-rowcount": total + 1, "data-sort": sort.replace("-", "") || null },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row", "aria-rowindex": 1 }, blank("play", "Play"), blank("art", "Cover"), numbered ? blank("place", "Number") : null, heads)),
    body,
  );
  const begin = () => longList({ place: body, total, ask, first, failed, signal, draw: (track, index, among) => drawRow(track, index, { numbered, among }) });
  return { table, begin };
}
