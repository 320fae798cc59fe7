// How numbers are written.

const two = (number) => String(number).padStart(2, "0");

/** Write seconds as a clock shows them; hours are told where there are some, or where asked for. */
export function clock(seconds, { tenths = false, hours = false } = {}) {
  if (!Number.isFinite(seconds)) return "";
  const ticks = tenths ? Math.floor(seconds * 10) : Math.floor(seconds) * 10;
  const whole = Math.floor(ticks / 10);
  const minutes = Math.floor(whole / 60);
  const head = hours || minutes >= 60 ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}` : `${minutes}`;
  return `${head}:${two(whole % 60)}${tenths ? `.${ticks % 10}` : ""}`;
}

// Nothing is certain or impossible to a model, and rounding must not say so.
export const percent = (p) => `${p > 0.995 ? "> 99" : p < 0.005 ? "< 1" : Math.round(100 * p)}\u00a0%`;

/** A share that was counted, not guessed. */
export const roundedPercent = (share) => `${Math.round(100 * share)}\u00a0%`;

/** A number with as many digits as its range deserves. */
export const inRange = (value, [low, high], unit = "") => {
  const text = value.toFixed(Math.min(6, Math.max(0, 2 - Math.ceil(Math.log10(high - low)))));
  return unit ? `${text}${unit === "%" ? "" : "\u00a0"}${unit}` : text;
};

export const counted = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
