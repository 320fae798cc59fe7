// The box of filters, and what may come next in one.
import { makeCombobox } from "./combobox.js";
import { query } from "./common.js";
import { el } from "./elements.js";
import { counted } from "./format.js";

/** Complete what is typed into a box of filters; `api` is that of the page. */
export function completeFilter(input, { api, signal }) {
  const take = ({ start, end }, { text }) => (box) => {
    const before = box.value.slice(0, start);
    box.value = before + text + box.value.slice(end);
    const at = before.length + text.length;
    box.setSelectionRange(at, at);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const shown = ({ text, meaning, tracks }) => [
    el("code", {}, text.trim()),
    el("small", {}, meaning || (tracks === null ? "" : counted(tracks, "track"))),
  ];
  return makeCombobox(input, {
    label: "What may come next",
    opens: true,
    signal,
    ask: async (box) => {
      const asked = { where: box.value, at: box.selectionStart };
      const found = await api(`/filters/completions?${query(asked)}`);
      return found.options.map((option) => ({ kind: option.kind, shown: shown(option), take: take(found, option) }));
    },
  });
}
