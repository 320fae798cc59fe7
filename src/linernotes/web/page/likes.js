// What Discover is to find more or less of: asked for on any page, kept in its address.
import { el } from "./elements.js";
import { navigate } from "./navigation.js";

const KEPT = "discover"; // the last thing that was asked, of this tab
/** What of tracks and artists is wanted, by its name in the address. */
export const WANTED = { track: "more", artist: "more", unlike: "less", unlike_artist: "less" };

export const lastAsked = () => {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
};
export const keepAsked = (text) => {
  try {
    sessionStorage.setItem(KEPT, text);
  } catch { /* then it is not kept */ }
};

/** Go to Discover, and ask for more or less like a track, besides what was asked there. */
export function discoverMore(id, name = "track") {
  const asked = new URLSearchParams(lastAsked());
  if (!asked.getAll(name).includes(id)) asked.append(name, id);
  navigate(`/discover?${asked}`);
}

export const moreButton = (track) =>
  el("button", { type: "button", class: "more-like", "aria-label": `More like ${track.title}`, title: "More like this, in Discover", onclick: () => discoverMore(track.track_id) }, "More like this");
