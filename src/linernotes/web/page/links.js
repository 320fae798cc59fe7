// Links to tracks, albums and artists, by names that may be in any direction and of any length.
import { el } from "./elements.js";

const link = (address, id, text) => {
  const name = el("bdi", { title: text.length > 24 ? text : null }, text);
  return id ? el("a", { href: `/${address}/${encodeURIComponent(id)}` }, name) : name;
};
export const trackLink = (track) => link("track", track.track_id, track.title);
export const albumLink = (id, name) => (name ? link("album", id, name) : null);
export const artistLink = (id, name) => (name ? link("artist", id, name) : null);
