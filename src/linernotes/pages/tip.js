// The name of what is pointed at, beside it.

/** Place a tip under what it names, or over it where there is no room below; all in a box, in pixels. */
export function placeTip(tip, { left, top, bottom }, { width, height }) {
  const x = Math.max(4, Math.min(left + 14, width - tip.offsetWidth - 4));
  const under = bottom + 8;
  const y = under + tip.offsetHeight > height ? top - tip.offsetHeight - 8 : under;
  tip.style.transform = `translate(${x}px, ${y}px)`;
}
