// Sliders that stand nowhere until they are moved.
import { el } from "./elements.js";

const SLIDERS = {
  energy: { low: 0, high: 1, step: 0.01, ends: ["calm", "energetic"], told: (value) => `${Math.round(100 * value)}\u00a0%` },
  valence: { label: "Mood", low: 0, high: 1, step: 0.01, ends: ["sad", "happy"], told: (value) => `${Math.round(100 * value)}\u00a0%` },
  tempo: { low: 60, high: 200, step: 1, ends: ["slow", "fast"], told: (value) => `${value}\u00a0BPM` },
  brightness: { low: 0, high: 1, step: 0.01, ends: ["dark", "bright"], told: (value) => `${Math.round(100 * value)}\u00a0%` },
};
const VOICES = { "": "any", yes: "with", no: "without" };

/** Make the sliders; `moved` is called when one of them was, and when it is let go. */
export function makeSliders(place, voice, moved) {
  const all = Object.entries(SLIDERS).map(([name, { label, low, high, step, ends, told }]) => {
    const text = label ?? name.charAt(0).toUpperCase() + name.slice(1);
    const input = el("input", { type: "range", id: `slider-${name}`, min: low, max: high, step });
    const output = el("output", { for: input.id });
    const free = el("button", { type: "button", hidden: true, "aria-label": `Any ${text.toLowerCase()}` }, "Any");
    const box = el("div", { class: "slider" }, el("label", { for: input.id }, text), output, input, free,
      el("span", { class: "ends", "aria-hidden": "true" }, el("span", {}, ends[0]), el("span", {}, ends[1])));
    const set = (value) => {
      const known = value !== null && value !== "" && Number.isFinite(Number(value));
      input.value = known ? value : (low + high) / 2;
      box.classList.toggle("set", known);
      output.textContent = known ? told(Number(input.value)) : "any";
      input.setAttribute("aria-valuetext", output.textContent);
      free.hidden = !known;
    };
    input.addEventListener("input", () => {
      set(input.value);
      moved();
    });
    free.addEventListener("click", () => {
      set(null);
      input.focus();
      moved();
    });
    set(null);
    place.append(box);
    return { name, set, value: () => (box.classList.contains("set") ? Number(input.value) : "") };
  });
  for (const [value, label] of Object.entries(VOICES))
    voice.querySelector(".choices").append(el("label", {}, el("input", { type: "radio", name: "voice", value, checked: value === "", onchange: moved }), label));
  all.push({
    name: "voice",
    set: (value) => {
      for (const each of voice.querySelectorAll("input")) each.checked = each.value === (VOICES[value] ? value : "");
    },
    value: () => voice.querySelector("input:checked").value,
  });
  return {
    /** Where they stand, by name; "" for nowhere. */
    values: () => Object.fromEntries(all.map(({ name, value }) => [name, value()])),
    set: (values) => all.forEach(({ name, set }) => set(values[name] ?? null)),
  };
}
