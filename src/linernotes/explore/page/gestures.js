// Fingers, the mouse and its wheel: they move and zoom a view, point at what is there, click it.

const TRACED = 12; // pixels; what is shorter is a click

/**
 * Heed what people do with a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {object} view of makeView
 * @param {object} heed
 *   pick: called with a pixel, and pixels beyond a point's edge; the point there or -1
 *   point: called with the point under the mouse or -1, and the pixel
 *   click: called with a point
 *   redraw: called when the view has moved
 *   lasso: a path that is drawn instead of moving: begin, extend, end (optional)
 */
export function heedGestures(canvas, view, { pick, point, click, redraw, lasso }) {
  const held = new Map(); // the place of each finger
  let moved = 0;
  let tracing = false;
  const spot = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const zoomAt = (x, y, factor) => {
    view.zoomAt(x, y, factor);
    redraw();
  };
  const onDown = (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, spot(event));
    if (held.size === 1) {
      moved = 0;
      tracing = lasso?.begin(spot(event)) ?? false;
    } else if (tracing) {
      tracing = false;
      lasso.end();
    }
  };
  const onMove = (event) => {
    const [x, y] = spot(event);
    if (!held.has(event.pointerId)) {
      if (!held.size) point(pick(x, y, 5), x, y);
      return;
    }
    const before = held.get(event.pointerId);
    moved += Math.hypot(x - before[0], y - before[1]);
    held.set(event.pointerId, [x, y]);
    if (tracing) {
      lasso.extend([x, y]);
      point(-1);
      redraw();
      return;
    }
    const others = [...held].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    if (others.length === 1) {
      const [ox, oy] = others[0];
      const was = Math.hypot(before[0] - ox, before[1] - oy);
      const is = Math.hypot(x - ox, y - oy);
      if (was > 5 && is > 5) view.zoomAt((x + ox) / 2, (y + oy) / 2, is / was);
    }
    view.move((x - before[0]) / held.size, (y - before[1]) / held.size);
    if (moved > 4) {
      canvas.classList.add("moving");
      point(-1);
    }
    redraw();
  };
  const onUp = (event) => {
    const [x, y] = spot(event);
    const known = held.delete(event.pointerId);
    canvas.classList.remove("moving");
    if (!known || held.size) return;
    if (tracing) {
      tracing = false;
      const whole = event.type !== "pointercancel" && moved > TRACED;
      const caught = lasso.end({ whole, more: event.shiftKey });
      redraw();
      if (caught) return;
    }
    if (event.type === "pointercancel" || moved > 6) return;
    const i = pick(x, y, event.pointerType === "touch" ? 16 : 5);
    if (i >= 0) click(i);
    moved = 100;
  };
  canvas.addEventListener("pointerdown", onDown);
  canvas.addEventListener("pointermove", onMove);
  canvas.addEventListener("pointerup", onUp);
  canvas.addEventListener("pointercancel", onUp);
  canvas.addEventListener("pointerleave", () => point(-1));
  canvas.addEventListener("dblclick", (event) => {
    if (pick(...spot(event), 5) < 0) zoomAt(...spot(event), 2);
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const speed = event.ctrlKey ? 0.01 : 0.0018;
    zoomAt(...spot(event), Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) * speed));
  }, { passive: false });
}
