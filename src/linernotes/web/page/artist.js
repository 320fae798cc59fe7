// One artist: albums, and what is on none of them.
import { albumCard } from "./cards.js";
import { apiFor, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { counted } from "./format.js";
import { longList } from "./long_list.js";
import { showName } from "./naming.js";
import { trackTable } from "./track_table.js";

const FIRST = 100;

export function start({ signal }) {
  const api = apiFor(signal);
  const id = decodeURIComponent(location.pathname.split("/").pop());
  const from = (items) => ({ total: items.length, first: items.slice(0, FIRST), ask: async (offset, limit) => items.slice(offset, offset + limit), signal });

  function show(artist) {
    showName(artist.name);
    $("loading").hidden = true;
    $("artist").hidden = false;
    $("about").textContent = [artist.albums ? counted(artist.albums, "album") : null, counted(artist.tracks, "track")].filter(Boolean).join(", ");
    $("own").hidden = !artist.own.length;
    longList({ ...from(artist.own), place: $("albums"), draw: (album) => el("li", {}, album ? albumCard(album, { by: false }) : null) });
    $("others").hidden = !artist.list.length;
    $("others-head").textContent = artist.own.length ? "On other albums" : "Tracks";
    $("more").textContent = artist.others > artist.list.length ? `The first ${artist.list.length} of ${counted(artist.others, "track")}` : "";
    const { table, begin } = trackTable(from(artist.list));
    $("list").replaceChildren(table);
    begin();
  }

  (async function look() {
    try {
      show(await api(`/artists/${encodeURIComponent(id)}`));
      $("trouble").replaceChildren();
    } catch (error) {
      $("loading").hidden = true;
      $("trouble").replaceChildren(trouble(error, error.status === 404 ? null : look), el("p", {}, el("a", { href: "/library/artists" }, "To all artists")));
    }
  })();
}
