// Library: search, filter, sort, and all tracks that were found in one long table.
import { announce, apiFor, query, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { emptyLibrary } from "./empty.js";
import { completeFilter } from "./filter_box.js";
import { counted } from "./format.js";
import { keptLink, savePlaylist } from "./save_playlist.js";
import { SORTS, trackTable } from "./track_table.js";

const FIRST = 100;
const MOST_KEPT = 10000; // tracks of a search that becomes a playlist
const AT_ONCE = 200;
const fields = ["q", "genre", "from", "to", "sort", "where"];

const quoted = (text) => (text.includes('"') ? `'${text}'` : `"${text}"`);

/** What the fields ask for, in the words of the API. */
function request() {
  const [sort, descending] = [$("sort").value.replace("-", ""), $("sort").value.startsWith("-")];
  const conditions = [];
  if ($("genre").value) conditions.push(`genre=${quoted($("genre").value)}`);
  if ($("from").value || $("to").value) conditions.push(`year=${$("from").value}..${$("to").value}`);
  if ($("where").value.trim()) conditions.push(conditions.length ? `(${$("where").value})` : $("where").value);
  return { q: $("q").value.trim(), where: conditions.join(" and "), sort, descending };
}

function remember() {
  const values = Object.fromEntries(fields.map((name) => [name, $(name).value]));
  if (values.sort === "artist") values.sort = "";
  const text = query(values);
  history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
}

/** Set a field of choices to one that is perhaps not among them yet. */
function choose(field, value, words = value) {
  if (![...field.options].some((option) => option.value === value)) field.append(el("option", { value }, words));
  field.value = value;
}

export function start({ signal }) {
  const api = apiFor(signal);
  let asked = null;
  let waiting = 0;

  const isSearched = () => fields.some((name) => name !== "sort" && $(name).value.trim());
  const none = () => el("div", { class: "empty" }, el("p", {}, "No track fits."), el("p", {}, el("button", { type: "button", onclick: clear }, "Show all tracks")));

  function failed(error) {
    $("count").textContent = "";
    $("list").replaceChildren(trouble(error, error.status === 400 ? null : look));
  }

  function sortBy(sort) {
    choose($("sort"), sort, sort.replace("-", "").replace("_", " "));
    look().then(() => $("list").querySelector(`button[data-sort="${sort.replace("-", "")}"]`)?.focus());
  }

  async function look() {
    if (signal.aborted) return;
    clearTimeout(waiting);
    asked?.abort();
    const mine = (asked = new AbortController());
    const either = AbortSignal.any([signal, mine.signal]);
    remember();
    const wanted = request();
    const ask = (offset, limit) => api(`/tracks?${query({ ...wanted, offset, limit })}`, { signal: either });
    try {
      const found = await ask(0, FIRST);
      const words = counted(found.total, "track");
      $("count").textContent = found.total ? words : "";
      announce(words);
      $("actions").hidden = !found.total || !isSearched();
      $("kept").replaceChildren();
      if (!found.total) return $("list").replaceChildren(isSearched() ? none() : emptyLibrary());
      const { table, begin } = trackTable({
        total: found.total,
        first: found.tracks,
        ask: async (offset, limit) => (await ask(offset, limit)).tracks,
        sort: $("sort").value,
        onSort: sortBy,
        failed,
        signal: either,
      });
      $("list").replaceChildren(table);
      begin();
    } catch (error) {
      if (error.name !== "AbortError") failed(error);
    }
  }

  /** The ids of all that was found, as far as a playlist here may go. */
  async function foundTracks() {
    const ids = [];
    for (let more = true; more && ids.length < MOST_KEPT; ) {
      const { total, tracks } = await api(`/tracks?${query({ ...request(), offset: ids.length, limit: AT_ONCE })}`);
      ids.push(...tracks.map((track) => track.track_id));
      more = tracks.length > 0 && ids.length < total;
    }
    return ids;
  }
  $("keep").addEventListener("click", () => savePlaylist({ tracks: foundTracks, name: $("q").value.trim(), done: (kept) => $("kept").replaceChildren(keptLink(kept)), signal }));

  function clear() {
    for (const name of fields) if (name !== "sort") $(name).value = "";
    look();
    $("q").focus();
  }

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 200);
  };
  for (const name of fields) $(name).addEventListener(["genre", "sort"].includes(name) ? "change" : "input", soon);
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });

  $("sort").append(...SORTS.map(([value, words]) => el("option", { value }, words)));
  completeFilter($("where"), { api, signal });

  const given = new URLSearchParams(location.search);
  for (const name of fields) {
    if (!given.get(name)) continue;
    // The genres are not known yet; what was asked for is one all the same.
    if ($(name).options) choose($(name), given.get(name));
    else $(name).value = given.get(name);
  }
  look();
  api("/summary")
    .then(({ genres }) => {
      const chosen = $("genre").value;
      for (const genre of genres) choose($("genre"), genre);
      $("genre").value = chosen;
    })
    .catch(() => {});
}
