"""Discovering in a real browser: what people ask there, by mouse, finger and keyboard."""

from __future__ import annotations

import re
from typing import Any

import pytest
from browser_support import PHONE, Visit, assert_accessible, until
from support import wait_on, wait_until

OPTION = ".options [role=option]"
ROWS = "#matches .matches li"


@pytest.fixture(scope="module", autouse=True)
def drawn(house: Any) -> None:
    """Draw the map once for all."""
    with house.client() as client:
        job = client.post("/api/v1/maps").json()["id"]
        wait_until(lambda: client.get(f"/api/v1/jobs/{job}").json()["ended"])


def track(i: int) -> str:
    return f"{i:032x}"


def titles(page: Any) -> list[str]:
    found: list[str] = page.locator(f"{ROWS} a").all_inner_texts()
    return found


def slide(page: Any, name: str, share: float) -> None:
    box = page.locator(f"#slider-{name}").bounding_box()
    page.mouse.click(box["x"] + 8 + share * (box["width"] - 16), box["y"] + box["height"] / 2)


def choose(page: Any, key: str) -> None:
    page.keyboard.press(key)
    page.locator(f"{OPTION}[aria-selected=true]").wait_for()


def test_words_are_found_while_they_are_typed(visit: Visit) -> None:
    page = visit("/discover")
    page.locator("#words").press_sequentially("mellow pianno qwxzy")
    page.locator("#understood b", has_text="piano").wait_for()
    said = page.locator("#understood").inner_text()
    assert said == (
        "Understood: mellow, piano for “pianno”. Nothing is known by “qwxzy”; these change nothing."
    )
    assert page.locator(ROWS).count() > 5
    assert "piano" in page.locator(f"{ROWS} .small").first.inner_text()
    wait_on(page, lambda: "words=mellow+pianno+qwxzy" in page.url)
    before = titles(page)
    page.reload()
    page.locator(ROWS).first.wait_for()
    assert titles(page) == before
    assert page.locator("#words").input_value() == "mellow pianno qwxzy"
    page.locator("#words").fill("qwxzy")
    page.get_by_text("These words are not known.").wait_for()
    assert page.locator("[role=alert]:visible").count() == 0


def test_ideas_begin_and_back_leads_to_them(visit: Visit) -> None:
    page = visit("/discover")
    page.get_by_role("button", name="dark ambient").click()
    page.locator(ROWS).first.wait_for()
    page.go_back()
    page.locator(".ideas").wait_for()
    assert page.locator("#words").input_value() == ""
    page.go_forward()
    page.locator(ROWS).first.wait_for()
    assert page.locator("#words").input_value() == "dark ambient"


def test_sliders_are_live(visit: Visit) -> None:
    page = visit("/discover?words=jazz")
    page.locator(ROWS).first.wait_for()
    before = titles(page)
    slide(page, "energy", 0.9)
    page.locator(f"{ROWS} .small", has_text="energy").first.wait_for()
    slide(page, "tempo", 0.2)
    page.locator(f"{ROWS} .small", has_text="BPM").first.wait_for()
    assert titles(page) != before
    assert re.search(r"energy=0\.(8|9)\d?.*tempo=(8|9)\d", page.url)
    page.get_by_label("without").check()
    wait_on(page, lambda: "voice=no" in page.url)
    page.get_by_role("button", name="Any energy").click()
    wait_on(page, lambda: "energy" not in page.url)
    assert page.locator("#slider-energy").get_attribute("aria-valuetext") == "any"
    page.go_back()  # sliders fill no history


def test_more_and_less_like_this(visit: Visit) -> None:
    page = visit("/discover")
    page.locator("#find").press_sequentially("title 04")
    page.locator(OPTION, has_text="Title 04").click()
    page.locator("#likes", has_text="Title 04").wait_for()
    page.locator(ROWS).first.wait_for()
    assert "Title 04" not in titles(page)
    worst = titles(page)[0]
    page.get_by_role("button", name=f"Less like {worst}").click()
    page.locator("#likes .less", has_text=worst).wait_for()
    wait_on(page, lambda: worst not in titles(page))
    page.locator("#find").press_sequentially("artist 2")
    page.locator(OPTION, has_text="Artist 2artist").click()
    page.locator("#likes", has_text="Artist 2").wait_for()
    wait_on(page, lambda: "Artist 2" not in page.locator(ROWS).all_inner_texts()[0])
    assert page.locator("#likes li").count() == 3
    page.get_by_role("button", name=f"Turn round: less like {worst}").click()
    page.locator("#likes .more", has_text=worst).wait_for()
    page.reload()  # names come back by themselves
    page.locator("#likes", has_text=worst).wait_for()
    page.get_by_role("button", name="No longer: more like Artist 2").click()
    wait_on(page, lambda: page.locator("#likes li").count() == 2)
    page.go_back()
    wait_on(page, lambda: page.locator("#likes li").count() == 3)


def test_a_radio_begins_with_any_track(visit: Visit) -> None:
    page = visit("/discover?where=title%3DTitle+04")
    page.get_by_role("button", name="Radio from Title 04").click()
    page.locator(".dock", has_text="Title 04").wait_for()


def test_a_path_is_drawn_on_the_map(visit: Visit) -> None:
    page = visit(f"/discover?track={track(1)}&track={track(9)}")
    page.get_by_role("button", name="Path between the two").click()
    steps = page.locator("#journey .matches a")
    steps.first.wait_for()
    assert steps.first.inner_text() == "Beyoncé's tone"
    assert steps.last.inner_text() == "Title 09"
    picture = page.locator("#journey canvas")
    assert "from Beyoncé's tone to Title 09" in picture.get_attribute("aria-label")
    inked = """c => { const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
                      return data.filter((a, i) => i % 4 == 3 && a > 128).length }"""
    until(page, "document.querySelector('#journey canvas').width > 300")
    assert picture.evaluate(inked) > 300
    assert "path=1" in page.url
    page.get_by_role("button", name="Path between the two").click()
    picture.wait_for(state="detached")


def test_a_filter_is_completed_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit("/discover")
    box = page.locator("#where")
    box.focus()
    page.keyboard.press("ArrowDown")
    page.locator(OPTION).first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.type("ge")
    page.locator(OPTION, has_text="genre=kind of music").wait_for()
    choose(page, "ArrowDown")
    active = page.locator(f"{OPTION}[aria-selected=true]").get_attribute("id")
    assert box.get_attribute("aria-activedescendant") == active
    page.keyboard.press("Enter")
    assert box.input_value() == "genre="
    page.locator(OPTION, has_text="Jazz").wait_for()
    page.keyboard.type("ja")
    wait_on(page, lambda: page.locator(OPTION).count() == 1)
    choose(page, "ArrowUp")
    page.keyboard.press("Enter")
    assert box.input_value() == "genre=Jazz"
    page.locator(OPTION, has_text="andboth hold").wait_for()
    choose(page, "ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("vo")
    page.locator(OPTION, has_text="voice=").wait_for()
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "genre=Jazz and vo"
    page.keyboard.type("=no or length<1m")
    page.locator(ROWS).first.wait_for()
    page.keyboard.press("Tab")  # what is typed stays, the list goes
    assert page.locator(OPTION).count() == 0


def test_what_is_wrong_in_a_filter_is_told(visit: Visit) -> None:
    page = visit("/discover?words=jazz&where=tempi%3E3")
    page.get_by_role("alert").filter(has_text="did you mean tempo?").wait_for()
    assert page.locator("#where").get_attribute("aria-invalid") == "true"
    page.locator("#where").fill("year>1960")
    page.locator("#wrong").wait_for(state="hidden")
    page.locator(ROWS).first.wait_for()


def test_hostile_names_stay_text(visit: Visit) -> None:
    page = visit(f"/discover?track={track(0)}&artist=%3Cimg%20src%3Dx%3E&words=%3Cb%3E")
    page.get_by_text("there is no artist").wait_for()
    assert page.locator("#likes img, #understood b").count() == 0
    page.locator("#likes", has_text="<img src=x onerror=alert(1)>").wait_for()


def test_discover_is_asked_again_where_it_was_left(visit: Visit) -> None:
    page = visit("/discover?words=jazz&energy=0.3")
    page.locator(ROWS).first.wait_for()
    page.locator("nav").get_by_role("link", name="Library").click()
    page.locator("table.tracks").wait_for()
    page.locator("nav").get_by_role("link", name="Map").click()
    page.wait_for_selector("html[data-drawn]")
    page.locator("#search").fill("title 04")
    page.locator("#search").press("Enter")
    page.get_by_role("link", name="More like this").click()
    page.locator("#likes", has_text="Title 04").wait_for()
    page.locator(ROWS).first.wait_for()
    assert page.locator("#words").input_value() == "jazz"
    assert page.locator("#slider-energy").input_value() == "0.3"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_discover_is_for_everybody(visit: Visit, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit(
        f"/discover?track={track(1)}&track={track(9)}&unlike={track(3)}&words=jazz+qwxzy&energy=0.4&path=1",
        **{**PHONE, "color_scheme": scheme, "reduced_motion": "reduce"},
    )
    page.locator("#journey canvas").wait_for()
    page.locator("#where").focus()
    page.keyboard.press("ArrowDown")
    page.locator(OPTION).first.wait_for()
    page.keyboard.press("ArrowDown")
    assert_accessible(axe, page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
