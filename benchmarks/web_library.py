"""A library of 50,000 tracks with covers, as a browser sees it.

    python benchmarks/web_library.py [tracks]

The tracks were never recorded; each album of twelve has a cover in its folder. It prints when the
list is first seen and when its tracks are there, how much of the view was ever empty while it was
scrolled, how long the tracks of a far place take to come, how long covers take that were drawn
before and that were not, and how long sorting and a slider take. It needs an installed Chromium.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image
from web import browser, served

from linernotes.features import names
from linernotes.library.analyses import EMBEDDING_LENGTH, FULL, Heard, TrackAnalysis, tag_names
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

TRACKS = 50_000
ON_ALBUM = 12
ARTISTS = 997
AT_ONCE = 5_000

# Whether the list covers the view: a share of it, 1 where nothing is empty.
COVERED = """(() => {
  const body = document.querySelector("tbody").getBoundingClientRect();
  const rows = [...document.querySelectorAll("tbody tr:not(.awaited)")]
    .map((row) => row.getBoundingClientRect());
  let [seen, all] = [0, 0];
  for (let y = Math.max(1, body.top + 2); y < Math.min(innerHeight, body.bottom) - 2; y += 20) {
    all++;
    if (rows.some(({ top, bottom }) => top <= y && y <= bottom)) seen++;
  }
  return all ? seen / all : 1;
})()"""

# Scrolls by so much in each frame, and tells the least share that was covered in any of them.
SCROLL = f"""async ([step, frames]) => {{
  let least = 1;
  let empty = 0;
  for (let i = 0; i < frames; i++) {{
    scrollBy({{ top: step, behavior: "instant" }});
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const covered = {COVERED};
    least = Math.min(least, covered);
    if (covered < 1) empty++;
  }}
  return [least, empty];
}}"""


def make_library(folder: Path, tracks: int) -> None:
    """Write a library of albums with covers."""
    rng = np.random.default_rng(0)
    tags, wide = len(tag_names()), len(names("descriptors"))
    store = Store(str(folder / "library"), create=True)
    for start in range(0, tracks, AT_ONCE):
        rows, analyses = [], {}
        for i in range(start, min(tracks, start + AT_ONCE)):
            track, album = f"{i:032x}", i // ON_ALBUM
            artist = f"Artist {album % ARTISTS}"
            home = folder / "music" / f"{album:05}"
            if i % ON_ALBUM == 0:
                home.mkdir(parents=True)
                (home / "cover.jpg").write_bytes(cover(rng))
            about = {
                "title": f"Title {i}", "artist": artist, "albumartist": artist,
                "album": f"Album {album}", "tracknumber": str(i % ON_ALBUM + 1),
                "genre": f"Genre {i % 11}", "date": str(1950 + album % 70),
            }  # fmt: skip
            rows.append(FileRow(str(home / f"{i % ON_ALBUM:02}.flac"), 10**7, 1, track, about))
            heard = Heard(
                rng.random(EMBEDDING_LENGTH, np.float32), rng.random(tags, np.float32) ** 4,
                np.zeros(1, np.float32), np.ones(1, np.float32), rng.random((1, tags), np.float32),
            )  # fmt: skip
            measured = rng.random(wide, np.float32)
            analyses[track] = TrackAnalysis(rng.uniform(120, 400), FULL, (), heard, measured)
        store.write(analyses, rows)


def cover(rng: np.random.Generator) -> bytes:
    """Make a picture of 600 pixels."""
    small = Image.fromarray(rng.integers(0, 255, (6, 6, 3), np.uint8))
    written = io.BytesIO()
    small.resize((600, 600), Image.Resampling.BICUBIC).save(written, "JPEG", quality=85)
    return written.getvalue()


def ask(port: int, path: str, body: Any = None) -> float:
    """Ask the server; returns milliseconds."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    method = "GET" if body is None else "POST"
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status >= 400:
        raise RuntimeError(f"{answer.status} {path}")
    return 1000 * (time.perf_counter() - started)


def tell_api(port: int, tracks: int) -> None:
    """Tell how long the server takes for lists, covers and sliders."""
    chance = random.Random(0)  # noqa: S311 - which tracks is no secret

    def some(path: str, count: int = 30) -> list[str]:
        return [path.format(f"{chance.randrange(tracks):032x}") for _ in range(count)]

    ask(port, "/api/v1/tracks?sort=title")
    ask(port, f"/api/v1/tracks/{0:032x}/cover?size=small")  # starts the process that draws
    covers = some("/api/v1/tracks/{}/cover?size=small")
    cold = [ask(port, path) for path in covers]
    warm = [ask(port, path) for path in covers]
    lists = [ask(port, f"/api/v1/tracks?offset={chance.randrange(tracks)}&limit=100")
             for _ in range(30)]  # fmt: skip
    sorts = [ask(port, f"/api/v1/tracks?limit=100&descending=true&sort={name}")
             for name in ("title", "album", "heard_genre", "energy", "tempo", "key")]  # fmt: skip
    ask(port, "/api/v1/discover", {"wishes": {"energy": 0.5}})
    slid = [ask(port, "/api/v1/discover", {"wishes": {"energy": i / 20, "tempo": 80 + 4 * i}})
            for i in range(20)]  # fmt: skip
    print(f"  a cover: {median(cold):.0f} ms the first time, {median(warm):.0f} ms later")
    print(f"  100 tracks from anywhere: {median(lists):.0f} ms; "
          f"sorted anew: {median(sorts):.0f} ms, longest {max(sorts):.0f} ms")  # fmt: skip
    print(f"  what fits sliders: median {median(slid):.0f} ms, longest {max(slid):.0f} ms")
    print(f"  duplicates, the first time: {ask(port, '/api/v1/duplicates'):.0f} ms")


def tell_page(port: int, page: Any) -> None:
    """Tell how the list is seen and scrolled."""
    address = f"http://127.0.0.1:{port}/library?sort=title"
    paints, ready = [], []
    for _ in range(5):
        context = page.context.browser.new_context(viewport={"width": 1200, "height": 800})
        other = context.new_page()
        started = time.perf_counter()
        other.goto(address, wait_until="commit")
        other.wait_for_selector("tbody tr:not(.awaited)")
        ready.append(1000 * (time.perf_counter() - started))
        seen = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        other.wait_for_function(seen)
        paints.append(other.evaluate(seen))
        context.close()
    seen, there = median(paints), median(ready)
    print(f"  first paint {seen:.0f} ms, the first tracks are there in {there:.0f} ms")
    page.goto(address)
    page.wait_for_selector("tbody tr:not(.awaited)")
    for name, step in (("by a wheel", 100), ("fast", 400)):
        least, empty = page.evaluate(SCROLL, [step, 300])
        print(f"  scrolled {name}: {empty} of 300 frames with a gap, "
              f"{100 * least:.0f} % covered in the worst")  # fmt: skip
    jumps = []
    for place in np.random.default_rng(0).uniform(0, 1, 20):
        page.evaluate(
            f"scrollTo({{ top: {place} * document.body.scrollHeight, behavior: 'instant' }})"
        )
        started = time.perf_counter()
        while page.evaluate(COVERED) < 1:
            pass
        jumps.append(1000 * (time.perf_counter() - started))
    rows = page.evaluate("document.querySelectorAll('tbody tr').length")
    middle, most = median(jumps), max(jumps)
    print(f"  a far place: there in {middle:.0f} ms, longest {most:.0f} ms; {rows} rows exist")


def main() -> None:
    """Make the library and look at it."""
    tracks = int(sys.argv[1]) if len(sys.argv) > 1 else TRACKS
    with tempfile.TemporaryDirectory() as folder:
        make_library(Path(folder), tracks)
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"  # covers are drawn anew
        with served(Path(folder)) as (port, _), browser() as page:
            started = time.perf_counter()
            ask(port, "/api/v1/tracks")
            print(f"{tracks:,} tracks: ready in {time.perf_counter() - started:.0f} s; "
                  f"load of the machine {os.getloadavg()[0]:.0f}")  # fmt: skip
            tell_api(port, tracks)
            tell_page(port, page)


if __name__ == "__main__":
    main()
