// The search looks for all its words in titles and artists, whatever their case and accents.

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Make a search; it returns the tracks with all words of a text, or null where there are no words. */
export function makeSearch({ titles, artists }) {
  let haystack = null;
  return (text) => {
    const words = plain(text).split(/\s+/).filter(Boolean);
    if (!words.length) return null;
    haystack ??= titles.map((title, i) => plain(`${title} ${artists[i]}`));
    const found = [];
    haystack.forEach((straw, i) => words.every((word) => straw.includes(word)) && found.push(i));
    return found;
  };
}

/** Search while people type, and when they press Enter, which is told. */
export function heedSearch(input, wait, search) {
  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => search(input.value, false), wait);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    clearTimeout(waiting);
    search(input.value, true);
  });
}
