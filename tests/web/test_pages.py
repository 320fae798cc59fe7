"""The pages in a real browser: what people do there, and with what."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser_support import PHONE, SOUND, Visit, assert_accessible, give, until
from fastapi import FastAPI
from support import wait_on, wait_until

from linernotes.datasets.examples import Examples, Numbers
from linernotes.evaluation import train_scored
from linernotes.explore import Library
from linernotes.web import create_app

HOSTILE = "<img src=x onerror=alert(1)>"
Serve = Callable[[FastAPI], AbstractContextManager[Any]]
PAGES = ("/", "/library", "/map#webgl", "/models", "/library/scan", f"/track/{1:032x}")


@pytest.fixture(scope="module", autouse=True)
def drawn(house: Any) -> None:
    """Draw the map once for all."""
    with house.client() as client:
        job = client.post("/api/v1/maps").json()["id"]
        wait_until(lambda: client.get(f"/api/v1/jobs/{job}").json()["ended"])


def seek_to_the_middle(page: Any) -> None:
    page.wait_for_selector("#heard .matches")  # nothing moves any more
    scrub = page.locator(".scrub").first
    scrub.click(position={"x": scrub.bounding_box()["width"] / 2, "y": 20})


@pytest.mark.slow
def test_a_file_is_identified_played_and_sought(visit: Visit, clip: bytes, house: Any) -> None:
    page = visit("/")
    give(page, clip, "<b>bold</b>.ogg")
    page.wait_for_selector("#heard .timeline")
    assert page.locator("#heard-title").inner_text() == "b>.ogg"  # the last part of a name
    assert "/heard/" in page.url
    seek_to_the_middle(page)
    said = page.locator(".readout").first.inner_text()
    assert re.match(r"0:0[23]\s*\w+ .*%", said)
    page.get_by_role("button", name="Play b>.ogg").click()
    until(page, f"{SOUND}.currentTime > 3.3")
    page.get_by_role("button", name="Pause b>.ogg").click()
    assert page.evaluate(f"{SOUND}.duration") == pytest.approx(6, abs=0.1)
    assert float(page.locator(".cursor").first.evaluate("c => parseFloat(c.style.left)")) > 50
    page.wait_for_selector("#heard .matches")
    assert page.locator("#heard .matches li").count() > 2
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    assert '"models"' in Path(download.value.path()).read_text()
    # Whoever gets the link sees the same, without the sound.
    other = visit("/heard/" + page.url.rsplit("/", 1)[1])
    other.wait_for_selector("#heard .timeline")
    assert other.locator(".timeline .play").count() == 0
    assert "deleted" in other.locator(".timeline").first.inner_text()


def test_a_title_is_shown_and_the_name_of_the_file(visit: Visit, titled_clip: bytes) -> None:
    page = visit("/")
    give(page, titled_clip, "01.ogg")
    page.wait_for_selector("#heard .timeline")
    assert page.locator("#heard-title").inner_text() == "Sinnerman Nina Simone"
    assert page.title().startswith("Nina Simone ")
    assert "01.ogg" in page.locator("#heard .facts").inner_text()


def test_many_files_are_identified_one_after_the_other(visit: Visit, clip: bytes) -> None:
    page = visit("/")
    files = [
        {"name": f"{i}.ogg", "mimeType": "audio/ogg", "buffer": clip + bytes(i)} for i in range(8)
    ]
    page.set_input_files("#choose", files)
    page.wait_for_selector("#heard .matches")  # the first one is shown while others wait
    until(page, "document.querySelectorAll('#jobs p.small').length === 8")
    ended = "[...document.querySelectorAll('#jobs p.small')].every((p) => p.textContent === 'done')"
    until(page, ended)
    page.get_by_role("button", name="Show: 3.ogg").click()
    page.locator("#heard-title", has_text="3.ogg").wait_for()


def test_what_the_microphone_hears_is_identified(visit: Visit) -> None:
    page = visit("/")
    page.locator("#record").click()
    page.locator("#recorded", has_text="0:02").wait_for()
    page.locator("#stop").click()
    page.wait_for_selector("#heard .timeline")
    assert page.locator("#heard-title").inner_text().startswith("recorded at ")
    seek_to_the_middle(page)
    page.get_by_role("button", name="Play recorded at").click()
    until(page, f"{SOUND}.duration < 10")
    until(page, f"{SOUND}.currentTime > 0.5")
    page.locator("#record").click()
    page.locator("#discard").click()
    page.locator("#recording").wait_for(state="hidden")
    assert page.locator("#jobs li").count() == 1


def test_what_fails_is_told(visit: Visit) -> None:
    page = visit("/")
    page.set_input_files(
        "#choose", [{"name": "no.mp3", "mimeType": "audio/mpeg", "buffer": b"no song"}]
    )
    page.locator("#jobs .bad", has_text="This is not an audio file").wait_for()
    assert page.get_by_role("button", name="Try again: no.mp3").is_visible()
    gone = visit("/heard/nothing")
    gone.locator("[role=alert]", has_text="no longer").wait_for()
    lost = visit("/track/nothing", wait=False)
    lost.locator("[role=alert]", has_text="no such track").wait_for()


def test_the_library_is_searched(visit: Visit) -> None:
    page = visit("/library")
    assert page.locator("#count").inner_text() == "24 tracks"
    page.locator("#q").fill("beyonce")
    page.locator("#count", has_text="1 track").wait_for()
    assert page.locator("table.tracks th a").inner_text() == "Beyoncé's tone"
    assert "q=beyonce" in page.url
    page.locator("#q").fill("")
    page.locator("#genre").select_option("Jazz")
    page.locator("#from").fill("1965")
    page.locator("#count", has_text=re.compile("^5 tracks$")).wait_for()
    page.reload()
    page.locator("#count", has_text=re.compile("^5 tracks$")).wait_for()
    page.locator("#where").fill("genre=")
    page.locator("[role=alert]", has_text="filter").wait_for()
    page.locator("#where").fill("")
    page.locator("#q").fill("zzz")
    page.get_by_role("button", name="Show all tracks").click()
    page.locator("#count", has_text="24 tracks").wait_for()


def test_names_never_become_markup(visit: Visit) -> None:
    page = visit("/library")
    page.locator("#q").fill("onerror")
    page.locator("#count", has_text="1 track").wait_for()
    link = page.locator("table.tracks th a")
    assert link.inner_text().startswith("<img src=x")
    link.click()
    page.wait_for_selector("#matches .matches")
    assert page.locator("#title").inner_text().startswith("<img src=x")
    page.goto(page.url.split("/track")[0] + "/library/scan")
    page.locator("#failures b").first.wait_for()
    assert page.locator("#failures b").first.inner_text().startswith("<img src=x")
    assert page.locator("img").count() == 0


def test_a_track_sounds_like_others_that_play(visit: Visit) -> None:
    page = visit(f"/track/{1:032x}")
    assert page.locator("#title").inner_text() == "Beyoncé's tone"
    assert page.locator("#matches li").count() >= 5
    page.locator("#actions").get_by_role("button", name="Play Beyoncé's tone").click()
    until(page, f"{SOUND}.currentTime > 0.1")
    page.get_by_role("button", name=re.compile("^Play from")).last.click()
    until(page, f"{SOUND}.currentTime < 1.5")
    page.goto(page.url.split("/track")[0] + "/library?q=title+04")
    page.get_by_role("button", name="Play Title 04").click()
    until(page, f"{SOUND}.currentTime > 0.1")
    page.get_by_role("button", name="Pause Title 04").click()
    assert page.evaluate(f"{SOUND}.paused")
    page.get_by_role("button", name="Close the player").click()
    page.locator(".dock").wait_for(state="hidden")


def test_a_track_is_heard_moment_by_moment(visit: Visit) -> None:
    page = visit(f"/track/{1:032x}")
    page.locator("#listen").click()
    page.wait_for_selector("#listening .timeline")
    page.locator(".scrub").first.focus()
    page.keyboard.press("End")
    assert page.locator(".scrub").first.get_attribute("aria-valuetext").startswith("0:04")
    assert "%" in page.locator(".scrub").first.get_attribute("aria-valuetext")


def test_the_map_is_walked(visit: Visit) -> None:
    page = visit("/map#webgl")
    assert page.evaluate("document.documentElement.dataset.drawn") == "webgl"
    page.locator("#search").fill("beyonce tone")
    page.locator("#search").press("Enter")
    page.locator("#title", has_text="Beyoncé's tone").wait_for()
    page.locator("#neighbours .matches").wait_for()
    page.locator("#search").fill("")
    page.locator("#colour").select_option(label="tempo")
    page.locator("#low", has_text="BPM").wait_for()
    page.locator("#marks").focus()
    for way in ("Right", "Left", "Up", "Down"):  # it may lie at an edge
        page.keyboard.press(f"Arrow{way}")
        if "Beyoncé" not in page.locator("#title").inner_text():
            break
    assert "Beyoncé" not in page.locator("#title").inner_text()
    page.keyboard.press(" ")
    assert page.locator("#chosen-count").inner_text() == "1 track chosen"
    page.keyboard.press("Escape")
    page.locator("#track").wait_for(state="hidden")


def test_the_lasso_makes_a_playlist(visit: Visit) -> None:
    page = visit("/map#webgl")
    page.locator("#lasso").click()
    box = page.locator("#stage").bounding_box()
    left, top = box["x"] + 2, box["y"] + 2
    right, bottom = box["x"] + box["width"] - 70, box["y"] + box["height"] - 2
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom), (left, top + 5)):
        page.mouse.move(x, y, steps=4)
    page.mouse.up()
    page.locator("#chosen-count", has_text="chosen").wait_for()
    count = int(page.locator("#chosen-count").inner_text().split()[0])
    assert count > 15
    with page.expect_download() as download:
        page.locator("#download").click()
    assert Path(download.value.path()).read_text().count("#EXTINF") == count
    page.locator("#clear").click()
    page.locator("#chosen").wait_for(state="hidden")


def test_lasso_and_search_combine_and_are_named(visit: Visit, house: Any) -> None:
    page = visit("/map#webgl", **PHONE)
    page.locator("#search").fill("title 04")
    page.locator("#conditions", has_text="Found by “title 04” 1 track").wait_for()
    page.locator("#search").press("Enter")
    page.locator("#marks").focus()
    page.keyboard.press(" ")
    page.locator("#conditions", has_text="Both: 1 track").wait_for()
    assert page.locator("#conditions li").count() == 3
    page.locator("#search").fill("title 05")
    page.locator("#conditions", has_text="Both: 0 tracks").wait_for()
    assert page.locator("#name-these").is_hidden()
    page.get_by_role("button", name="Remove: Found by").click()
    page.locator("#label").fill(HOSTILE)
    page.get_by_role("button", name="Name", exact=True).click()
    page.locator("#named", has_text="1 track named").wait_for()
    page.locator("#legend-name", has_text="label").wait_for()
    # They are kept, seen as a colour, and learned as soon as there are two.
    with house.client() as client:
        ids = [f"{i:032x}" for i in range(8)]
        more = client.post("/api/v1/labels", json={"name": "day", "tracks": [*ids[:4], "gone"]})
        assert more.json()["labels"][1] == {"name": "day", "tracks": 4}
        client.post("/api/v1/labels", json={"name": "night", "tracks": ids[4:]})
        learnable = next(
            each
            for each in client.get("/api/v1/learnable").json()["labels"]
            if each["label"] == "label"
        )
        assert learnable["source"] == "your own names"
        assert {each["name"]: each["tracks"] for each in learnable["classes"]} == {
            "day": 4, "night": 4,
        }  # fmt: skip
        page.reload()
        page.wait_for_selector("html[data-drawn]")
        page.locator("#colour").select_option(label="label")
        page.locator("#classes button", has_text="night").wait_for()
        assert page.locator("#classes img").count() == 0
        for name in ("day", "night", HOSTILE):
            client.delete(f"/api/v1/labels/{name}")
        assert client.get("/api/v1/labels").json() == {"labels": []}


def test_pointing_plays(visit: Visit, house: Any) -> None:
    with house.client() as client:
        import numpy as np

        places = np.frombuffer(client.get("/api/v1/map/places").content, "<f4").reshape(-1, 2)
    page = visit("/map#webgl")
    page.locator("#aloud").check()
    box = page.locator("#stage").bounding_box()
    wide, high = places.max(axis=0).tolist()
    scale = 0.92 * min(box["width"] / wide, box["height"] / high)
    x, y = places[1].tolist()
    page.mouse.move(
        box["x"] + box["width"] / 2 + (x - wide / 2) * scale,
        box["y"] + box["height"] / 2 + (y - high / 2) * scale,
    )
    assert "Beyoncé" in page.locator("#tip").inner_text()
    until(page, f"{SOUND}?.currentTime > 0.1")


@pytest.mark.slow
def test_a_scan_is_watched_and_its_failures_told(
    visit: Visit, served: Serve, tmp_path: Path, song_files: dict[str, Path]
) -> None:
    music = tmp_path / "music"
    music.mkdir()
    for i in range(3):
        (music / f"{i}.ogg").write_bytes(song_files["ogg"].read_bytes() + bytes(i))
    (music / "odd.mp3").write_text("no song")
    app = create_app(Library(tmp_path / "library"), music=[str(music)], workers=1)
    with served(app) as home:
        empty = visit("/library", at=home.address, wait=False)
        empty.locator(".empty", has_text="The library is empty").wait_for()
        unmapped = visit("/map", at=home.address, wait=False)
        unmapped.get_by_role("link", name="Scan your music").wait_for()
        page = visit("/library/scan", at=home.address, wait=False)
        page.locator("#folders-list input").first.wait_for()
        page.locator("#go").click()
        page.locator("#live").wait_for()
        page.locator("#outcome", has_text="4 files: 3 added").wait_for()
        page.locator("#failures code", has_text="not-audio").wait_for()
        # Copies of one sound are one track.
        wait_on(page, lambda: page.locator("#facts dd").nth(1).inner_text() in ("1", "2", "3"))


def test_a_model_is_trained(
    visit: Visit, served: Serve, library: Library, tmp_path: Path, clip: bytes
) -> None:
    with served(create_app(library, workers=1, models=tmp_path)) as home:
        page = visit("/models", at=home.address)
        page.locator("#classes", has_text="Jazz (").wait_for()
        # The fairest of the ways to test is chosen, and each says what it means.
        assert page.locator("#splits input:enabled").count() == 3
        assert page.locator("#splits input:checked").get_attribute("value") == "artist"
        page.locator(".way", has_text="It flatters").wait_for()
        page.locator("#name").fill("my genres")
        page.locator("#go").click()
        page.locator("#live").wait_for()
        said = page.locator("#outcome", has_text="my genres learned from 19 tracks")
        said.locator(".verdict", has_text=re.compile(r"Right in \d+ of 100")).wait_for()
        assert re.search(r"Jazz: \d of \d", said.inner_text())
        learned = page.locator(".model", has=page.locator("h2", has_text="my genres"))
        learned.locator(".verdict", has_text="Right in").wait_for()
        page.goto(home.address)
        page.locator("#model").select_option("my genres")
        give(page, clip)
        page.locator("#heard .bars th", has_text="Rock").first.wait_for()


def test_what_could_not_be_tested_is_said_in_words(visit: Visit) -> None:
    page = visit("/models")
    told = page.evaluate(
        """async () => {
          const { inWords } = await import("/static/model_card.js");
          const say = (classes) =>
            inWords({ accuracy: 0, interval: null, baseline: 0.3, classes })
              .map((each) => each.textContent).join(" ");
          const one = (name, tracks, right) => ({ name, tracks, right });
          return [
            say([one("a", 9, 0), one("b", 0, 0), one("c", 0, 0)]),
            say([one("a", 9, 0), one("b", 9, 5), one("c", 0, 0)]),
          ];
        }"""
    )
    assert told[0].startswith("It could not be tested fairly. b, c: ")
    assert "0 of 100" not in told[0]
    assert "Could not be tested fairly: c: what there is of it" in told[1]


def test_numbers_are_shown_in_their_range(
    visit: Visit, served: Serve, library: Library, tmp_path: Path, clip: bytes
) -> None:
    tracks = library.collection()
    count = len(tracks)
    nothing = (None,) * count
    told = np.random.default_rng(0).random((count, 2)) * [1, 100]
    examples = Examples(
        label="mood", target=("",) * count, path=nothing, artist=nothing, album=nothing,
        split=nothing, track_id=tracks.track_id, numbers=Numbers(("energy", HOSTILE), told),
        features={"embedding": tracks.embedding, "tags": tracks.tags,
                  "descriptors": tracks.descriptors},
    )  # fmt: skip
    made = train_scored(examples, recipe="ridge", name="feelings", split="random", n_splits=2)
    made.model.save(tmp_path / "feelings.linernotes")
    with served(create_app(library, workers=1, models=tmp_path)) as home:
        page = visit("/models", at=home.address)
        model = page.locator(".model", has=page.locator("h2", has_text="feelings"))
        model.locator("p", has_text="Tells energy from 0.").wait_for()
        assert model.locator("dt", has_text="Spearman").count() == 2
        assert model.locator(".verdict", has_text="Off by").count() == 2
        page.goto(home.address)
        page.locator("#model").select_option("feelings")
        give(page, clip)
        page.wait_for_selector("#heard .matches", timeout=60_000)
        assert page.locator("#heard h3").all_text_contents()[:2] == ["energy", HOSTILE]
        value = page.locator("#heard .verdict").first.inner_text()
        assert re.fullmatch(r"0\.\d+\s+0\.\d+ to [01]\.\d+ for nine of ten tracks", value)
        assert page.locator("#heard .timeline").count() == 2
        assert re.match(r"0:00\s*energy 0\.\d+", page.locator(".readout").first.inner_text())


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_all(visit: Visit, path: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit(path, bypass_csp=True)
    assert_accessible(axe, page)
    page.emulate_media(color_scheme="dark")
    assert_accessible(axe, page, only="color-contrast")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, select, input:not(.unseen)")]
          .filter((e) => e.getClientRects().length && !["checkbox", "radio"].includes(e.type))
          .filter((e) => e.getBoundingClientRect().height < 28).map((e) => e.outerHTML)"""
    )
    assert small == []
    assert_accessible(axe, page)


def test_axe_finds_nothing_in_results(visit: Visit, clip: bytes) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit("/", bypass_csp=True, **PHONE)
    give(page, clip)
    page.wait_for_selector("#heard .matches")
    assert_accessible(axe, page)
    page.goto(page.url.split("/heard")[0] + "/map#webgl")
    page.wait_for_selector("html[data-drawn]")
    page.locator("#search").fill("beyonce tone")
    page.locator("#search").press("Enter")
    page.locator("#neighbours .matches").wait_for()
    assert_accessible(axe, page)


def test_the_keyboard_is_enough(visit: Visit, clip: bytes) -> None:
    page = visit("/library")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    seen: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("document.activeElement.id || document.activeElement.textContent")
        )
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", seen[-1]
        if seen[-1] == "Title 04":
            break
    assert {"q", "genre", "where"} <= set(seen)
    page.keyboard.press("Enter")
    page.wait_for_selector("#matches .matches")
    assert page.locator("#title").inner_text() == "Title 04"
    page.locator("#listen").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#listening .timeline")


def test_nothing_moves_for_who_wants_it_still(visit: Visit) -> None:
    page = visit("/", reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((e) => {
          const style = getComputedStyle(e);
          return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
        }).length + (getComputedStyle(document.documentElement).scrollBehavior === "smooth")"""
    )
    assert moving == 0


@pytest.mark.parametrize("path", [path for path in PAGES if "map" not in path])
def test_pages_are_light(visit: Visit, path: str) -> None:
    page = visit(path)
    sizes = page.evaluate(
        """() => performance.getEntriesByType("resource")
          .concat(performance.getEntriesByType("navigation"))
          .filter((e) => !e.name.includes("/audio"))
          .map((e) => e.transferSize).reduce((a, b) => a + b, 0)"""
    )
    assert sizes < 300_000
    painted = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    )
    assert painted < 2000  # on a machine that does other things as well; benchmarks/web.py tells


def test_the_token_is_asked_for_and_taken_from_the_link(
    visit: Visit, served: Serve, library: Library
) -> None:
    token = "correct horse battery staple"
    with served(create_app(library, token=token, workers=1)) as home:
        page = visit("/library", at=home.address, wait=False)
        # What is not allowed is an error to the browser's console; it is what is looked for here.
        page.locator("#token").fill("wrong wrong wrong wrong")
        page.locator("#token").press("Enter")
        page.locator("[role=alert]", has_text="not the token").wait_for()
        page.locator("#token").fill(token)
        page.locator("#token").press("Enter")
        page.wait_for_selector("table.tracks")
        linked = visit(f"/library#token={token.replace(' ', '%20')}", at=home.address, wait=False)
        linked.wait_for_selector("table.tracks")
        assert "token" not in linked.url
