// What all pages share: asking the server, saying things, playing tracks.
import { el } from "./elements.js";
import { percent } from "./format.js";
import { playButton } from "./play_button.js";
import { announce } from "./say.js";

export { icon, svg } from "./icons.js";
export { playButton } from "./play_button.js";
export { enqueue, playNext, playTrack, playTracks } from "./playing.js";
export { announce } from "./say.js";
export { LEFT, Problem, UNREACHABLE, api, apiFor, follow, query } from "./server.js";

export const plainKey = (key) => (key ? key.replace("b ", "\u266d ").replace("# ", "\u266f ") : "");
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

/** A box that says what went wrong, and offers to try again. */
export function trouble(error, again) {
  return el(
    "div",
    { class: "notice bad", role: "alert" },
    el("p", {}, sentence(error.message || String(error))),
    again ? el("p", {}, el("button", { type: "button", onclick: again }, "Try again")) : null,
  );
}

export function meter(share, kind = "plain") {
  const bar = el("i", { class: kind });
  bar.style.width = `${(100 * share).toFixed(1)}%`;
  return el("span", { class: "meter", "aria-hidden": "true" }, bar);
}

export function bars(rows, label) {
  return el(
    "table",
    { class: "bars", "aria-label": label },
    el(
      "tbody",
      {},
      rows.map(({ name, probability, kind }) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, name),
          el("td", {}, meter(probability, kind)),
          el("td", { class: "number" }, percent(probability)),
        ),
      ),
    ),
  );
}

export function matchList(matches) {
  return el(
    "ol",
    { class: "matches" },
    matches.map((match) =>
      el(
        "li",
        {},
        el("span", { class: "play" }, playButton(match, { among: matches })),
        el(
          "div",
          {},
          el(
            "p",
            {},
            el("a", { href: `/track/${encodeURIComponent(match.track_id)}` }, el("bdi", {}, match.title)),
            match.artist ? el("span", { class: "quiet" }, " ", el("bdi", {}, match.artist)) : null,
          ),
          match.why ? el("p", { class: "small quiet" }, match.why) : null,
        ),
      ),
    ),
  );
}

/** Give a click its answer at once, wherever the clipboard is. */
export async function copyLink(button, address) {
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    said = address; // no clipboard without https: it is shown, to be copied by hand
  }
  const label = button.lastChild;
  const before = label.textContent;
  label.textContent = said;
  announce(said);
  setTimeout(() => (label.textContent = before), 4000);
}
