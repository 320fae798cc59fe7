// What the map is coloured by: the choice, and what the colours mean.
import { $, el } from "./elements.js";
import { COMMON, NO_CLASS, css } from "./tones.js";

const GROUPS = { file: "file tags", found: "clusters", measured: "measured", tags: "heard by the networks", descriptors: "descriptors" };

/** Write a value of a column, with as many digits as can be told apart. */
export function valueText({ unit, whole }, value) {
  const size = Math.abs(value);
  const text = whole || size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toPrecision(2);
  return `${Number(text)}${unit ? `\u00a0${unit}` : ""}`;
}

/** Fill a select with columns by their groups; its values are their numbers. */
export function offerColumns(select, columns) {
  const option = (column) => el("option", { value: String(columns.indexOf(column)) }, column.name);
  const groups = Object.entries(GROUPS).map(([group, label]) => [label, columns.filter((column) => column.group === group)]);
  select.replaceChildren(...groups.filter(([, members]) => members.length).map(([label, members]) => el("optgroup", { label }, members.map(option))));
}

/** Show what the colours of a column mean, and which class is seen alone; `choose` is told another. */
export function showLegend(column, tones, only, choose) {
  $("legend-name").textContent = column.name;
  $("classes").replaceChildren();
  $("scale").hidden = Boolean(column.classes);
  if (!column.classes) {
    $("low").textContent = valueText(column, column.pale);
    $("high").textContent = valueText(column, column.strong);
    return;
  }
  const counts = new Uint32Array(COMMON + 2); // of the common classes, of all others, of none
  for (const value of column.values) counts[value === NO_CLASS ? COMMON + 1 : Math.min(value, COMMON)]++;
  const entry = (value, text, count, tone) => {
    if (!count) return;
    const dot = el("i");
    dot.style.background = css(tone);
    const button = el("button", { type: "button", "aria-pressed": String(value === only) }, dot, el("bdi", {}, text), el("small", {}, count.toLocaleString("en")));
    button.addEventListener("click", () => {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      for (const other of $("classes").querySelectorAll("button")) other.setAttribute("aria-pressed", pressed && other === button);
      choose(pressed ? value : -1);
    });
    $("classes").append(el("li", {}, button));
  };
  column.classes.slice(0, COMMON).forEach((text, value) => entry(value, text, counts[value], tones.classes[value]));
  entry(COMMON, `${column.classes.length - COMMON} others`, counts[COMMON], tones.other);
  entry(NO_CLASS, "none", counts[COMMON + 1], tones.other);
}
