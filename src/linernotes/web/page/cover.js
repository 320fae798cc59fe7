// Covers of tracks; where there is none, a note stands in its place.
import { svg } from "./common.js";
import { el } from "./elements.js";

const PIXELS = { small: 96, medium: 320, large: 640 };
const REST = 90; // milliseconds that a list rests before its covers are asked for
const NOTE = "M9 18.500a2.500 2.500 0 1 1-2-2.450V5.500l11-2v11a2.500 2.500 0 1 1-2-2.450V7.200l-7 1.300z";
const without = new Set();

/**
 * The cover of a track.
 * @param {string | null} track id
 * @param {object} options size; alt: what it is, where no text beside it says so; resting: whether to
 *   ask for it only when it is still there after a moment, as in lists that are scrolled
 */
export function cover(track, { size = "small", alt = "", resting = false } = {}) {
  const box = el("span", { class: `cover ${size}` }, svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: NOTE })));
  if (!track || without.has(track)) return box;
  const image = el("img", { alt, width: PIXELS[size], height: PIXELS[size], decoding: "async" });
  image.addEventListener("load", () => box.append(image));
  image.addEventListener("error", () => without.add(track));
  const ask = () => (image.src = `/api/v1/tracks/${encodeURIComponent(track)}/cover?size=${size}`);
  if (resting) setTimeout(() => box.isConnected && ask(), REST);
  else ask();
  return box;
}
