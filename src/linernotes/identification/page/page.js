// Everything is on the page without this; it only reads a moment of a figure aloud.
import { el } from "./elements.js";
import { clock, percent } from "./format.js";
import { onKeys } from "./keys.js";

for (const figure of document.querySelectorAll("figure")) {
  const panels = figure.querySelector(".panels");
  const readout = figure.querySelector(".readout");
  const cursor = el("div", { class: "cursor" });
  const scrub = el("div", {
    class: "scrub", tabindex: 0, role: "slider", "aria-label": "Moment of the track",
    "aria-valuemin": 0, "aria-valuemax": figure.dataset.columns - 1, "aria-valuenow": 0,
  }, cursor);
  const hint = el("i", {}, "Point at the figure, or focus it and press the arrow keys, to read a moment.");
  let data = null;
  let now = -1;

  // Parsed when first needed: a page of hundreds of tracks opens at once.
  const open = () => {
    data ??= JSON.parse(figure.querySelector("script").textContent);
  };
  const timeOf = (seconds, decimals) => {
    const unit = 10 ** decimals;
    return clock(Math.round(seconds * unit) / unit, { tenths: decimals > 0, hours: data.edges.at(-1) >= 3600 });
  };
  const valueText = ({ low, high, places, unit }, share) => `${(low + share * (high - low)).toFixed(places)}${unit ? `\u00a0${unit}` : ""}`;
  const loudest = (panel, n) =>
    panel.names
      .map((name, i) => [name, parseInt(panel.values[i].substr(2 * now, 2), 36) / 1000])
      .sort((a, b) => b[1] - a[1])
      .filter(([, p], i) => i === 0 || p >= 0.03)
      .slice(0, n)
      .map(([name, p]) => (panel.scale ? valueText(panel.scale, p) : `${name} ${percent(p)}`))
      .join(", ");
  const say = (label, text) => el("span", {}, el("i", {}, `${label}:`), " ", text);
  const show = (column) => {
    open();
    column = Math.max(0, Math.min(data.edges.length - 2, column));
    if (column === now) return;
    now = column;
    const [from, to] = [data.edges[now], data.edges[now + 1]];
    const [first, last] = [data.edges[0], data.edges.at(-1)];
    const decimals = to - from < 2 ? 1 : 0;
    const time = el("b", {}, `${timeOf(from, decimals)} to ${timeOf(to, decimals)}`);
    readout.replaceChildren(time, ...data.panels.map((panel) => say(panel.label, loudest(panel, panel.top))));
    cursor.hidden = false;
    cursor.style.left = `${(100 * ((from + to) / 2 - first)) / (last - first)}%`;
    scrub.setAttribute("aria-valuenow", now);
    scrub.setAttribute("aria-valuetext", time.textContent);
  };
  const leave = () => {
    now = -1;
    cursor.hidden = true;
    readout.replaceChildren(hint);
  };
  const point = (event) => {
    open();
    const box = scrub.getBoundingClientRect();
    const [first, last] = [data.edges[0], data.edges.at(-1)];
    const second = first + ((event.clientX - box.left) / box.width) * (last - first);
    const next = data.edges.findIndex((edge) => edge > second);
    show((next < 0 ? data.edges.length : next) - 1);
  };
  panels.append(scrub);
  readout.hidden = false;
  leave();
  scrub.addEventListener("pointermove", point);
  scrub.addEventListener("pointerdown", point);
  scrub.addEventListener("pointerleave", (event) => {
    // A finger that is lifted leaves too; what it chose shall stay to be read.
    if (event.pointerType !== "touch" && document.activeElement !== scrub) leave();
  });
  scrub.addEventListener("focus", () => show(Math.max(now, 0)));
  scrub.addEventListener("blur", leave);
  onKeys(scrub, {
    ArrowLeft: () => show(now - 1), ArrowDown: () => show(now - 1),
    ArrowRight: () => show(now + 1), ArrowUp: () => show(now + 1),
    PageDown: () => show(now - 10), PageUp: () => show(now + 10),
    Home: () => show(0), End: () => show(Infinity), Escape: leave,
  });
}
