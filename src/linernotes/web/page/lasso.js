// The lasso: a path around points, drawn with a finger or the mouse while it is switched on.
import { css } from "./tones.js";

/** Which points that are shown lie inside of corners; all are pixels. */
export function pointsInside(corners, n, pixelsOf, isShown) {
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const caught = [];
  for (let i = 0; i < n; i++) {
    const [x, y] = pixelsOf(i);
    if (x < left || x > right || y < top || y > bottom || !isShown(i)) continue;
    let odd = false;
    for (let a = 0, b = xs.length - 1; a < xs.length; b = a++)
      if (ys[a] > y !== ys[b] > y && x < ((xs[b] - xs[a]) * (y - ys[a])) / (ys[b] - ys[a]) + xs[a]) odd = !odd;
    if (odd) caught.push(i);
  }
  return caught;
}

/** Make the lasso; `take` is told the corners that were drawn, and whether to keep what it took before. */
export function makeLasso(button, canvas, take) {
  let corners = [];
  const isOn = () => button.getAttribute("aria-pressed") === "true";
  const set = (on) => {
    button.setAttribute("aria-pressed", on);
    canvas.classList.toggle("lasso", on);
  };
  button.addEventListener("click", () => set(!isOn()));
  return {
    isOn,
    set,
    begin(place) {
      corners = isOn() ? [place] : [];
      return isOn();
    },
    extend([x, y]) {
      const [lastX, lastY] = corners.at(-1);
      if (Math.hypot(x - lastX, y - lastY) > 3) corners.push([x, y]);
    },
    /** End the path, whole or broken off; returns whether it went around something. */
    end({ whole = false, more = false } = {}) {
      const drawn = corners;
      corners = [];
      if (!whole || drawn.length < 3) return false;
      take(drawn, more);
      return true;
    },
    draw(pen, tones) {
      if (corners.length < 2) return;
      pen.beginPath();
      corners.forEach(([x, y]) => pen.lineTo(x, y));
      pen.closePath();
      pen.fillStyle = css(tones.link, 0.12);
      pen.fill();
      pen.strokeStyle = css(tones.link);
      pen.lineWidth = 2;
      pen.stroke();
    },
  };
}
