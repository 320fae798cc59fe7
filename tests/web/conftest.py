"""A server of its own for each module of tests, on loopback, and a library made here."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from browser_support import BROWSERS, READY, Visit
from mutagen.oggvorbis import OggVorbis
from serving_support import Served, serve
from support import be_patient, make_song

from linernotes.explore import Library
from linernotes.library.jobs import stamp_of
from linernotes.library.rows import FileRow
from linernotes.library.store import Store
from linernotes.web import create_app

from album_support import make_albums  # isort: skip
from library_support import made_up  # isort: skip

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture(scope="session")
def served() -> Callable[..., AbstractContextManager[Served]]:
    """What serves applications."""
    return serve


def tags_of(i: int) -> dict[str, str]:
    tags = {
        "title": HOSTILE if i == 0 else "Beyoncé's tone" if i == 1 else f"Title {i:02}",
        "artist": f"{HOSTILE[:28]}" if i == 0 else f"Artist {i % 4}",
        "album": f"Album {i % 3}",
        "date": f"{1960 + i}-01-31",
    }
    return tags if i % 5 == 2 else {**tags, "genre": ("Jazz", "Rock", "pop")[i % 3]}


def make_library(folder: Path, *, tracks: int = 24) -> Library:
    """Make a library of tracks whose analyses were never made, the files of some being there."""
    music = folder / "music"
    music.mkdir(parents=True)
    song = make_song(duration=4, sample_rate=22050)
    soundfile.write(music / "song.ogg", song, 22050)
    rows = []
    for i in range(tracks):
        path = music / (f"{i:02} é #1.ogg" if i != 3 else "03 gone.ogg")
        if i < 6 and i != 3:
            shutil.copy(music / "song.ogg", path)
        stamp = stamp_of(str(path))
        rows.append(
            FileRow(str(path), stamp.size, stamp.mtime_ns, track_id=f"{i:032x}", tags=tags_of(i))
        )
    (music / "song.ogg").unlink()
    failures = [
        FileRow(
            str(music / f"{HOSTILE.replace('/', '')}{i}.mp3"), 3, 1, code=code,
            message=f"this file is odd {HOSTILE}", versions="0",
        )
        for i, code in enumerate(["not-audio", "empty", "not-audio"])
    ]  # fmt: skip
    store = Store(str(folder / "library"), create=True)
    analyses = {f"{i:032x}": made_up(i) for i in range(tracks)}
    store.write(analyses, [*rows, *failures])
    return Library(folder / "library")


@pytest.fixture(scope="session")
def library_maker() -> Callable[..., Library]:
    """What makes libraries, for tests that change theirs."""
    return make_library


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Twenty-four tracks, five of which can be played, and three failures."""
    return make_library(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="session")
def albums(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Albums with covers, copies, and names that are hard to show."""
    return make_albums(tmp_path_factory.mktemp("albums"))


@pytest.fixture(scope="session")
def music(library: Library) -> Path:
    """The folder of its files."""
    return Path(library.location).parent / "music"


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A few seconds of music, as a file."""
    path = tmp_path_factory.mktemp("clip") / "clip.ogg"
    rng = np.random.default_rng(3)
    song = make_song(duration=6, sample_rate=22050)
    soundfile.write(path, np.roll(song, rng.integers(len(song))), 22050)
    return path.read_bytes()


@pytest.fixture(scope="session")
def titled_clip(clip: bytes) -> bytes:
    """The same, with a title."""
    file = io.BytesIO(clip)
    tagged = OggVorbis(file)
    tagged["title"], tagged["artist"] = "Sinnerman", "Nina Simone"
    tagged.save(file)
    return file.getvalue()


@pytest.fixture(scope="module")
def house(
    library: Library, music: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A server of a module of tests; what it shows does not change."""
    app = create_app(library, music=[str(music)], workers=1, cache=tmp_path_factory.mktemp("maps"))
    with serve(app) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium of a module of tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip("no Chromium or Chrome on this machine")
    arguments = (
        "--no-sandbox --no-first-run --disable-background-networking --disable-sync --mute-audio "
        "--disable-component-update --use-fake-ui-for-media-stream "
        "--use-fake-device-for-media-stream --use-angle=swiftshader --enable-unsafe-swiftshader "
        "--autoplay-policy=no-user-gesture-required"
    )
    with playwright.sync_playwright() as run:
        found = run.chromium.launch(executable_path=executable, args=arguments.split())
        yield found
        found.close()


@pytest.fixture
def visit(browser: Any, house: Any) -> Iterator[Visit]:
    """What opens a page in a window of its own; nothing may go wrong on it unsaid."""
    contexts, complaints = [], []

    def complain(message: Any) -> None:
        # What is refused or lost is told on the page as well; a driver may tell how fast it is.
        known = ("status of 4", "net::ERR_", "GL Driver Message")
        if message.type in ("error", "warning") and not any(k in message.text for k in known):
            complaints.append(message.text)

    def go(path: str, *, at: str | None = None, wait: bool = True, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1100, "height": 800}, **options})
        contexts.append(context)
        page = be_patient(context.new_page())
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        base = at or house.address

        def heed(request: Any) -> None:
            if not request.url.startswith((base, "blob:", "data:")):
                complaints.append(request.url)

        page.on("request", heed)
        page.goto(base + path)
        if wait:
            if options.get("java_script_enabled", True):
                page.wait_for_selector("main[data-started]", state="attached")
            usual = "#matches .matches" if "/track" in path else "body"
            page.wait_for_selector(READY.get(path.split("?", maxsplit=1)[0], usual))
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []  # neither errors, nor breaches of the policy, nor requests elsewhere
