// One album and its tracks, in their order.
import { apiFor, trouble } from "./common.js";
import { cover } from "./cover.js";
import { $, el } from "./elements.js";
import { clock, counted } from "./format.js";
import { artistLink } from "./links.js";
import { showName } from "./naming.js";
import { trackTable } from "./track_table.js";

export function start({ signal }) {
  const api = apiFor(signal);
  const id = decodeURIComponent(location.pathname.split("/").pop());

  function show(album) {
    showName(album.name);
    $("loading").hidden = true;
    $("album").hidden = false;
    $("cover").replaceChildren(cover(album.cover, { size: "medium", alt: `Cover of ${album.name}` }));
    $("by").replaceChildren(el("span", {}, artistLink(album.artist_id, album.artist)));
    const about = [album.year, album.genre, counted(album.tracks, "track"), clock(album.duration)].filter(Boolean);
    $("about").replaceChildren(...about.flatMap((each, i) => [i ? " · " : "", el("bdi", {}, String(each))]));
    const { table, begin } = trackTable({ total: album.list.length, ask: async (offset, limit) => album.list.slice(offset, offset + limit), first: album.list.slice(0, 100), numbered: true, signal });
    $("list").replaceChildren(table);
    begin();
  }

  (async function look() {
    try {
      show(await api(`/albums/${encodeURIComponent(id)}`));
      $("trouble").replaceChildren();
    } catch (error) {
      $("loading").hidden = true;
      $("trouble").replaceChildren(trouble(error, error.status === 404 ? null : look), el("p", {}, el("a", { href: "/library/albums" }, "To all albums")));
    }
  })();
}
