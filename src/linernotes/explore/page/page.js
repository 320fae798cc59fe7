// The map in one file: what it shows is on the page itself, and music lies where the page finds it.
import { $, el } from "./elements.js";
import { valueText } from "./legend.js";
import { makePlayer } from "./player.js";
import { showMap } from "./scatter.js";
import { NO_CLASS } from "./tones.js";

const LISTED = 100; // tracks that a search found
const FACTS = ["file", "found", "measured"];

const head = JSON.parse($("head").textContent);
const n = head.tracks;
const unpack = async (id) => {
  const text = atob($(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  $(id).remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
};
const data = await unpack("data");
const { titles, artists, files } = JSON.parse(new TextDecoder().decode(await unpack("texts")));
// One after the other: x and y of all tracks, neighbours, columns.
const places = new Float32Array(2 * n);
new Uint16Array(data, 0, 2 * n).forEach((value, i) => (places[i < n ? 2 * i : 2 * (i - n) + 1] = value / 65535));
let at = 4 * n + 4 * n * head.neighbours;
const near = new Uint32Array(data.slice(4 * n, at));
const columns = head.columns.map((column) => {
  const size = (n * column.bits) / 8;
  const piece = data.slice(at, (at += size));
  return { ...column, stored: column.bits === 8 ? new Uint8Array(piece) : new Uint16Array(piece) };
});
/** The value of a track as the map reads it: of classes their number, of numbers NaN for none. */
const valueOf = ({ bits, classes, low, high, stored }, i) => {
  const none = bits === 8 ? 255 : 65535;
  if (classes) return stored[i] === none ? NO_CLASS : stored[i];
  return stored[i] === none ? NaN : low + ((high - low) * stored[i]) / (none - 1);
};
const read = (column) => ({
  ...column,
  values: (column.classes ? Uint16Array : Float64Array).from({ length: n }, (_, i) => valueOf(column, i)),
});

const player = makePlayer($("player"), $("silent"));
const nameOf = (i) => (artists[i] ? `${titles[i]}, ${artists[i]}` : titles[i]);
const neighboursOf = (i) => Array.from(near.subarray(i * head.neighbours, (i + 1) * head.neighbours)).filter((j) => j !== i);
const trackButton = (i) =>
  el("li", {}, el("button", { type: "button", onclick: () => map.choose(i, "list") }, el("bdi", {}, titles[i]), artists[i] ? el("small", {}, artists[i]) : null));
const factsOf = (i) => {
  const shown = columns.filter(({ name, group }) => name !== "artist" && FACTS.includes(group));
  if (!FACTS.includes(map.column().group)) shown.push(map.column());
  return shown.flatMap((column) => {
    const value = valueOf(column, i);
    if (value === NO_CLASS || Number.isNaN(value)) return [];
    return [el("dt", {}, column.name), el("dd", {}, column.classes ? column.classes[value] : valueText(column, value))];
  });
};

const map = showMap({
  places, titles, artists, columns, read,
  clusters: read(columns[head.labels]),
  choose(i, how) {
    $("track").hidden = false;
    $("title").textContent = titles[i];
    $("artist").textContent = artists[i];
    $("status").textContent = nameOf(i);
    $("facts").replaceChildren(...factsOf(i));
    $("neighbours").replaceChildren(...neighboursOf(i).map(trackButton));
    map.showAlike(neighboursOf(i));
    player.load(files[i]);
    if (files[i] && how !== "arrow") player.toggle();
  },
  forget() {
    player.pause();
    $("track").hidden = true;
  },
  found(tracks, words) {
    $("found").hidden = !tracks;
    $("found-count").textContent = words;
    $("status").textContent = words;
    $("found-list").replaceChildren(...(tracks ?? []).slice(0, LISTED).map(trackButton));
  },
  keys: { Enter: player.toggle, " ": player.toggle },
});
await map.colourBy(head.first);
document.documentElement.dataset.drawn = map.name;
