"""Identify in a real browser: results stay where they were, long tracks are looked at closely."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from browser_support import PHONE, Visit, assert_accessible, give, until
from library_support import made_up
from support import make_song, wait_on

from linernotes.explore import Library
from linernotes.library.content import track_id
from linernotes.library.rows import FileRow
from linernotes.library.store import Store
from linernotes.web import create_app


def recorded(seconds: float, *, sample_rate: int = 8000) -> bytes:
    """Noise of some length, which takes next to no time to make."""
    file = io.BytesIO()
    noise = np.random.default_rng(0).normal(0, 0.1, int(sample_rate * seconds))
    soundfile.write(file, noise, sample_rate, format="WAV", subtype="PCM_16")
    return file.getvalue()


def title(page: Any) -> str:
    return page.locator("#heard-title").inner_text()


def test_two_uploads_and_back_leave_results_where_they_were(
    visit: Visit, clip: bytes, titled_clip: bytes
) -> None:
    page = visit("/")
    give(page, clip, "first.ogg")
    page.locator("#heard-title", has_text="first.ogg").wait_for()
    give(page, titled_clip, "second.ogg")
    page.locator("#heard-title", has_text="Sinnerman").wait_for()
    assert title(page) == "Sinnerman Nina Simone"
    page.go_back()
    page.locator("#heard-title", has_text="first.ogg").wait_for()
    until(page, "document.querySelectorAll('#jobs li').length === 2")
    assert page.locator("#jobs li").nth(1).inner_text().startswith("Sinnerman Nina Simone")
    page.go_back()
    page.locator("#heard").wait_for(state="hidden")
    page.go_forward()
    page.locator("#heard-title", has_text="first.ogg").wait_for()
    # Another page, and back: the results are there, and so is their sound.
    page.locator("nav").get_by_role("link", name="Models").click()
    page.locator("table.confusion").first.wait_for()
    page.go_back()
    page.locator("#heard-title", has_text="first.ogg").wait_for()
    assert page.locator("#jobs li").count() == 2
    assert page.locator("#heard .timeline", has_text="was deleted").count() == 0
    page.reload()
    page.locator("#heard-title", has_text="first.ogg").wait_for()
    page.get_by_role("button", name="Show: Sinnerman").click()
    page.locator("#heard-title", has_text="Sinnerman").wait_for()
    page.get_by_role("button", name="Clear this list").click()
    page.locator("#queue").wait_for(state="hidden")


def test_how_far_a_track_was_heard_is_told_and_that_it_was_stopped(visit: Visit) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit("/", bypass_csp=True, **PHONE)
    give(page, recorded(7200, sample_rate=2000), "long.wav")  # long enough to look at meanwhile
    row = page.locator("#jobs li")
    words = re.compile(r"heard [\d:]+ of 2:00:00; so far \w+")
    row.locator("p", has_text=words).wait_for()
    assert row.locator(".so-far path").get_attribute("d").startswith("M0")
    assert 0 < float(row.locator("progress").get_attribute("value")) < 1
    assert_accessible(axe, page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Stop: long.wav").click()
    row.locator("p", has_text="Stopped before it was heard.").wait_for()
    assert page.get_by_role("button", name="Try again: long.wav").is_visible()
    page.reload()
    row.locator("p", has_text="Stopped before it was heard.").wait_for()


def test_a_long_timeline_is_looked_at_closely(visit: Visit) -> None:
    page = visit("/")
    give(page, recorded(120), "long.wav")
    page.wait_for_selector("#heard .timeline")
    figure = page.locator("#heard .timeline").first
    plot, scrub = figure.locator(".wave"), figure.locator(".scrub")
    whole = "0.00 0 1000.00 200"

    def shown() -> list[float]:
        return [float(each) for each in plot.get_attribute("viewBox").split()]

    assert plot.get_attribute("viewBox") == whole
    figure.get_by_role("button", name="Look closer").click()
    assert shown()[2] == pytest.approx(500, abs=1)
    figure.get_by_role("button", name="Later").click()
    assert shown()[0] == pytest.approx(500, abs=1)
    # The keyboard: closer, along, and all of it.
    scrub.focus()
    page.keyboard.press("Home")
    assert shown()[0] == 0
    page.keyboard.press("+")
    assert shown()[2] == pytest.approx(250, abs=1)
    page.keyboard.press("End")
    assert shown()[0] == pytest.approx(750, abs=1)
    page.keyboard.press("0")
    assert plot.get_attribute("viewBox") == whole
    # The wheel, where the pointer is.
    page.locator("#heard .matches").wait_for()  # nothing moves any more
    scrub.scroll_into_view_if_needed()
    box = scrub.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 10)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    wait_on(page, lambda: shown()[2] < 999)
    left, _, width, _ = shown()
    assert left + 0.75 * width == pytest.approx(750, abs=2)
    assert page.locator("#heard .axis").first.locator("span").count() > 2


def test_what_is_in_the_library_is_said(
    visit: Visit, served: Any, clip: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "clip.ogg"
    file.write_bytes(clip)
    known = track_id(file)
    store = Store(str(tmp_path / "library"), create=True)
    row = FileRow(str(file), 1, 1, track_id=known, tags={"title": "So What"})
    store.write({known: made_up(1)}, [row])
    app = create_app(Library(tmp_path / "library"), workers=1, state=tmp_path / "state")
    with served(app) as home:
        page = visit("/", at=home.address)
        give(page, clip, "other name.ogg")
        page.locator("#heard .notice", has_text="This is in your library: So What").wait_for()
        link = page.locator("#heard .notice a")
        assert link.get_attribute("href") == f"/track/{known}"


def test_there_is_an_example(visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("button", name="Try an example").focus()
    page.keyboard.press("Enter")
    page.locator("#heard-title", has_text="Example").wait_for()
    assert page.locator("#heard .timeline", has_text="was deleted").count() == 0


def test_no_class_beyond_twelve_is_grey(visit: Visit, clip: bytes) -> None:
    """Also of a model of very many classes, those that matter have a colour each."""
    page = visit("/")
    give(page, clip, "a.ogg")
    page.wait_for_selector("#heard .timeline")
    kinds = page.evaluate(
        """async () => {
          const { coloursOf } = await import("/static/timeline.js");
          const of = (n) => coloursOf({
            classes: Array.from({ length: n }, (_, i) => `${i}`),
            probabilities: [Array.from({ length: n }, (_, i) => i / (n * n))],
          });
          return { few: of(24), many: of(100) };
        }"""
    )
    assert kinds["few"] == [f"k{i}" for i in range(24)]
    assert len(set(kinds["many"]) - {"other"}) == 24
    assert kinds["many"][99] == "k0"
    seen = page.locator("#heard .legend .dot").first
    assert seen.evaluate("dot => getComputedStyle(dot).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_a_song_with_an_hour_of_points_stays_small() -> None:
    from linernotes.identification import identify

    song = make_song(duration=30, sample_rate=16000)
    assert len(identify(song.T, sample_rate=16000, models=()).waveform) <= 1000
