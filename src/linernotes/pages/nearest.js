// Which point is meant: the nearest to a place, or the next one in a direction.
// Places are x and y of each point in turn; only points that are shown are found.

/** Sort points from 0 to 1 into a grid, which finds the nearest without looking at all of them. */
export function makeGrid(places) {
  const n = places.length / 2;
  const cells = Math.max(1, Math.min(256, Math.ceil(Math.sqrt(n / 4))));
  const cell = (value) => Math.min(cells - 1, Math.max(0, Math.floor(value * cells)));
  const cellOf = (i) => cell(places[2 * i]) + cells * cell(places[2 * i + 1]);
  const starts = new Uint32Array(cells * cells + 1);
  const members = new Uint32Array(n);
  for (let i = 0; i < n; i++) starts[cellOf(i) + 1]++;
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  const filled = starts.slice();
  for (let i = 0; i < n; i++) members[filled[cellOf(i)]++] = i;

  /** The nearest point that is no farther than so much, or -1. */
  return (x, y, far, isShown) => {
    let [best, least] = [-1, far * far];
    for (let row = cell(y - far); row <= cell(y + far); row++)
      for (let at = row * cells + cell(x - far); at <= row * cells + cell(x + far); at++)
        for (let k = starts[at]; k < starts[at + 1]; k++) {
          const i = members[k];
          if (!isShown(i)) continue;
          const d = (places[2 * i] - x) ** 2 + (places[2 * i + 1] - y) ** 2;
          if (d <= least) [best, least] = [i, d];
        }
    return best;
  };
}

/** The point that an arrow leads to from another; from none, the one nearest to the middle. */
export function nextPoint(places, from, [dx, dy], [middleX, middleY], isShown) {
  let [best, least] = [-1, Infinity];
  for (let i = 0; i < places.length / 2; i++) {
    if (i === from || !isShown(i)) continue;
    let d;
    if (from < 0) d = (places[2 * i] - middleX) ** 2 + (places[2 * i + 1] - middleY) ** 2;
    else {
      const [x, y] = [places[2 * i] - places[2 * from], places[2 * i + 1] - places[2 * from + 1]];
      const [ahead, aside] = [x * dx + y * dy, Math.abs(x * dy) + Math.abs(y * dx)];
      if (ahead <= 0 || aside > ahead) continue;
      d = ahead + 2 * aside;
    }
    if (d < least) [best, least] = [i, d];
  }
  return best;
}
