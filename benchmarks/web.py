"""Twenty people at once, the first paint, and a map of 100,000 tracks.

    python benchmarks/web.py                  # all of it
    python benchmarks/web.py people           # parts: people, paint, map

``people`` starts ``linernotes serve`` on loopback with a library of 2,000 tracks that were never
recorded. Each of 20 people uploads a clip of ten seconds, browses while it is listened to (lists,
tracks, what sounds alike, sound, pages; a request a second), looks at the result, and begins
again, for 40 seconds. It prints how long browsing took and what memory the server held in each
quarter. ``paint`` and ``map`` need an installed Chromium.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import numpy as np
import soundfile

from linernotes.features import names
from linernotes.library.analyses import EMBEDDING_LENGTH, FULL, Heard, TrackAnalysis, tag_names
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

PEOPLE = 20
SECONDS = 40.0
TRACKS = 2_000
MAPPED = 100_000
PAGES = ("/", "/library", "/models", "/library/scan", "/static/common.js", "/static/style.css")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def clip(seconds: float = 10.0, rate: int = 22050) -> np.ndarray:
    """Make notes and noise, shape (n,)."""
    time_ = np.arange(int(seconds * rate)) / rate
    rng = np.random.default_rng(0)
    pitch = 220 * 2 ** (rng.integers(0, 24, int(seconds * 4) + 1) / 12)
    note = pitch[(time_ * 4).astype(int)]
    return 0.3 * np.sin(2 * np.pi * note * time_) + 0.02 * rng.standard_normal(len(time_))


def make_library(folder: Path) -> None:
    """Write a library of tracks that all play the same clip."""
    rng = np.random.default_rng(0)
    song = folder / "song.ogg"
    soundfile.write(song, clip(), 22050)
    tags, wide = len(tag_names()), len(names("descriptors"))
    store = Store(str(folder / "library"), create=True)
    rows, analyses = [], {}
    for i in range(TRACKS):
        track = f"{i:032x}"
        link = folder / f"{i:05}.ogg"
        link.hardlink_to(song)
        about = {"title": f"Title {i}", "artist": f"Artist {i % 97}", "genre": f"Genre {i % 11}"}
        found = link.stat()
        rows.append(FileRow(str(link), found.st_size, found.st_mtime_ns, track, about))
        heard = Heard(
            rng.random(EMBEDDING_LENGTH, np.float32), rng.random(tags, np.float32),
            np.zeros(3, np.float32), np.ones(3, np.float32), rng.random((3, tags), np.float32),
        )  # fmt: skip
        analyses[track] = TrackAnalysis(10.0, FULL, (), heard, rng.random(wide, np.float32))
    store.write(analyses, rows)


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """Run the server; yields its port and its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "linernotes", "serve", "--port", "0", "--library",
         str(folder / "library")],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        line = process.stderr.readline() if process.stderr else ""
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        if found is None:
            raise RuntimeError(f"the server says: {line}")
        yield int(found[1]), process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


class Person(threading.Thread):
    """Somebody who uploads and browses until the time is over."""

    def __init__(self, number: int, port: int, upload: bytes, until: float) -> None:
        super().__init__(daemon=True)
        self.random = random.Random(number)  # noqa: S311 - who looks at what is no secret
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.upload = upload
        self.until = until
        self.browsed: list[float] = []
        self.heard: list[float] = []
        self.errors: list[str] = []

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Send a request, and note what is no success."""
        self.connection.request(method, path, body, {"Sec-Fetch-Site": "same-origin"})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            self.errors.append(f"{answer.status} {path}: {content[:100]!r}")
        return content

    def browse(self) -> None:
        """Look at something."""
        track = f"{self.random.randrange(TRACKS):032x}"
        path = self.random.choice([
            self.random.choice(PAGES),
            "/api/v1/summary",
            "/api/v1/tracks?" + urlencode({"q": self.random.randrange(100), "sort": "title"}),
            "/api/v1/tracks?" + urlencode({"where": "genre~7", "sort": "year"}),
            f"/api/v1/tracks/{track}",
            f"/api/v1/similar?track={track}&per_artist=2",
            f"/api/v1/tracks/{track}/audio",
        ])  # fmt: skip
        started = time.monotonic()
        self.ask("GET", path)
        self.browsed.append(time.monotonic() - started)
        time.sleep(self.random.uniform(0.5, 1.5))

    def run(self) -> None:
        """Upload, browse, look at the result, and begin again."""
        try:
            while time.monotonic() < self.until:
                job = json.loads(self.ask("POST", "/api/v1/identifications", self.upload))
                while time.monotonic() < self.until:
                    self.browse()
                    told = json.loads(self.ask("GET", f"/api/v1/jobs/{job['id']}"))
                    if told["ended"] is not None:
                        self.heard.append(told["ended"] - told["created"])
                        self.ask("GET", f"/api/v1/identifications/{job['id']}")
                        break
        except Exception as error:
            self.errors.append(repr(error))


def memory(process: int) -> float:
    """Return the MiB that a process holds."""
    text = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s*(\d+)", text)
    return int(found[1]) / 1024 if found else 0.0


def people(folder: Path) -> None:
    """Have people upload and browse."""
    upload = (folder / "song.ogg").read_bytes()
    with served(folder) as (port, process):
        first = Person(-1, port, upload, 0)
        for path in ("/api/v1/summary", f"/api/v1/similar?track={0:032x}"):
            first.ask("GET", path)
        crowd = [Person(i, port, upload, time.monotonic() + SECONDS) for i in range(PEOPLE)]
        for person in crowd:
            person.start()
        held = []
        for _ in range(4):
            time.sleep(SECONDS / 4)
            held.append(memory(process))
        for person in crowd:
            person.join(timeout=60)
    browsed = np.array([second for person in crowd for second in person.browsed]) * 1000
    heard = [second for person in crowd for second in person.heard]
    errors = [error for person in crowd for error in person.errors]
    print(
        f"{PEOPLE} people for {SECONDS:.0f} s: {len(browsed)} requests, {len(heard)} tracks heard"
    )
    middle, most = np.percentile(browsed, [50, 95])
    print(f"  browsing: median {middle:.0f} ms, p95 {most:.0f} ms, longest {browsed.max():.0f} ms")
    print(f"  from upload to result: median {median(heard):.1f} s, longest {max(heard):.1f} s")
    print(f"  memory of the server by quarters: {', '.join(f'{each:.0f}' for each in held)} MiB")
    print(f"  errors: {len(errors)} {errors[:3] or ''}")


@contextmanager
def browser() -> Iterator[Any]:
    """Open a page in Chromium."""
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as run:
        chromium = run.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield chromium.new_page(viewport={"width": 1200, "height": 800})
        chromium.close()


def paint(folder: Path) -> None:
    """Tell when pages are first seen, and how much of them is sent."""
    track = f"/track/{1:032x}"
    with served(folder) as (port, _), browser() as page:
        page.goto(f"http://127.0.0.1:{port}{track}")
        page.wait_for_selector("#matches .matches")
        for path in ("/", "/library", track, "/models", "/library/scan"):
            times, sizes = [], []
            for _ in range(5):
                context = page.context.browser.new_context()
                other = context.new_page()
                other.goto(f"http://127.0.0.1:{port}{path}")
                other.wait_for_timeout(600)
                seen = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
                times.append(other.evaluate(seen))
                sizes.append(other.evaluate(
                    "performance.getEntriesByType('resource')"
                    ".concat(performance.getEntriesByType('navigation'))"
                    ".filter((e) => !e.name.includes('/audio'))"
                    ".reduce((sum, e) => sum + e.transferSize, 0)"
                ))  # fmt: skip
                context.close()
            print(f"{path[:12]:12}  first paint {median(times):4.0f} ms, {max(sizes) / 1e3:.0f} kB")


def draw_map(folder: Path) -> None:
    """Tell how long a frame of a large map takes, drawn without a graphics processor."""
    rng = np.random.default_rng(0)
    places = (0.5 + 0.15 * rng.standard_normal((MAPPED, 2))).clip(0, 1).astype("<f4")
    labels = rng.integers(0, 12, MAPPED).astype("<u2")
    head = json.dumps({
        "group": "found", "name": "cluster", "unit": "",
        "classes": [f"class {i}" for i in range(12)],
    }).encode()  # fmt: skip
    head += b" " * (-len(head) % 4)
    texts = {
        "track_id": [f"{i:032x}" for i in range(MAPPED)],
        "title": [f"Title {i}" for i in range(MAPPED)],
        "artist": [f"Artist {i % 997}" for i in range(MAPPED)],
    }
    told = {
        "key": "made", "fresh": True, "tracks": MAPPED, "job": None,
        "columns": [{"group": "found", "name": "cluster", "unit": ""}],
    }  # fmt: skip
    answers = {
        "/api/v1/map": json.dumps(told).encode(),
        "/api/v1/map/tracks": json.dumps(texts).encode(),
        "/api/v1/map/places": places.tobytes(),
        "/api/v1/map/column": len(head).to_bytes(4, "little") + head + labels.tobytes(),
    }

    with served(folder) as (port, _), browser() as page:

        def answer(route: Any) -> None:
            path = re.sub(r"^http://[^/]+|\?.*$", "", route.request.url)
            route.fulfill(body=answers[path])

        page.route("**/api/v1/map**", answer)
        started = time.monotonic()
        page.goto(f"http://127.0.0.1:{port}/map")
        page.wait_for_selector("html[data-drawn]", timeout=120_000)
        ready = time.monotonic() - started
        kind = page.evaluate("document.documentElement.dataset.drawn")
        frame = median(page.evaluate("frameTime(20)") for _ in range(3))
        print(f"map of {MAPPED:,} tracks: there in {ready:.1f} s, {frame:.0f} ms a frame ({kind})")


def main() -> None:
    """Run what was asked for."""
    parts = {"people": people, "paint": paint, "map": draw_map}
    wanted = sys.argv[1:] or list(parts)
    with tempfile.TemporaryDirectory() as folder:
        make_library(Path(folder))
        for name in wanted:
            parts[name](Path(folder))


if __name__ == "__main__":
    main()
