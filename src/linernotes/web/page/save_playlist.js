// Keeping tracks as a playlist: as a new one, or at the end of one that there is.
import { announce } from "./say.js";
import { counted } from "./format.js";
import { ask } from "./dialogs.js";
import { el } from "./elements.js";
import { api } from "./server.js";

const OFFERED = 200;

/**
 * Ask for a name, and keep tracks under it.
 * @param {object} what tracks: their ids, or what returns them; query: of a smart playlist, instead;
 *   name: one to begin with; done: called with the playlist; signal: of the page
 */
export async function savePlaylist({ tracks, query = null, name = "", done = () => {}, signal }) {
  const field = el("input", { id: "playlist-name", maxlength: 200, value: name, autocomplete: "off" });
  const choice = el("select", { id: "playlist-choice" }, el("option", { value: "" }, "a new playlist"));
  const named = el("label", { for: "playlist-name" }, "Name ", field);
  choice.addEventListener("change", () => (named.hidden = choice.value !== ""));
  if (!query) {
    try {
      const { playlists } = await api(`/playlists?limit=${OFFERED}`);
      choice.append(...playlists.filter((each) => !each.query).map((each) => el("option", { value: each.id }, each.name)));
    } catch { /* a new one is made, then */ }
  }
  ask({
    title: query ? "Keep as a smart playlist" : "Keep as a playlist",
    contents: [el("div", { class: "fields" }, choice.options.length > 1 ? el("label", {}, "In ", choice) : null, named), query ? el("p", { class: "small quiet" }, "It asks again whenever it is opened.") : null].filter(Boolean),
    act: "Keep",
    signal,
    async run() {
      const ids = typeof tracks === "function" ? await tracks() : (tracks ?? []);
      const kept = choice.value
        ? await api(`/playlists/${encodeURIComponent(choice.value)}/tracks`, { method: "POST", body: { tracks: ids } })
        : await api("/playlists", { method: "POST", body: query ? { name: field.value.trim(), query } : { name: field.value.trim(), tracks: ids } });
      announce(`${kept.name} is kept, ${counted(kept.length, "track")}`);
      done(kept);
    },
  });
  (named.hidden ? choice : field).focus();
}

/** A link to a playlist that was just kept. */
export const keptLink = (kept) => el("p", { class: "notice" }, "Kept: ", el("a", { href: `/playlist/${kept.id}` }, el("bdi", {}, kept.name)));

/** Save what the server sends as a file; the name is the server's. */
export async function saveFile(path, { body, name, kind }) {
  const address = URL.createObjectURL(await api(path, { method: "POST", body: { ...body, kind }, as: "blob" }));
  el("a", { href: address, download: `${name}.${kind}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
