// What the map is coloured by: the choice, and what the colours mean.
import { $, el } from "./elements.js";
import { COMMON, NO_CLASS, css } from "./tones.js";

const MAIN = ["label", "cluster", "genre", "heard_genre", "mood", "heard_mood", "energy", "valence", "tempo", "brightness", "year"];
const GROUPS = { own: "your labels", file: "file tags", found: "clusters", measured: "measured", tags: "heard by the networks", descriptors: "descriptors" };

/** Write a value of a column, with as many digits as can be told apart. */
export function valueText({ unit, whole }, value) {
  const size = Math.abs(value);
  const text = whole || size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toPrecision(2);
  return `${Number(text)}${unit ? `\u00a0${unit}` : ""}`;
}

const columnName = ({ name }) => name.replace(/^heard_/, "heard ");

/** Offer what is asked for most in a list, and everything in a box that completes its names. */
export function offerColumns(columns, choose) {
  const main = MAIN.map((name) => columns.findIndex((column) => column.name === name)).filter((index) => index >= 0);
  const [select, other] = [$("colour"), $("colour-other")];
  select.replaceChildren(...main.map((index) => el("option", { value: String(index) }, columnName(columns[index]))));
  $("colour-names").replaceChildren(...columns.map((column) => el("option", { value: columnName(column) }, GROUPS[column.group])));
  select.addEventListener("change", () => choose(Number(select.value)));
  other.addEventListener("input", () => {
    const wanted = other.value.trim().toLowerCase();
    const index = columns.findIndex((column) => columnName(column).toLowerCase() === wanted);
    if (index < 0) return;
    other.value = "";
    choose(index);
  });
}

/** Show in the list which column is seen, also where it is none of the usual ones. */
export function showColumn(columns, index) {
  const select = $("colour");
  if (![...select.options].some(({ value }) => value === String(index))) select.append(el("option", { value: String(index) }, columnName(columns[index])));
  select.value = index;
}

/** Whether a column tells more than one thing of the tracks, and something of many. */
export function tellsMuch({ classes, values }) {
  if (!classes) return false;
  const counts = new Uint32Array(classes.length);
  let told = 0;
  for (const value of values) if (value !== NO_CLASS && ++told) counts[value]++;
  return told >= values.length / 3 && counts.every((count) => count < 0.9 * told);
}

/** Show what the colours of a column mean, and which class is seen alone; `choose` is told another. */
export function showLegend(column, tones, only, choose) {
  $("legend-name").textContent = columnName(column);
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
  entry(NO_CLASS, column.name.startsWith("heard_") ? "not sure" : "none", counts[COMMON + 1], tones.other);
}
