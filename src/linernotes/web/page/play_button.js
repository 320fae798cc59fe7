// Buttons that play a track, wherever it is told of; they show whether it plays.
import { el } from "./elements.js";
import { icon } from "./icons.js";
import { keyOf, onPlaying, playTrack, playing } from "./playing.js";

const buttons = new Map();

function show(button, track) {
  const plays = playing.is(track) && !playing.paused;
  button.replaceChildren(icon(plays ? "pause" : "play"));
  button.setAttribute("aria-label", `${plays ? "Pause" : "Play"} ${track.title}`);
}

onPlaying(undefined, {
  change() {
    for (const [button, { track, placed }] of buttons) {
      if (button.isConnected) buttons.get(button).placed = true;
      else if (placed) {
        buttons.delete(button);
        continue;
      }
      show(button, track);
    }
  },
});

/**
 * Make a button.
 * @param {object} track what it plays
 * @param {object} options among: the tracks that it is played among, or what returns them; second:
 *   what returns where it begins, unless it plays
 */
export function playButton(track, { among, second } = {}) {
  const tracks = () => (typeof among === "function" ? among() : among) ?? [track];
  const begins = () => (playing.is(track) ? null : (second?.() ?? null));
  const button = el("button", { type: "button", "data-track": keyOf(track), onclick: () => playTrack(track, { among: tracks(), second: begins() }) });
  buttons.set(button, { track, placed: false });
  show(button, track);
  return button;
}
