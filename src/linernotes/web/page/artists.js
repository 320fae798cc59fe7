// All artists.
import { artistCard } from "./cards.js";
import { showCatalog } from "./catalog.js";

const SORTS = [["name", "name"], ["-tracks", "most tracks"], ["-albums", "most albums"]];

export const start = ({ signal }) => showCatalog({ name: "artists", one: "artist", sorts: SORTS, draw: artistCard, signal });
