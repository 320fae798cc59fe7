// Keys that act wherever one is on a page, unless what has the focus acts on keys itself.
import { $, el } from "./elements.js";
import { next, playing, previous, seek, toggle, toggleSound } from "./playing.js";

const STEP = 5; // seconds
const PLACE = "linernotes-keys";
// What takes all keys for itself, and what is pressed or chosen with some of them.
const OWN = "input:not([type=checkbox], [type=radio]), textarea, select, audio, video, [contenteditable], [role=slider], [role=application], [role=listbox], [role=combobox], dialog";
const PRESSED = "button, summary, input, [role=radio]";
const PRESSES = [" ", "ArrowLeft", "ArrowRight"];
const HELP = [
  [["Space"], "play, or pause"],
  [["←", "→"], "back or on by five seconds"],
  [["Shift", "←"], "the track before"],
  [["Shift", "→"], "the next track"],
  [["m"], "sound on or off"],
  [["u"], "what plays next"],
  [["/"], "search"],
  [["?"], "these keys"],
  [["Esc"], "close what is open"],
];

let dialog = null;
const isOn = () => {
  try {
    return localStorage.getItem(PLACE) !== "off";
  } catch {
    return true;
  }
};

export function showHelp() {
  if (!dialog) {
    const on = el("input", { type: "checkbox", id: "keys-on", onchange: () => localStorage.setItem(PLACE, on.checked ? "on" : "off") });
    const rows = HELP.map(([keys, what]) => el("tr", {}, el("th", { scope: "row" }, keys.flatMap((key, i) => [i ? " " : "", el("kbd", {}, key)])), el("td", {}, what)));
    dialog = el(
      "dialog",
      { class: "help", "aria-labelledby": "help-title" },
      el("h2", { id: "help-title" }, "Keys"),
      el("table", {}, el("tbody", {}, rows)),
      el("label", { class: "check" }, on, "Heed these keys"),
      el("p", { class: "row" }, el("button", { type: "button", class: "main", onclick: () => dialog.close() }, "Close")),
    );
    document.body.append(dialog);
  }
  $("keys-on").checked = isOn();
  if (!dialog.open) dialog.showModal();
}

/** What is searched on this page, if something is. */
const searchOf = () => document.querySelector("main input[type=search]:not([hidden])");

export function heedShortcuts({ navigate, showQueue }) {
  const alone = { " ": toggle, ArrowLeft: () => seek(playing.second - STEP), ArrowRight: () => seek(playing.second + STEP), m: toggleSound, u: showQueue };
  const shifted = { ArrowLeft: previous, ArrowRight: () => next() };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const inside = (what) => event.target.closest?.(what);
    if (inside(OWN) || document.querySelector("dialog[open]")) return;
    if (inside(PRESSED) && PRESSES.includes(event.key) && !event.shiftKey) return;
    if (event.key === "?") {
      event.preventDefault();
      return showHelp();
    }
    if (!isOn()) return;
    if (event.key === "/") {
      event.preventDefault();
      const search = searchOf();
      if (search?.getClientRects().length) search.focus();
      else navigate("/library#q");
      return;
    }
    const act = (event.shiftKey ? shifted : alone)[event.key];
    if (!act || !playing.track) return;
    // A link that has the focus is followed by Enter alone.
    event.preventDefault();
    act();
  });
}
