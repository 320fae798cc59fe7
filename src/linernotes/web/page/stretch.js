// The stretch of a track that its figures show: all of it, or a part that is looked at closely.
import { el } from "./elements.js";
import { clock } from "./format.js";

const LEAST = 8; // seconds
const WORTH = 40; // seconds from which on looking closer is offered

/** A view that several figures of one track share. */
export function makeView() {
  const changes = new EventTarget();
  let [first, last, from, to] = [0, 1, 0, 1];
  const go = (begin, length) => {
    const whole = last - first;
    const span = Math.min(whole, Math.max(Math.min(LEAST, whole), length));
    const start = Math.min(Math.max(first, begin), last - span);
    if (start === from && start + span === to) return;
    [from, to] = [start, start + span];
    changes.dispatchEvent(new Event("change"));
  };
  return {
    get from() { return from; },
    get to() { return to; },
    get span() { return to - from; },
    get isZoomed() { return to - from < last - first - 1e-6; },
    get isWorthIt() { return last - first >= WORTH; },
    reach(begin, end) {
      [first, last, from, to] = [begin, end, begin, end];
    },
    /** Show a part so many times as long, in which a second stays where it is. */
    zoom(times, about = (from + to) / 2) {
      const span = (to - from) * times;
      go(about - (about - from) * times, span);
    },
    pan(seconds) { go(from + seconds, to - from); },
    whole() { go(first, last - first); },
    /** See to it that a second is shown. */
    include(second) {
      if (second < from || second > to) go(second - (to - from) / 10, to - from);
    },
    onChange(call) { changes.addEventListener("change", call); },
  };
}

/** Buttons that look closer, or along the track. */
export function viewButtons(view) {
  const button = (label, text, act) => el("button", { type: "button", "aria-label": label, title: label, onclick: act }, text);
  const middle = () => (view.from + view.to) / 2;
  const earlier = button("Earlier", "‹", () => view.pan(-view.span / 2));
  const later = button("Later", "›", () => view.pan(view.span / 2));
  const whole = button("Show all of it", "⤢", () => view.whole());
  const shown = el("span", { class: "number quiet small", "aria-live": "polite" });
  const box = el("div", { class: "view row", role: "group", "aria-label": "What is shown of the track" },
    button("Look closer", "+", () => view.zoom(0.5, middle())), button("Look from farther", "−", () => view.zoom(2, middle())), whole, earlier, later, shown);
  const draw = () => {
    for (const each of [earlier, later, whole]) each.disabled = !view.isZoomed;
    shown.textContent = view.isZoomed ? `${clock(view.from)} to ${clock(view.to)}` : "";
  };
  view.onChange(draw);
  draw();
  box.hidden = !view.isWorthIt;
  return box;
}

/** Let wheel, fingers and keys look closer at what lies under them. */
export function onViewGestures(element, view, secondAt) {
  element.addEventListener("wheel", (event) => {
    if (event.ctrlKey) {
      event.preventDefault();
      view.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY / 100))), secondAt(event));
    } else if (view.isZoomed && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
      event.preventDefault();
      const along = event.shiftKey && !event.deltaX ? event.deltaY : event.deltaX;
      view.pan((along / element.clientWidth) * view.span);
    }
  }, { passive: false });
  const fingers = new Map();
  const spread = () => {
    const [one, other] = [...fingers.values()];
    return { apart: Math.max(20, Math.abs(one.x - other.x)), middle: (one.x + other.x) / 2 };
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") fingers.set(event.pointerId, { x: event.clientX });
  });
  element.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = fingers.size === 2 ? spread() : null;
    fingers.set(event.pointerId, { x: event.clientX });
    if (!before) return;
    const now = spread();
    view.zoom(before.apart / now.apart, secondAt({ clientX: now.middle }));
    view.pan(((before.middle - now.middle) / element.clientWidth) * view.span);
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) element.addEventListener(name, (event) => fingers.delete(event.pointerId));
  const keys = { "+": () => view.zoom(0.5), "=": () => view.zoom(0.5), "-": () => view.zoom(2), 0: () => view.whole() };
  return { keys, isPinched: () => fingers.size > 1 };
}
