"""The player of all pages in a real browser: its queue, keys, and what it remembers."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from browser_support import PHONE, SOUND, Visit, assert_accessible, play_slowly, until
from support import wait_on

from linernotes.web import create_app
from linernotes.web.waveforms import POINTS, Waveforms


def title(page: Any) -> str:
    found: str = page.locator(".dock .title").inner_text()
    return found


def play(page: Any, name: str, *, slowly: bool = True) -> None:
    if slowly:
        play_slowly(page)
    page.get_by_role("button", name=f"Play {name}", exact=True).click()
    until(page, f"{SOUND}?.currentTime > 0.05")


def test_a_list_is_played_from_a_track_on(visit: Visit) -> None:
    page = visit("/library?sort=title")
    play(page, "Title 04")
    assert title(page) == "Title 04"
    page.get_by_role("button", name="Next", exact=True).click()
    wait_on(page, lambda: title(page) == "Title 05")
    page.get_by_role("button", name="Previous", exact=True).click()
    wait_on(page, lambda: title(page) == "Title 04")
    # The next one is fetched before this one ends, and follows without a hand.
    until(page, f"{SOUND}.duration > 3")
    page.evaluate("document.querySelectorAll('.dock audio').forEach((e) => (e.playbackRate = 1))")
    until(page, "document.querySelectorAll('.dock audio[src]').length === 2")
    wait_on(page, lambda: title(page) == "Title 05")
    until(page, f"{SOUND}.currentTime > 0.05")


def test_what_is_gone_is_told_and_skipped(visit: Visit) -> None:
    page = visit("/library?sort=title")
    play_slowly(page)
    page.get_by_role("button", name="Play Title 03").click()
    wait_on(page, lambda: title(page) == "Title 04")
    page.locator(".dock .artist.bad", has_text="Title 03: The file is gone").wait_for()
    until(page, f"{SOUND}.currentTime > 0.05")
    # Where nothing can be played it ends.
    page.locator("#where").fill("year>1975")
    page.locator("#count", has_text="8 tracks").wait_for()
    page.get_by_role("button", name="Play Title 16").click()
    page.get_by_role("button", name="Queue", exact=True).click()
    wait_on(page, lambda: "failed" in (page.locator(".queue li").last.get_attribute("class") or ""))
    assert page.locator(".queue .failed").count() >= 4


def test_the_queue_goes_on_with_what_sounds_alike(visit: Visit) -> None:
    page = visit(f"/track/{1:032x}")
    page.locator("#title").wait_for()
    play(page, "Beyoncé's tone")
    page.get_by_role("button", name="Queue", exact=True).click()
    page.locator(".queue li", has_text="sounds alike").first.wait_for()
    assert page.locator(".queue li").count() > 5
    # Who does not want it has it taken away, and the queue ends.
    page.get_by_role("button", name="Go on with what sounds alike").click()
    wait_on(page, lambda: page.locator(".queue li").count() == 1)
    page.evaluate("document.querySelectorAll('.dock audio').forEach((e) => (e.playbackRate = 4))")
    until(page, f"{SOUND}.ended")
    assert page.locator(".queue li").count() == 1
    assert page.locator(".ways [aria-pressed=true]").count() == 0


def test_the_queue_is_put_in_order(visit: Visit) -> None:
    page = visit("/library?sort=title")
    play(page, "Title 04")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Queue", exact=True).click()
    rows = page.locator(".queue li")
    assert rows.count() == 23  # from three before it on
    here = page.locator(".queue li.here")
    assert "Title 04" in here.inner_text()
    page.get_by_role("button", name="Move Title 05 up").click()
    assert page.evaluate("document.activeElement.dataset.act") == "up"
    assert "Title 05" in page.locator(".queue li").nth(2).inner_text()
    page.get_by_role("button", name="Remove Title 06").click()
    assert rows.count() == 21
    assert "Title 04" in here.inner_text()
    page.get_by_role("button", name="Shuffle").click()
    assert "Title 04" in page.locator(".queue li").first.inner_text()
    page.get_by_role("button", name="Shuffle").click()
    assert "Title 04" in here.inner_text()
    page.keyboard.press("Escape")
    page.locator(".queue-panel").wait_for(state="hidden")
    assert title(page) == "Title 04"


def test_it_is_remembered_after_a_reload(visit: Visit) -> None:
    page = visit("/library?sort=title")
    play(page, "Title 05")
    until(page, f"{SOUND}.currentTime > 0.3")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("slider", name="Volume").fill("0.4")
    before = page.evaluate(f"{SOUND}.currentTime")
    page.reload()
    wait_on(page, lambda: title(page) == "Title 05")
    until(page, f"Math.abs({SOUND}.currentTime - {before}) < 0.3")
    assert page.evaluate(f"[{SOUND}.paused, {SOUND}.volume]") == [True, 0.4]
    page.get_by_role("button", name="Previous", exact=True).click()
    page.get_by_role("button", name="Previous", exact=True).click()
    wait_on(page, lambda: title(page) == "Title 04")
    page.reload()  # while it plays
    until(page, f"{SOUND} && !{SOUND}.paused")
    # What was kept may be anything.
    for odd in (
        "{",
        "[]",
        '{"tracks": [3, {"track_id": 1}], "at": 7}',
        '{"tracks": 1, "volume": 9}',
    ):
        page.evaluate("odd => localStorage.setItem('linernotes-playing', odd)", odd)
        page.evaluate("addEventListener('pagehide', (event) => event.stopImmediatePropagation())")
        page.reload()
        page.wait_for_selector("table.tracks")


def test_keys_act_but_not_in_fields(visit: Visit) -> None:
    page = visit("/library?sort=title")
    play(page, "Title 04")
    page.locator("h1").click()
    before = page.evaluate("scrollY")
    page.keyboard.press(" ")
    until(page, f"{SOUND}.paused")
    assert page.evaluate("scrollY") == before
    page.keyboard.press("ArrowLeft")
    until(page, f"{SOUND}.currentTime === 0")
    page.keyboard.press("Shift+ArrowRight")
    wait_on(page, lambda: title(page) == "Title 05")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("a ? m/")
    assert page.locator("#q").input_value() == "a ? m/"
    assert page.locator("dialog[open]").count() == 0
    # On a button, keys that it does not need act as well.
    page.get_by_role("button", name="Shuffle").focus()
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.get_by_label("Heed these keys").uncheck()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("Shift+ArrowLeft")
    assert title(page) == "Title 05"
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()


def test_one_seeks_with_the_pointer_and_as_with_a_slider(visit: Visit, house: Any) -> None:
    with house.client() as client:
        told = client.get(f"/api/v1/tracks/{4:032x}/waveform").json()
    assert told["duration"] == pytest.approx(4, abs=0.1)
    assert 30 < len(told["peaks"]) <= POINTS
    assert max(told["peaks"]) == 255
    page = visit("/library?sort=title")
    play(page, "Title 04")
    page.get_by_role("button", name="Pause", exact=True).click()
    slider = page.get_by_role("slider", name="Position in the track")
    page.locator(".waveform .whole path:not([d^='M0 47'])").wait_for(state="attached")
    box = slider.bounding_box()
    slider.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    until(page, f"Math.abs({SOUND}.currentTime - 2) < 0.1")
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "0:00 of 0:04"
    page.keyboard.press("PageUp")
    until(page, f"Math.abs({SOUND}.currentTime - 0.4) < 0.1")
    page.keyboard.press("ArrowRight")
    until(page, f"{SOUND}.currentTime > 3.5")


def test_media_keys_know_what_plays(visit: Visit) -> None:
    page = visit("/library?sort=title")
    play(page, "Title 04")
    told = page.evaluate(
        """() => {
          const { metadata, playbackState } = navigator.mediaSession;
          const { title, artist, album, artwork } = metadata;
          return [title, artist, album, artwork.length, artwork[0].src, playbackState];
        }"""
    )
    assert told[:4] == ["Title 04", "Artist 0", "Album 1", 3]
    assert told[4].endswith(f"/tracks/{4:032x}/cover?size=small")
    assert told[5] == "playing"


def test_other_windows_fall_silent(visit: Visit) -> None:
    page = visit("/library?sort=title")
    play(page, "Title 04")
    page.get_by_role("button", name="Repeat: off").click()
    other = page.context.new_page()
    other.goto(page.url)
    play_slowly(other)
    other.get_by_role("button", name="Play Title 05").click()
    until(page, f"{SOUND}.paused")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_the_player_is_for_all(visit: Visit, options: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit("/library?sort=title", bypass_csp=True, reduced_motion="reduce", **options)
    play(page, "Title 04")
    page.get_by_role("button", name="Queue", exact=True).click()
    page.locator(".queue li").first.wait_for()
    assert_accessible(axe, page)
    page.emulate_media(color_scheme="dark")
    assert_accessible(axe, page, only="color-contrast")
    if options:
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    small = page.evaluate(
        """() => [...document.querySelectorAll(".dock button, .dock input")]
          .filter((e) => e.getClientRects().length)
          .filter((e) => Math.min(e.offsetWidth, e.offsetHeight) < 28).map((e) => e.outerHTML)"""
    )
    assert small == []
    moving = page.evaluate(
        """() => [...document.querySelectorAll(".dock *")].filter((e) => {
          const style = getComputedStyle(e);
          return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
        }).length"""
    )
    assert moving == 0
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    assert_accessible(axe, page)


def test_the_keyboard_alone_plays(visit: Visit) -> None:
    page = visit("/library?sort=title")
    play_slowly(page)
    page.get_by_role("button", name="Play Title 04").focus()
    page.keyboard.press("Enter")
    until(page, f"{SOUND}?.currentTime > 0.05")
    seen: list[str] = []
    page.locator(".waveform").focus()
    for _ in range(14):
        seen.append(
            page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText")
        )
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        if seen[-1] == "Close the player":
            break
        page.keyboard.press("Tab")
    wanted = {"Previous", "Pause", "Next", "Queue", "Shuffle", "Volume", "Keys", "Close the player"}
    assert wanted <= set(seen)


def test_waveforms_are_measured_once(tmp_path: Path, music: Path) -> None:
    song = tmp_path / "song.ogg"
    shutil.copy(next(music.glob("*.ogg")), song)
    waveforms = Waveforms(tmp_path / "kept")
    try:
        found = waveforms.later("a/../b", str(song)).result()
        assert len(list((tmp_path / "kept").iterdir())) == 1
        song.unlink()
        assert waveforms.later("a/../b", str(song)).result() == found
        for _ in range(2):
            with pytest.raises(Exception, match=re.compile("open|read|file", re.IGNORECASE)):
                waveforms.later("other", str(song)).result()
    finally:
        waveforms.close()


def test_what_no_browser_plays_is_converted(
    visit: Visit, served: Any, library_maker: Any, tmp_path: Path, song_files: dict[str, Path]
) -> None:
    library = library_maker(tmp_path, tracks=6)
    track = tmp_path / "music" / "04 é #1.ogg"
    track.write_bytes(song_files["wma"].read_bytes())
    with served(create_app(library, workers=1, cache=tmp_path / "cache")) as home:
        with home.client() as client:
            for start, least in ((0, 40_000), (1e6, 0)):
                answer = client.get(
                    f"/api/v1/tracks/{4:032x}/audio", params={"format": "mp3", "start": start}
                )
                assert answer.status_code in (200, 422)
                assert len(answer.content) >= least
            assert client.get(f"/api/v1/tracks/{4:032x}/audio?format=exe").status_code == 422
            gone = client.get(f"/api/v1/tracks/{3:032x}/audio?format=mp3")
            assert gone.status_code == 404
            track.with_name("05 é #1.ogg").write_bytes(b"no song at all" * 1000)
            broken = client.get(f"/api/v1/tracks/{5:032x}/audio?format=mp3")
            assert (broken.status_code, broken.json()["error"]["code"]) == (422, "unsupported")
        page = visit("/library?sort=title", at=home.address)
        page.wait_for_selector("table.tracks")
        play(page, "Title 04")
        assert "format=mp3" in page.evaluate(f"{SOUND}.src")
        page.get_by_role("slider", name="Position in the track").focus()
        page.keyboard.press("ArrowRight")
        until(page, f"{SOUND}.src.includes('start=5')")
        until(page, f"{SOUND}.currentTime > 0.05")
        assert page.locator(".waveform").get_attribute("aria-valuenow") in ("5", "6", "7")
        page.close()  # it asks for more all the time
