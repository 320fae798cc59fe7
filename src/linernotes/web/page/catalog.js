// A catalog: cards of albums or artists, searched and sorted, drawn where one looks.
import { announce, apiFor, query, trouble } from "./common.js";
import { $, el } from "./elements.js";
import { emptyLibrary } from "./empty.js";
import { counted } from "./format.js";
import { longList } from "./long_list.js";

const FIRST = 100;

/**
 * Show a catalog.
 * @param {object} options name: of the API's list; one: of what there is; sorts: by the words of the
 *   API; draw: makes a card of an item
 */
export function showCatalog({ name, one, sorts, draw, signal }) {
  const api = apiFor(signal);
  let asked = null;
  let waiting = 0;

  function failed(error) {
    $("count").textContent = "";
    $("list").replaceChildren(el("li", {}, trouble(error, look)));
  }

  async function look() {
    if (signal.aborted) return;
    clearTimeout(waiting);
    asked?.abort();
    const mine = (asked = new AbortController());
    const either = AbortSignal.any([signal, mine.signal]);
    const [q, sort] = [$("q").value.trim(), $("sort").value];
    const text = query({ q, sort: sort === sorts[0][0] ? "" : sort });
    history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
    const wanted = { q, sort: sort.replace("-", ""), descending: sort.startsWith("-") };
    const ask = (offset, limit) => api(`/${name}?${query({ ...wanted, offset, limit })}`, { signal: either });
    try {
      const found = await ask(0, FIRST);
      const words = counted(found.total, one);
      $("count").textContent = words;
      announce(words);
      if (!found.total && !q) return $("list").replaceChildren(el("li", {}, emptyLibrary()));
      const list = el("ul", { id: "list", class: `cards ${name}` });
      $("list").replaceWith(list);
      longList({
        place: list,
        total: found.total,
        first: found[name],
        ask: async (offset, limit) => (await ask(offset, limit))[name],
        draw: (item) => el("li", {}, item ? draw(item) : null),
        failed,
        signal: either,
      });
    } catch (error) {
      if (error.name !== "AbortError") failed(error);
    }
  }

  $("sort").append(...sorts.map(([value, words]) => el("option", { value }, words)));
  const given = new URLSearchParams(location.search);
  $("q").value = given.get("q") ?? "";
  if (sorts.some(([value]) => value === given.get("sort"))) $("sort").value = given.get("sort");
  $("sort").addEventListener("change", look);
  $("q").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 200);
  });
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
  look();
}
