"use strict";
// Everything is on the page without this; it only reads a moment of a figure aloud.
for (const figure of document.querySelectorAll("figure")) {
  const panels = figure.querySelector(".panels");
  const readout = figure.querySelector(".readout");
  const scrub = document.createElement("div");
  const cursor = document.createElement("div");
  const hint = document.createElement("i");
  hint.textContent = "Point at the figure, or focus it and press the arrow keys, to read a moment.";
  let data = null;
  let now = -1;

  // Parsed when first needed: a page of hundreds of tracks opens at once.
  const open = () => {
    data ??= JSON.parse(figure.querySelector("script").textContent);
  };
  const clock = (seconds, decimals) => {
    const unit = 10 ** decimals;
    const ticks = Math.round(seconds * unit);
    const rest = Math.floor(ticks / unit);
    const two = (n) => String(n).padStart(2, "0");
    const minutes = Math.floor(rest / 60);
    const long = data.edges[data.edges.length - 1] >= 3600;
    const head = long ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}` : `${minutes}`;
    return `${head}:${two(rest % 60)}${decimals ? `.${ticks % unit}` : ""}`;
  };
  const percent = (p) => (p > 0.995 ? "> 99" : p < 0.005 ? "< 1" : Math.round(p * 100)) + "\u00a0%";
  const inRange = ({ low, high, places, unit }, share) => `${(low + share * (high - low)).toFixed(places)}${unit ? `\u00a0${unit}` : ""}`;
  const loudest = (panel, n) =>
    panel.names
      .map((name, i) => [name, parseInt(panel.values[i].substr(2 * now, 2), 36) / 1000])
      .sort((a, b) => b[1] - a[1])
      .filter(([, p], i) => i === 0 || p >= 0.03)
      .slice(0, n)
      .map(([name, p]) => (panel.scale ? inRange(panel.scale, p) : `${name} ${percent(p)}`))
      .join(", ");
  const say = (label, text) => {
    const line = document.createElement("span");
    const head = document.createElement("i");
    head.textContent = `${label}:`;
    line.append(head, " ", text);
    return line;
  };
  const show = (column) => {
    open();
    column = Math.max(0, Math.min(data.edges.length - 2, column));
    if (column === now) return;
    now = column;
    const [from, to] = [data.edges[now], data.edges[now + 1]];
    const [first, last] = [data.edges[0], data.edges[data.edges.length - 1]];
    const decimals = to - from < 2 ? 1 : 0;
    const time = document.createElement("b");
    time.textContent = `${clock(from, decimals)} to ${clock(to, decimals)}`;
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
    const [first, last] = [data.edges[0], data.edges[data.edges.length - 1]];
    const second = first + ((event.clientX - box.left) / box.width) * (last - first);
    const next = data.edges.findIndex((edge) => edge > second);
    show((next < 0 ? data.edges.length : next) - 1);
  };
  const steps = {
    ArrowLeft: () => now - 1, ArrowDown: () => now - 1,
    ArrowRight: () => now + 1, ArrowUp: () => now + 1,
    PageDown: () => now - 10, PageUp: () => now + 10,
    Home: () => 0, End: () => data.edges.length - 2,
  };

  scrub.className = "scrub";
  scrub.tabIndex = 0;
  scrub.setAttribute("role", "slider");
  scrub.setAttribute("aria-label", "Moment of the track");
  scrub.setAttribute("aria-valuemin", 0);
  scrub.setAttribute("aria-valuemax", figure.dataset.columns - 1);
  scrub.setAttribute("aria-valuenow", 0);
  cursor.className = "cursor";
  scrub.append(cursor);
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
  scrub.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key in steps && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open();
      show(steps[event.key]());
    }
  });
}
