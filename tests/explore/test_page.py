"""The map in a browser, with and without WebGL."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from explore_support import make_collection
from support import be_patient, wait_on

from linernotes.explore import Explorer
from linernotes.explore.map import Map, make_map, render_map

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
HOSTILE = "<img src=x onerror=alert(1)>"
N = 150


@pytest.fixture(scope="module")
def browsers() -> Iterator[dict[str, Any]]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip("no Chromium or Chrome on this machine")
    quiet = (
        "--no-sandbox --no-first-run --disable-background-networking --disable-sync --mute-audio"
    )
    arguments = [*quiet.split(), "--disable-component-update"]
    kinds = {
        "webgl": ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        "canvas": ["--disable-gpu", "--disable-3d-apis"],
    }
    with playwright.sync_playwright() as run:
        found = {
            name: run.chromium.launch(executable_path=executable, args=[*arguments, *more])
            for name, more in kinds.items()
        }
        yield found
        for browser in found.values():
            browser.close()


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Explorer:
    made = make_collection(N, artists=5, width=0.35)
    folder: Path = tmp_path_factory.mktemp("music")
    time = np.arange(44100) / 44100
    soundfile.write(folder / "tone #1.wav", 0.1 * np.sin(2500 * time), 44100)
    path = (str(folder / "tone #1.wav"), str(folder / "gone.mp3"), "s3://b/c.mp3", *made.path[3:])
    title = ("Beyoncé's tone", HOSTILE, *(f"Title {i}" for i in range(2, N)))
    metadata = {**made.metadata, "title": title}
    return Explorer(dataclasses.replace(made, path=path, metadata=metadata))


@pytest.fixture(scope="module")
def made(explorer: Explorer) -> Map:
    return make_map(explorer)


@pytest.fixture(scope="module")
def address(explorer: Explorer, made: Map, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("page")
    (folder / "map.html").write_text(
        render_map(explorer, made, folder=folder, by="genre"), encoding="utf-8"
    )
    return (folder / "map.html").as_uri()


Visit = Callable[..., Any]


@pytest.fixture
def visit(browsers: dict[str, Any], address: str) -> Iterator[Visit]:
    contexts, complaints = [], []

    def heed(request: Any) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            complaints.append(request.url)

    def complain(message: Any) -> None:
        # A file that is gone is told on the page; a driver may tell how fast it is.
        if not any(known in message.text for known in ("ERR_FILE_NOT_FOUND", "GL Driver Message")):
            complaints.append(message.text)

    def go(kind: str = "webgl", **options: Any) -> Any:
        context = browsers[kind].new_context(**options)
        contexts.append(context)
        page = be_patient(context.new_page())
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", heed)
        page.goto(address + ("#webgl" if kind == "webgl" else ""))
        page.wait_for_selector("html[data-drawn]")
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []  # neither errors, nor breaches of the policy, nor requests elsewhere


def place_of(page: Any, made: Map, track: int) -> tuple[float, float]:
    """Return where a track is drawn while the whole map is shown."""
    box = page.locator("#stage").bounding_box()
    wide, high = made.places.max(axis=0).tolist()
    scale = 0.92 * min(box["width"] / wide, box["height"] / high)
    x, y = made.places[track].tolist()
    return (
        box["x"] + box["width"] / 2 + (x - wide / 2) * scale,
        box["y"] + box["height"] / 2 + (y - high / 2) * scale,
    )


def lonely(made: Map) -> int:
    """Return the track that is farthest from all others, which no other one hides."""
    far = ((made.places[:, np.newaxis] - made.places) ** 2).sum(axis=2)
    np.fill_diagonal(far, np.inf)
    return int(far[3:].min(axis=1).argmax()) + 3


@pytest.mark.parametrize("kind", ["webgl", "canvas"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tracks_are_drawn(visit: Visit, made: Map, kind: str, scheme: str) -> None:
    page = visit(kind, color_scheme=scheme, viewport={"width": 1000, "height": 700})
    assert page.evaluate("document.documentElement.dataset.drawn") == kind
    x, y = place_of(page, made, lonely(made))
    import io

    from matplotlib.image import imread

    paper = {"light": (251, 249, 244), "dark": (25, 23, 20)}[scheme]

    def is_drawn() -> bool:
        picture = page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 3, "height": 3})
        middle = 255 * imread(io.BytesIO(picture))[1, 1, :3]
        return bool(np.abs(middle - paper).max() > 50)

    wait_on(page, is_drawn)


def test_search_finds_and_chooses(visit: Visit) -> None:
    page = visit()
    page.locator("#search").fill("BEYONCE tone")
    page.locator("#found-count", has_text="1 track found").wait_for()
    page.locator("#search").press("Enter")
    assert page.locator("#title").inner_text() == "Beyoncé's tone"
    page.locator("#search").fill("title 14")
    page.locator("#found-count", has_text="12 tracks found").wait_for()
    assert page.locator("#found-list button").count() == 12
    page.locator("#search").fill("zzz")
    page.locator("#found-count", has_text="0 tracks found").wait_for()
    page.locator("#search").fill("")
    page.locator("#found").wait_for(state="hidden")


@pytest.mark.parametrize("kind", ["webgl", "canvas"])
def test_pointing_names_and_clicking_lists_neighbours(
    visit: Visit, explorer: Explorer, made: Map, kind: str
) -> None:
    page = visit(kind, viewport={"width": 1200, "height": 800})
    track = lonely(made)
    at = place_of(page, made, track)
    page.mouse.move(*at)
    title = f"Title {track}"
    assert title in page.locator("#tip").inner_text()
    page.mouse.click(*at)
    assert page.locator("#title").inner_text() == title
    listed = page.locator("#neighbours button bdi").all_inner_texts()
    expected = [explorer.match(int(i), 0).title for i in made.neighbours[track] if i != track]
    assert listed == expected
    page.locator("#neighbours button").first.click()
    assert page.locator("#title").inner_text() == expected[0]
    page.mouse.move(5, 5)
    assert page.locator("#tip").is_hidden()


def test_a_track_plays_where_it_is_found(visit: Visit) -> None:
    page = visit()
    page.locator("#search").fill("beyonce")
    page.locator("#search").press("Enter")
    wait_on(page, lambda: page.evaluate("document.getElementById('player').currentTime") > 0)
    assert page.evaluate("document.getElementById('player').duration") == pytest.approx(1)
    page.locator("#search").fill("onerror")
    page.locator("#search").press("Enter")
    page.locator("#silent", has_text="not found from here").wait_for()
    assert page.locator("#title").inner_text() == HOSTILE
    page.locator("#search").fill("title 2")
    page.locator("#found-list button", has_text="Title 2").first.wait_for()
    page.locator("#found-list button").first.click()
    assert page.locator("#silent").inner_text() == "This track is not on this machine."


def test_zoom_and_pan(visit: Visit, made: Map) -> None:
    page = visit(viewport={"width": 1200, "height": 800})
    track = lonely(made)
    x, y = place_of(page, made, track)
    page.mouse.move(x, y)
    page.locator("#tip").wait_for()
    far = page.screenshot()
    page.mouse.wheel(0, -400)
    wait_on(page, lambda: page.screenshot() != far)
    # What is under the pointer stays there.
    page.mouse.click(x, y)
    assert page.locator("#title").inner_text() == f"Title {track}"
    page.keyboard.press("Escape")
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    assert page.locator("#track").is_hidden()
    page.mouse.click(x + 60, y + 40)
    assert page.locator("#title").inner_text() == f"Title {track}"
    page.locator("#whole").click()
    page.locator("#marks").focus()
    page.keyboard.press("Escape")
    page.mouse.click(x, y)
    assert page.locator("#title").inner_text() == f"Title {track}"


def test_a_double_click_beside_tracks_zooms(visit: Visit, made: Map) -> None:
    page = visit(viewport={"width": 1200, "height": 800})
    x, y = place_of(page, made, lonely(made))
    page.mouse.move(x, y)
    page.locator("#tip").wait_for()
    box = page.locator("#stage").bounding_box()
    page.mouse.dblclick(box["x"] + 3, box["y"] + 3)
    page.mouse.move(x, y)
    page.locator("#tip").wait_for(state="hidden")  # it has moved away
    assert page.locator("#track").is_hidden()


def test_a_search_finds_within_the_class_that_is_shown(visit: Visit, explorer: Explorer) -> None:
    page = visit(viewport={"width": 1000, "height": 700})
    page.locator("#classes button", has_text="Jazz").click()
    page.locator("#search").fill("title")
    page.locator("#found-count", has_text=f"{N - 2} tracks found").wait_for()
    page.locator("#marks").focus()
    genres = explorer.collection.metadata["genre"]
    seen = set()
    for key in ("Right", "Right", "Down", "Left", "Up"):
        page.keyboard.press(f"Arrow{key}")
        seen.add(int(page.locator("#title").inner_text().removeprefix("Title ")))
    assert {genres[i] for i in seen} == {"Jazz"}


def test_two_fingers_zoom(visit: Visit, made: Map) -> None:
    page = visit(viewport={"width": 390, "height": 800}, has_touch=True)
    track = lonely(made)
    x, y = place_of(page, made, track)
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    touch("touchStart", (x - 20, y), (x + 20, y))
    for spread in range(20, 60, 5):
        touch("touchMove", (x - spread, y), (x + spread, y))
    touch("touchEnd")
    assert page.locator("#track").is_hidden()
    page.touchscreen.tap(x, y)
    assert page.locator("#title").inner_text() == f"Title {track}"


def test_the_keyboard_is_enough(visit: Visit) -> None:
    page = visit(viewport={"width": 1000, "height": 700})
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "marks":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("ArrowRight")
    first = page.locator("#title").inner_text()
    page.keyboard.press("ArrowRight")
    second = page.locator("#title").inner_text()
    assert first != second
    assert page.locator("#status").inner_text().startswith(second)
    for key in ("+", "+", "-", "0"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    assert page.locator("#track").is_hidden()


def test_colours_and_their_legend(visit: Visit, explorer: Explorer) -> None:
    page = visit(viewport={"width": 1000, "height": 700})
    genres = explorer.collection.metadata["genre"]
    jazz = page.locator("#classes button", has_text="Jazz")
    assert jazz.locator("small").inner_text() == str(genres.count("Jazz"))
    jazz.click()
    assert jazz.get_attribute("aria-pressed") == "true"
    jazz.click()
    assert jazz.get_attribute("aria-pressed") == "false"
    page.locator("#colour").select_option(label="tempo")
    assert page.locator("#legend-name").inner_text().lower() == "tempo"
    assert "BPM" in page.locator("#low").inner_text()
    # Everything that is not asked for every day is found by its name, and nothing is there twice.
    page.locator("#colour-other").fill("Piano")
    assert "%" in page.locator("#high").inner_text()
    assert page.locator("#colour").evaluate("s => s.selectedOptions[0].text") == "piano"
    shown = page.locator("#colour option").all_inner_texts()
    assert shown == ["cluster", "genre", "tempo", "brightness", "year", "piano"]
    names = page.locator("#colour-names").evaluate("d => [...d.options].map((o) => o.value)")
    assert len(names) == len(set(names)) > 30


@pytest.mark.parametrize("size", [(1200, 800), (360, 740)])
def test_names_cover_neither_points_nor_buttons(visit: Visit, size: tuple[int, int]) -> None:
    page = visit(viewport={"width": size[0], "height": size[1]})
    shown = page.evaluate("shownNames()")
    assert shown
    covered = page.evaluate(
        """() => {
          const points = document.querySelector("canvas");
          const marks = document.querySelector("#marks").getBoundingClientRect();
          const copy = document.createElement("canvas");
          Object.assign(copy, { width: points.width, height: points.height });
          const pen = copy.getContext("2d", { willReadFrequently: true });
          frameTime(0);  // what is drawn by WebGL is there until the next frame alone
          pen.drawImage(points, 0, 0);
          const ratio = points.width / marks.width;
          const buttons = [...document.querySelectorAll("#zoom button")]
            .map((b) => b.getBoundingClientRect());
          return shownNames().filter(({ box: [x0, y0, x1, y1] }) => {
            const [x, y, w, h] = [x0, y0, x1 - x0, y1 - y0].map((v) => Math.round(v * ratio));
            if (pen.getImageData(x, y, w, h).data.some((a, i) => i % 4 === 3 && a)) return true;
            return buttons.some((b) => b.left - marks.left < x1 && b.right - marks.left > x0 &&
                                       b.top - marks.top < y1 && b.bottom - marks.top > y0);
          });
        }"""
    )
    assert covered == []


@pytest.mark.parametrize("width", [320, 390, 768, 1400])
def test_nothing_sticks_out(visit: Visit, width: int) -> None:
    page = visit(viewport={"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("#stage").bounding_box()["height"] > 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(visit: Visit, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    page.locator("#search").fill("title 3")
    page.locator("#search").press("Enter")
    worst = page.evaluate(
        """() => {
          const channel = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
          const light = (text) => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number);
            return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
          const behind = (e) => { for (; e; e = e.parentElement) {
            const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c; }
            return getComputedStyle(document.body).backgroundColor; };
          let worst = 21;
          for (const e of document.querySelectorAll(
              "h1,h2,h3,p,dt,dd,small,bdi,button,option,label,summary,footer")) {
            if (!e.getClientRects().length || !e.textContent.trim()) continue;
            const [a, b] = [light(getComputedStyle(e).color), light(behind(e))];
            worst = Math.min(worst, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
          }
          return worst; }"""
    )
    assert worst >= 4.5


def test_an_empty_map_opens(browsers: dict[str, Any], tmp_path: Path) -> None:
    explorer = Explorer(make_collection(0))
    html = render_map(explorer, make_map(explorer), folder=tmp_path)
    (tmp_path / "map.html").write_text(html, encoding="utf-8")
    page = be_patient(browsers["webgl"].new_page())
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "map.html").as_uri())
    page.wait_for_selector("html[data-drawn]")
    page.locator("#marks").press("ArrowRight")
    assert errors == []
    page.close()
