// All albums.
import { albumCard } from "./cards.js";
import { showCatalog } from "./catalog.js";

const SORTS = [["artist", "artist"], ["name", "name"], ["-year", "newest"], ["year", "oldest"], ["-tracks", "most tracks"], ["-duration", "longest"]];

export const start = ({ signal }) => showCatalog({ name: "albums", one: "album", sorts: SORTS, draw: albumCard, signal });
