// A long list of items of one height, of which only those near the view exist. The place is as high
// as all of them, so the page scrolls, and comes back to where one was, as if they were all there.

const PAGE = 100; // items that are asked for at once
const KEPT = 40; // pages that are kept
const AT_ONCE = 3; // pages that are asked for at the same time
const BEYOND = 1; // screens before and behind the view that are drawn as well

/**
 * Show items as one scrolls to them. How high a row is and how many items lie side by side, the
 * styles of the place say (--row, --across).
 * @param {HTMLElement} place holds the items, and nothing else
 * @param {number} total
 * @param {(offset: number, limit: number) => Promise<object[]>} ask gives items
 * @param {(item: object | null, index: number, around: () => object[]) => HTMLElement} draw null is
 *   what is not there yet; around gives the items before and after it that are
 * @param {object[]} [first] the first items, where they are known
 */
export function longList({ place, total, ask, draw, first = [], failed = () => {}, signal }) {
  const pages = new Map();
  if (first.length >= Math.min(PAGE, total)) pages.set(0, first);
  const asked = new Set();
  const shown = new Map(); // by index: the element, and whether it shows its item
  let stopped = false;
  let frame = 0;
  place.replaceChildren();
  place.classList.add("long");
  place.style.setProperty("--total", total);

  const itemAt = (index) => pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? null;

  /** The items around one that are known, in their order. */
  function around(index) {
    let [from, to] = [Math.floor(index / PAGE), Math.floor(index / PAGE)];
    while (pages.has(from - 1)) from--;
    while (pages.has(to + 1)) to++;
    return Array.from({ length: to - from + 1 }, (_, i) => pages.get(from + i)).flat();
  }

  async function fetchPage(page) {
    asked.add(page);
    try {
      const items = await ask(page * PAGE, PAGE);
      if (stopped) return;
      pages.set(page, items);
    } catch (error) {
      if (error.name === "AbortError" || stopped) return;
      stop();
      failed(error);
      return;
    } finally {
      asked.delete(page);
    }
    render();
  }

  function put(index, across) {
    const item = itemAt(index);
    const known = shown.get(index);
    if (known && known.full === Boolean(item)) return;
    const made = draw(item, index, () => around(index));
    made.style.setProperty("--at", Math.floor(index / across));
    made.style.setProperty("--column", index % across);
    made.dataset.index = index;
    if (known) known.element.replaceWith(made);
    else {
      // In their order, for those who step through them.
      let before = null;
      for (const other of place.children) {
        if (Number(other.dataset.index) > index) {
          before = other;
          break;
        }
      }
      place.insertBefore(made, before);
    }
    shown.set(index, { element: made, full: Boolean(item) });
  }

  function render() {
    frame = 0;
    // What is printed is what was there; its rows do not lie at their places then.
    if (stopped || !place.isConnected || !total || matchMedia("print").matches) return;
    const across = Math.max(1, Number.parseInt(getComputedStyle(place).getPropertyValue("--across"), 10) || 1);
    const rows = Math.ceil(total / across);
    place.style.setProperty("--rows", rows);
    if (place.dataset.across !== String(across)) {
      place.dataset.across = across;
      for (const { element } of shown.values()) element.remove();
      shown.clear();
    }
    const box = place.getBoundingClientRect();
    const high = box.height / rows || 1;
    // Of few all are drawn, so that browsers find and print them.
    const all = total <= PAGE;
    const start = all ? 0 : Math.max(0, Math.floor((-box.top - BEYOND * innerHeight) / high)) * across;
    const end = all ? total : Math.min(total, Math.ceil((-box.top + (1 + BEYOND) * innerHeight) / high) * across);
    for (const [index, { element }] of shown) {
      // What has the focus stays, or the keyboard would be nowhere.
      if ((index < start || index >= end) && !element.contains(document.activeElement)) {
        element.remove();
        shown.delete(index);
      }
    }
    for (let index = start; index < end; index++) put(index, across);
    const middle = Math.floor((start + end) / 2 / PAGE);
    // The pages before and behind are asked for as well: whoever scrolls fast is there soon.
    const wanted = [];
    const last = Math.ceil(total / PAGE) - 1;
    for (let page = Math.max(0, Math.floor(start / PAGE) - 1); page <= Math.min(last, Math.floor((end - 1) / PAGE) + 1); page++) if (!pages.has(page) && !asked.has(page)) wanted.push(page);
    wanted.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    for (const page of wanted.slice(0, Math.max(0, AT_ONCE - asked.size))) fetchPage(page);
    if (pages.size > KEPT) {
      const far = [...pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
      for (const page of far.slice(0, pages.size - KEPT)) pages.delete(page);
    }
  }

  const soon = () => (frame ||= requestAnimationFrame(render));
  const over = new AbortController();
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  addEventListener("scroll", soon, { passive: true, signal: either });
  addEventListener("resize", soon, { signal: either });
  // The place moves when what is above it grows.
  const growth = new ResizeObserver(soon);
  growth.observe(document.body);
  either.addEventListener("abort", () => growth.disconnect());

  function stop() {
    stopped = true;
    cancelAnimationFrame(frame);
    over.abort();
  }
  signal?.addEventListener("abort", stop);
  render();
  return { stop, render };
}
