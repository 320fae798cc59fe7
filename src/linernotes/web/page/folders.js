// Choosing folders of music on the machine that serves the pages: typed, or looked for.
import { announce, apiFor, query, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { counted } from "./format.js";
import { onKeys } from "./keys.js";

/**
 * Let a person choose folders.
 * @param {AbortSignal} signal of the page
 * @param {function} changed called when a folder was chosen or forgotten; may be waited for
 * @returns offer: shows the folders that may be scanned; open: begins to look for others
 */
export function chooseFolders(signal, changed) {
  const api = apiFor(signal);
  let here = null;

  const say = (error, again) => $("browse-trouble").replaceChildren(error ? trouble(error, again) : "");

  function show(told) {
    here = told.path;
    $("place-typed").value = told.path ?? "";
    const inside = told.more ? "so much that not all of it is shown" : [told.tracks && counted(told.tracks, "file of music", "files of music"), told.folders.length && counted(told.folders.length, "folder")].filter(Boolean).join(", ");
    $("browse-at").textContent = told.path === null ? "Look in one of these:" : `In it: ${inside || "nothing"}.`;
    $("browse-up").hidden = told.path === null;
    $("browse-take").hidden = told.path === null;
    $("browse-list").replaceChildren(...told.folders.map(({ name, path }) => el("li", {}, el("button", { type: "button", onclick: () => look(path) }, el("bdi", {}, name)))));
    $("browse-up").onclick = () => look(told.parent ?? "");
    $("browse-list").scrollTop = 0;
  }

  async function look(path, { focus = true } = {}) {
    try {
      const told = await api(`/folders?${query({ path })}`);
      say(null);
      show(told);
      announce($("browse-at").textContent);
      if (focus) ($("browse-list").querySelector("button") ?? $("browse-take")).focus();
    } catch (error) {
      say(error);
    }
  }

  async function take(path) {
    try {
      const { path: chosen } = await api("/folders", { method: "POST", body: { path } });
      say(null);
      $("browse").open = false;
      await changed();
      announce(`${chosen} is chosen`);
      $("go").focus();
    } catch (error) {
      say(error);
    }
  }

  async function forget(path) {
    try {
      await api(`/folders?${query({ path })}`, { method: "DELETE" });
      await changed();
      announce(`${path} is no longer chosen`);
    } catch (error) {
      say(error);
    }
  }

  $("browse").addEventListener("toggle", () => {
    if ($("browse").open && here === null) look("", { focus: false });
  });
  $("browse-take").addEventListener("click", () => take(here));
  const takeTyped = () => {
    const typed = $("place-typed").value.trim();
    if (typed) take(typed);
  };
  $("place-take").addEventListener("click", takeTyped);
  onKeys($("place-typed"), { Enter: takeTyped }); // it does not start the scan

  function offer(folders) {
    const rows = folders.map(({ id, path, chosen }) =>
      el(
        "li",
        { class: "row" },
        el("label", { class: "check grow" }, el("input", { type: "checkbox", name: "folder", value: id, checked: true }), el("bdi", {}, path)),
        chosen ? el("button", { type: "button", "aria-label": `Forget ${path}`, onclick: () => forget(path) }, "Forget") : null,
      ),
    );
    $("folders-list").replaceChildren(...(rows.length ? rows : [el("li", { class: "quiet" }, "None yet: choose one below.")]));
    $("go").disabled = !rows.length;
    if (!rows.length) $("browse").open = true;
  }
  return offer;
}
