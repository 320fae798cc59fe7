// Library: search, filter, sort, and a page of what was found.
import { announce, apiFor, playButton, plainKey, query, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { emptyLibrary } from "./empty.js";
import { completeFilter } from "./filter_box.js";
import { clock, counted } from "./format.js";

const LIMIT = 50;
const fields = ["q", "genre", "from", "to", "sort", "where"];

const quoted = (text) => (text.includes('"') ? `'${text}'` : `"${text}"`);

const row = (track, _, tracks) =>
  el(
    "tr",
    {},
    el("td", { class: "play" }, playButton(track, { among: tracks })),
    el("th", { scope: "row" }, el("a", { href: `/track/${encodeURIComponent(track.track_id)}` }, el("bdi", {}, track.title))),
    el("td", {}, track.artist ? el("bdi", {}, track.artist) : null),
    el("td", { class: "album" }, track.album ? el("bdi", {}, track.album) : null),
    el("td", {}, track.genre),
    el("td", { class: "number" }, track.year),
    el("td", { class: "number" }, clock(track.duration)),
    el("td", { class: "number" }, track.tempo ? [Math.round(track.tempo), el("span", { class: "unit" }, " BPM")] : null),
    el("td", { class: "number" }, plainKey(track.key) || null),
  );

const HEADS = ["Play", "Title", "Artist", "Album", "Genre", "Year", "Length", "Tempo", "Key"];

export function start({ signal }) {
  const api = apiFor(signal);
  let offset = 0;
  let total = 0;
  let asked = null;

  /** What the fields ask for, in the words of the API. */
  function request() {
    const [sort, descending] = [$("sort").value.replace("-", ""), $("sort").value.startsWith("-")];
    const conditions = [];
    if ($("genre").value) conditions.push(`genre=${quoted($("genre").value)}`);
    if ($("from").value || $("to").value) conditions.push(`year=${$("from").value}..${$("to").value}`);
    if ($("where").value.trim()) conditions.push(conditions.length ? `(${$("where").value})` : $("where").value);
    return { q: $("q").value.trim(), where: conditions.join(" and "), sort, descending, offset, limit: LIMIT };
  }

  function remember() {
    const values = Object.fromEntries(fields.map((name) => [name, $(name).value]));
    if (values.sort === "artist") values.sort = "";
    const text = query({ ...values, offset: offset || "" });
    history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
  }

  function draw(found) {
    total = found.total;
    const words = counted(total, "track");
    $("count").textContent = total ? words : "";
    announce(words);
    const last = Math.min(total, offset + LIMIT);
    $("pager").hidden = total <= LIMIT;
    $("page").textContent = `${offset + 1}–${last} of ${total.toLocaleString("en")}`;
    $("previous").disabled = offset === 0;
    $("next").disabled = last >= total;
    if (!total) {
      const searched = fields.some((name) => name !== "sort" && $(name).value.trim());
      const none = () => el("div", { class: "empty" }, el("p", {}, "No track fits."), el("p", {}, el("button", { type: "button", onclick: clear }, "Show all tracks")));
      $("list").replaceChildren(searched ? none() : emptyLibrary());
      return;
    }
    const head = HEADS.map((name, i) => el("th", { scope: "col", class: [i === 0 && "play", i > 4 && "number"].filter(Boolean).join(" ") || null }, i ? name : el("span", { class: "unseen" }, name)));
    $("list").replaceChildren(el("table", { class: "tracks", "aria-label": "Tracks" }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, found.tracks.map(row))));
  }

  async function look() {
    if (signal.aborted) return;
    asked?.abort();
    const mine = (asked = new AbortController());
    remember();
    try {
      draw(await api(`/tracks?${query(request())}`, { signal: AbortSignal.any([signal, mine.signal]) }));
    } catch (error) {
      if (error.name === "AbortError") return;
      $("count").textContent = "";
      $("pager").hidden = true;
      $("list").replaceChildren(trouble(error, error.status === 400 ? null : look));
    }
  }

  function clear() {
    for (const name of fields) if (name !== "sort") $(name).value = "";
    offset = 0;
    look();
    $("q").focus();
  }

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    offset = 0;
    waiting = setTimeout(look, 200);
  };
  for (const name of fields) $(name).addEventListener(["genre", "sort"].includes(name) ? "change" : "input", soon);
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    offset = 0;
    look();
  });
  const turn = (pages) => {
    offset = Math.max(0, offset + pages * LIMIT);
    look().then(() => $("count").scrollIntoView({ block: "start" }));
  };
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));

  completeFilter($("where"), { api, signal });

  const given = new URLSearchParams(location.search);
  for (const name of fields) {
    if (!given.get(name)) continue;
    // The genres are not known yet; what was asked for is one all the same.
    if (name === "genre") $("genre").append(el("option", { value: given.get(name) }, given.get(name)));
    $(name).value = given.get(name);
  }
  offset = Math.max(0, Number.parseInt(given.get("offset"), 10) || 0);
  look();
  api("/summary")
    .then(({ genres }) => {
      for (const genre of genres) {
        if (![...$("genre").options].some((option) => option.value === genre)) $("genre").append(el("option", { value: genre }, genre));
      }
    })
    .catch(() => {});
}
