// The queue: what played, plays, and comes; tracks are moved, removed and jumped to.
import { el } from "./elements.js";
import { counted } from "./format.js";
import { icon } from "./icons.js";
import { jumpTo, linkOf, moveTo, onPlaying, playing, removeAt } from "./playing.js";
import { announce } from "./say.js";

const BEFORE = 3;
const SHOWN = 100; // tracks that are listed; a queue may have thousands

/** Make the panel. */
export function makeQueue({ onClose }) {
  const list = el("ol", { class: "queue" });
  const count = el("p", { class: "small quiet" });
  const tools = el("p", { class: "row" });
  const told = el("div");
  const box = el(
    "section",
    { id: "queue-panel", class: "queue-panel", "aria-labelledby": "queue-title", hidden: true },
    el("div", { class: "row spread" }, el("h2", { id: "queue-title", tabindex: "-1" }, "Queue"), el("button", { type: "button", class: "close", "aria-label": "Close the queue", title: "Close the queue", onclick: onClose }, icon("close"))),
    count,
    tools,
    told,
    list,
  );
  const act = (name, label, onclick, disabled = false) => el("button", { type: "button", class: name, "data-act": name, "aria-label": label, title: label, disabled, onclick }, icon(name));
  const row = (track, i) => {
    const here = i === playing.at;
    const link = linkOf(track);
    const name = el("bdi", {}, track.title);
    const shift = (way) => {
      moveTo(i, i + way);
      announce(`${track.title} is number ${i + way + 1}`);
      list.querySelector(`li[data-index="${i + way}"] [data-act=${way < 0 ? "up" : "down"}]`)?.focus();
    };
    return el(
      "li",
      { class: [here && "here", track.failed && "failed"].filter(Boolean).join(" ") || null, "data-index": i, "aria-current": here ? "true" : null },
      el("button", { type: "button", class: "jump", onclick: () => jumpTo(i), "aria-label": here ? `Begin ${track.title} again` : `Play ${track.title}` }, icon(here ? "sound" : "play")),
      el(
        "div",
        {},
        el("p", {}, link ? el("a", { href: link }, name) : name),
        el("p", { class: "small quiet" }, track.artist ? el("bdi", {}, track.artist) : "", track.found ? `${track.artist ? " · " : ""}sounds alike` : "", track.failed ? " · cannot be played" : ""),
      ),
      el("span", { class: "acts" }, act("up", `Move ${track.title} up`, () => shift(-1), i === 0), act("down", `Move ${track.title} down`, () => shift(1), i === playing.queue.length - 1), act("remove", `Remove ${track.title}`, () => removeAt(i))),
    );
  };
  const draw = () => {
    if (box.hidden) return;
    const first = Math.max(0, playing.at - BEFORE);
    const shown = playing.queue.slice(first, first + SHOWN);
    const focused = document.activeElement?.closest?.(".queue li")?.dataset.index;
    const acted = document.activeElement?.dataset?.act;
    list.replaceChildren(...shown.map((track, i) => row(track, first + i)));
    if (focused !== undefined) {
      const again = list.querySelector(`li[data-index="${focused}"]`) ?? list.lastElementChild;
      (acted ? again?.querySelector(`[data-act=${acted}]`) : again?.querySelector(".jump"))?.focus();
    }
    const more = playing.queue.length - first - shown.length;
    count.textContent = `${counted(playing.queue.length, "track")}${more > 0 ? `, the next ${SHOWN} are shown` : ""}`;
  };
  onPlaying(undefined, { change: draw });
  return {
    box,
    tools,
    told,
    show() {
      told.replaceChildren();
      draw();
      box.querySelector("h2").focus();
      list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    },
  };
}
