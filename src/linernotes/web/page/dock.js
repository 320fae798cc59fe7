// The player at the foot of all pages: what plays, its waveform, buttons, and the queue above it.
import { el } from "./elements.js";
import { clock } from "./format.js";
import { icon, svg } from "./icons.js";
import { heedMediaKeys } from "./media_keys.js";
import { close, keyOf, linkOf, next, onPlaying, playing, previous, recall, setGoesOn, setRepeat, setVolume, shuffle, sounds, toggle, toggleSound } from "./playing.js";
import { makeQueue } from "./queue.js";
import { keptLink, savePlaylist } from "./save_playlist.js";
import { heedShortcuts, showHelp } from "./shortcuts.js";
import { makeWaveform } from "./waveform.js";

const NOTE = "M9 18.500a2.500 2.500 0 1 1-2-2.450V5.500l11-2v11a2.500 2.500 0 1 1-2-2.450V7.200l-7 1.300z";
const WAYS = { none: "all", all: "one", one: "none" };
const REPEATS = { none: "Repeat: off", all: "Repeat: all", one: "Repeat: this track" };
const without = new Set(); // tracks without a cover

const button = (name, label, onclick, more = {}) => el("button", { type: "button", class: name, "aria-label": label, title: label, onclick, ...more }, icon(name));

function coverOf(track) {
  const box = el("span", { class: "art", "aria-hidden": "true" }, svg("svg", { viewBox: "0 0 24 24" }, svg("path", { d: NOTE })));
  const id = track?.track_id;
  if (!id || without.has(id)) return box;
  const image = el("img", { alt: "", width: 96, height: 96, decoding: "async" });
  image.addEventListener("load", () => box.replaceChildren(image));
  image.addEventListener("error", () => without.add(id));
  image.src = `/api/v1/tracks/${encodeURIComponent(id)}/cover?size=small`;
  return box;
}

/** Make the player, and take up what played before. */
export function startPlayer({ navigate }) {
  const art = el("span", { class: "art" });
  const title = el("p", { class: "title" });
  const artist = el("p", { class: "artist" });
  const now = el("span", { class: "number time" });
  const left = el("span", { class: "number time" });
  const turn = button("play", "Play", toggle, { class: "turn main" });
  const volume = el("input", { type: "range", min: 0, max: 1, step: 0.05, "aria-label": "Volume", oninput: () => setVolume(Number(volume.value)) });
  const sound = button("sound", "Sound off", toggleSound);
  const mixed = button("shuffle", "Shuffle", () => shuffle(!playing.shuffled));
  const again = button("repeat", REPEATS.none, () => setRepeat(WAYS[playing.repeat]));
  const radio = button("radio", "Go on with what sounds alike", () => setGoesOn(!playing.goesOn));
  const opens = button("queue", "Queue", () => showQueue(), { "aria-expanded": "false", "aria-controls": "queue-panel" });
  const panel = makeQueue({ onClose: () => showQueue(false) });
  const keepQueue = () => savePlaylist({ tracks: playing.queue.map((track) => track.track_id).filter(Boolean), done: (kept) => panel.told.replaceChildren(keptLink(kept)) });
  panel.tools.append(el("button", { type: "button", onclick: keepQueue }, "Keep as a playlist"), el("a", { href: "/playlists" }, "Playlists"));
  const box = el(
    "aside",
    { class: "dock", "aria-label": "Player", hidden: true },
    panel.box,
    el("div", { class: "bar-of-sound" }, now, makeWaveform(), left),
    el("div", { class: "what" }, art, el("div", {}, title, artist)),
    el("div", { class: "turns", role: "group", "aria-label": "Play" }, button("previous", "Previous", previous), turn, button("next", "Next", () => next()), opens),
    el("div", { class: "ways", role: "group", "aria-label": "How it plays" }, mixed, again, radio, el("span", { class: "loud" }, sound, volume), button("help", "Keys", showHelp), button("close", "Close the player", () => { showQueue(false); close(); })),
    ...sounds,
  );
  const showQueue = (open = panel.box.hidden) => {
    if (open && !playing.track) return;
    const had = panel.box.contains(document.activeElement);
    panel.box.hidden = !open;
    opens.setAttribute("aria-expanded", String(open));
    if (open) panel.show();
    else if (had) opens.focus();
  };
  let shown = null;
  const press = (each, on) => each.setAttribute("aria-pressed", String(on));
  const change = () => {
    const { track } = playing;
    box.hidden = !track;
    document.documentElement.toggleAttribute("data-playing", Boolean(track));
    if (!track) return (shown = null);
    const plays = !playing.paused;
    turn.replaceChildren(icon(plays ? "pause" : "play"));
    turn.setAttribute("aria-label", plays ? "Pause" : "Play");
    turn.title = plays ? "Pause" : "Play";
    press(mixed, playing.shuffled);
    press(again, playing.repeat !== "none");
    again.setAttribute("aria-label", REPEATS[playing.repeat]);
    again.title = REPEATS[playing.repeat];
    again.dataset.way = playing.repeat;
    press(radio, playing.goesOn);
    volume.value = playing.volume;
    press(sound, playing.volume === 0);
    const said = `${keyOf(track)} ${playing.problem}`;
    if (said === shown) return;
    shown = said;
    const link = linkOf(track);
    const name = el("bdi", {}, track.title);
    title.replaceChildren(link ? el("a", { href: link }, name) : name);
    artist.classList.toggle("bad", Boolean(playing.problem));
    artist.replaceChildren(playing.problem ? playing.problem : el("bdi", {}, track.artist ?? ""));
    const drawn = coverOf(track);
    art.replaceChildren(drawn);
  };
  const time = () => {
    now.textContent = clock(playing.second);
    left.textContent = clock(playing.duration);
  };
  onPlaying(undefined, { change, time });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.box.hidden && !event.defaultPrevented) showQueue(false);
  });
  document.querySelector("footer").after(box);
  heedMediaKeys();
  heedShortcuts({ navigate, showQueue: () => showQueue() });
  recall();
  change();
  time();
}
