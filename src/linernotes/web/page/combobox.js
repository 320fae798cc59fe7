// A box with a list of what may be meant (the ARIA pattern of a combobox): for typing and for the keyboard.
import { announce } from "./common.js";
import { el } from "./elements.js";
import { counted } from "./format.js";

let made = 0;

/**
 * Give a box a list.
 * @param {HTMLInputElement} input its label names the list as well
 * @param {object} heed
 *   ask: called with the box when something was typed, returns a promise of options: what is shown of
 *   each (a list of nodes), and `take`, called when it is chosen; each may have a `group`
 *   label: of the list
 *   wait: ms that typing rests before it is asked
 *   opens: whether the list opens when the box gets the focus, too
 *   signal: aborted when the page is left
 */
export function makeCombobox(input, { ask, label, wait = 120, opens = false, signal }) {
  const id = `options-${++made}`;
  const list = el("ul", { id, class: "options", role: "listbox", "aria-label": label, hidden: true });
  const box = el("span", { class: "combobox" });
  input.replaceWith(box);
  box.append(input, list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, autocomplete: "off", spellcheck: "false" })) input.setAttribute(name, value);
  let options = [];
  let active = -1;
  let stale = false; // what is shown was for another text
  let waiting = 0;
  let asked = 0;

  const show = (found) => {
    options = found;
    stale = false;
    mark(-1);
    list.replaceChildren(...options.map(({ shown, kind }, i) => el("li", { id: `${id}-${i}`, role: "option", "aria-selected": "false", class: kind }, shown)));
    list.hidden = !options.length;
    list.scrollTop = 0;
    list.classList.remove("leftward");
    if (!list.hidden) list.classList.toggle("leftward", list.getBoundingClientRect().right > document.documentElement.clientWidth);
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const close = () => {
    asked++;
    clearTimeout(waiting);
    show([]);
  };
  const mark = (i) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = i;
    const option = list.children[i];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const look = async () => {
    clearTimeout(waiting);
    const mine = ++asked;
    let found = [];
    try {
      found = await ask(input);
    } catch { /* what is wrong is told where it is sent */ }
    if (mine !== asked || document.activeElement !== input) return;
    show(found);
    if (found.length) announce(`${counted(found.length, "suggestion")}, arrow down to choose`);
  };
  const soon = () => {
    stale = true;
    mark(-1);
    clearTimeout(waiting);
    waiting = setTimeout(look, wait);
  };
  const take = (i) => {
    if (stale) return;
    const option = options[i];
    close();
    option.take(input);
  };
  input.addEventListener("input", soon);
  input.addEventListener("click", () => opens && list.hidden && look());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const last = options.length - 1;
    const step = { ArrowDown: active < last ? active + 1 : 0, ArrowUp: active > 0 ? active - 1 : last }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (list.hidden || stale) look().then(() => options.length && mark(event.key === "ArrowDown" ? 0 : options.length - 1));
      else mark(step);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      event.stopPropagation();
      take(active);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter") close();
  });
  // The box keeps the focus while the list is clicked or scrolled.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take([...list.children].indexOf(option));
  });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  return { look, close };
}
