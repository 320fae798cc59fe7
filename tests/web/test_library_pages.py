"""The library in a real browser: long lists, albums, artists, duplicates, and a track's page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from browser_support import PHONE, Visit, assert_accessible, until
from fastapi import FastAPI
from support import wait_on

from linernotes.explore import Library
from linernotes.web import create_app

Serve = Callable[[FastAPI], AbstractContextManager[Any]]
TRACKS = 700
FIRST = f"/track/{0:032x}"
LONGEST = f"/track/{8:032x}"
LISTS = ("/library", "/library/albums", "/library/artists", "/library/duplicates")


@pytest.fixture(scope="module")
def shop(served: Serve, albums: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of albums with covers; its address."""
    app = create_app(albums, workers=1, cache=tmp_path_factory.mktemp("cache"))
    with served(app) as found:
        yield found.address


@pytest.fixture(scope="module")
def warehouse(
    served: Serve,
    library_maker: Callable[..., Library],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A server of more tracks than are asked for at once; its address."""
    library = library_maker(tmp_path_factory.mktemp("many"), tracks=TRACKS)
    app = create_app(library, workers=1, cache=tmp_path_factory.mktemp("cache"))
    with served(app) as found:
        yield found.address


def is_ready(page: Any) -> None:
    """Wait until a page of the library shows what it is about."""
    shown = "[role=rowheader] a, .cards .name a, .group h2 a, #matches li"
    until(page, f"document.querySelector('{shown}') !== null")


# Whether each place in the view that belongs to the list is covered by a row with its track.
COVERED = """(() => {
  const body = document.querySelector("tbody").getBoundingClientRect();
  const rows = [...document.querySelectorAll("tbody tr:not(.awaited)")]
    .map((row) => row.getBoundingClientRect());
  for (let y = Math.max(1, body.top + 2); y < Math.min(innerHeight, body.bottom) - 2; y += 20) {
    if (!rows.some(({ top, bottom }) => top <= y && y <= bottom)) return false;
  }
  return true;
})()"""


def top_title(page: Any) -> str:
    """The title of the first track that is wholly in the view."""
    title: str = page.evaluate(
        """[...document.querySelectorAll("tbody tr:not(.awaited)")]
        .find((r) => r.getBoundingClientRect().top >= 40).querySelector(".title").textContent"""
    )
    return title


def test_a_long_list_is_scrolled_and_come_back_to(visit: Visit, warehouse: str) -> None:
    page = visit("/library?sort=title", at=warehouse)
    table = page.locator("table.tracks")
    assert table.get_attribute("aria-rowcount") == str(TRACKS + 1)
    assert page.evaluate("document.documentElement.scrollHeight") > TRACKS * 40
    assert page.locator("tbody tr").count() < 120  # what is far away does not exist
    page.mouse.move(500, 500)
    for _ in range(12):
        page.mouse.wheel(0, 600)
        page.wait_for_timeout(30)
    until(page, "scrollY > 5000")
    until(page, COVERED)
    page.evaluate("scrollTo({ top: 1e9, behavior: 'instant' })")
    until(page, COVERED)
    assert page.locator(f"tr[aria-rowindex='{TRACKS + 1}']").is_visible()
    page.evaluate("scrollTo({ top: 17000, behavior: 'instant' })")
    until(page, COVERED)
    before, place = top_title(page), page.evaluate("scrollY")
    assert page.locator("tbody tr").count() < 120
    page.get_by_role("link", name=before, exact=True).click()
    page.wait_for_selector("#matches li")
    page.go_back()
    page.wait_for_selector("table.tracks")
    wait_on(page, lambda: abs(page.evaluate("scrollY") - place) < 2)
    until(page, COVERED)
    assert top_title(page) == before


def test_heads_sort_by_mouse_and_keyboard_and_links_keep_it(visit: Visit, warehouse: str) -> None:
    page = visit("/library", at=warehouse)
    head = page.get_by_role("columnheader", name="Year")
    assert head.get_attribute("aria-sort") == "none"
    head.get_by_role("button").click()
    page.wait_for_selector("th.year[aria-sort=ascending]")
    assert page.locator("td.year").first.inner_text() == "1960"
    until(page, "document.activeElement.dataset.sort === 'year'")
    page.keyboard.press("Enter")
    page.wait_for_selector("th.year[aria-sort=descending]")
    assert page.locator("td.year").first.inner_text() == str(1960 + TRACKS - 1)
    assert page.url.endswith("?sort=-year")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.wait_for_selector("th.duration[aria-sort=ascending]")
    page.reload()
    page.wait_for_selector("th.duration[aria-sort=ascending]")


def test_the_keyboard_goes_through_the_rows(visit: Visit, warehouse: str) -> None:
    page = visit("/library?sort=title", at=warehouse)
    page.locator("tbody tr a").first.focus()
    row = "document.activeElement.closest('tr')"
    while int(page.evaluate(f"{row}.getAttribute('aria-rowindex')")) <= 15:
        page.keyboard.press("Tab")
        until(page, COVERED)
    index = page.evaluate(f"{row}.getAttribute('aria-rowindex')")
    page.evaluate("scrollBy({ top: 9000, behavior: 'instant' })")
    until(page, COVERED)
    assert page.evaluate(f"{row}.getAttribute('aria-rowindex')") == index  # the focus is not lost


def test_covers_are_seen_and_what_has_none_shows_a_note(visit: Visit, shop: str) -> None:
    page = visit("/library/albums", at=shop)
    until(page, "document.querySelectorAll('.card img').length === 4")
    wide = "[...document.querySelectorAll('.card img')].map((i) => i.naturalWidth)"
    assert set(page.evaluate(wide)) == {320}
    assert page.locator(".card").count() == 6
    assert page.locator(".card .cover svg").count() == 6
    page.goto(shop + "/library")
    until(page, "document.querySelectorAll('td.art img').length >= 8")


def test_from_album_to_artist_to_album(visit: Visit, shop: str) -> None:
    page = visit("/library/albums?q=hits", at=shop)
    page.get_by_role("link", name="Hits").click()
    page.wait_for_selector("#album table.tracks")
    assert page.locator("#title").inner_text() == "Hits"
    assert page.locator("td.place").all_inner_texts() == ["1", "2", "3"]
    page.get_by_role("link", name="Joni").click()
    page.wait_for_selector("#artist .card")
    assert page.locator("#title").inner_text() == "Joni"
    assert page.locator("#others th.title").all_inner_texts()[-1] == "Six"
    page.locator("#own").get_by_role("link", name="Blue").click()
    page.wait_for_selector("#album table.tracks")
    assert page.locator("#album th.title:not([role=columnheader])").count() == 4
    gone = visit("/album/al-none", at=shop)
    gone.get_by_text("There is no such album").wait_for()


def test_duplicates_tell_which_to_keep(visit: Visit, shop: str) -> None:
    page = visit("/library/duplicates", at=shop)
    page.wait_for_selector(".group")
    assert page.locator("#count").inner_text() == "1 recording in more than one file"
    assert page.locator(".files li").count() == 3
    kept = page.locator(".files .kept")
    assert Path(kept.locator(".path").inner_text()).name == "0.wav"
    assert "Lossless." in kept.inner_text()


def test_a_track_leads_with_the_answer_and_ends_with_numbers(visit: Visit, shop: str) -> None:
    page = visit(FIRST, at=shop)
    until(page, "document.querySelector('#cover img')?.naturalWidth === 320")
    assert page.locator("#by > *").all_inner_texts() == ["Joni", "Blue", "1970"]
    answer = page.locator(".verdict").inner_text()
    assert any(word in answer for word in ("sure", "likely", "none of these"))
    order = page.evaluate(
        """["#cover", "#title", "#answer", "#facts", "#timeline", "#matches", "#more"]
        .map((name) => document.querySelector(name))
        .every((each, i, all) => !i || all[i - 1].compareDocumentPosition(each) & 4)"""
    )
    assert order
    traits = page.locator("#traits")
    assert not traits.is_visible()
    page.get_by_text("All that was heard and measured").click()
    assert traits.is_visible()
    said = page.locator("#traits li", has_text="bass").inner_text()
    assert any(word in said for word in ("than", "most", "rather"))
    page.locator("#by").get_by_role("link", name="Blue").click()
    page.wait_for_selector("#album table.tracks")


@pytest.mark.slow
def test_no_name_breaks_a_page(visit: Visit, shop: str) -> None:
    page = visit("/library", at=shop, **PHONE)
    found = page.evaluate("fetch('/api/v1/albums?q=xxx').then((a) => a.json())")
    album = found["albums"][0]
    pages = (*LISTS, LONGEST, f"/album/{album['id']}", f"/artist/{album['artist_id']}")
    for path in pages:
        page.goto(shop + path)
        is_ready(page)
        for width in (360, 1000):
            page.set_viewport_size({"width": width, "height": 740})
            wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide[0] <= wide[1], (path, width)
            if page.locator("tbody.long").count():
                until(page, COVERED)


def test_print_shows_what_is_there_and_no_empty_pages(visit: Visit, warehouse: str) -> None:
    page = visit("/library", at=warehouse)
    page.emulate_media(media="print")
    high = page.evaluate("document.querySelector('tbody').getBoundingClientRect().height")
    assert high < 120 * 100


@pytest.mark.slow
def test_these_pages_are_for_all(visit: Visit, shop: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe")
    page = visit("/library", at=shop, bypass_csp=True, reduced_motion="reduce")
    found = page.evaluate("fetch('/api/v1/albums?q=blue').then((a) => a.json())")
    album = found["albums"][0]
    for path in (FIRST, *LISTS, f"/album/{album['id']}", f"/artist/{album['artist_id']}"):
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1100, "height": 800})
        page.goto(shop + path)
        is_ready(page)
        page.evaluate("document.querySelector('details')?.setAttribute('open', '')")
        assert_accessible(axe, page)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 360, "height": 740})
        assert_accessible(axe, page, "color-contrast")
