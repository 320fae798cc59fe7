// Cards of albums and artists.
import { cover } from "./cover.js";
import { el } from "./elements.js";
import { counted } from "./format.js";
import { albumLink, artistLink } from "./links.js";

export const albumCard = (album, { by = true } = {}) =>
  el(
    "div",
    { class: "card" },
    cover(album.cover, { size: "medium", resting: true }),
    el("p", { class: "name" }, albumLink(album.id, album.name)),
    by ? el("p", { class: "small" }, artistLink(album.artist_id, album.artist)) : null,
    el("p", { class: "small quiet" }, [album.year, counted(album.tracks, "track")].filter(Boolean).join(", ")),
  );

export const artistCard = (artist) =>
  el(
    "div",
    { class: "card" },
    cover(artist.cover, { resting: true }),
    el("p", { class: "name" }, artistLink(artist.id, artist.name)),
    el("p", { class: "small quiet" }, [artist.albums ? counted(artist.albums, "album") : null, counted(artist.tracks, "track")].filter(Boolean).join(", ")),
  );
