"""Going from page to page in a real browser, while what plays goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from browser_support import PHONE, SOUND, Visit, play_slowly, until
from fastapi import FastAPI
from support import wait_on

from linernotes.explore import Library
from linernotes.web import create_app

Serve = Callable[[FastAPI], AbstractContextManager[Any]]


@pytest.fixture
def kept(visit: Visit) -> Iterator[Callable[..., Any]]:
    """What opens a page that is never loaded again, only its contents change."""
    pages = []

    def go(path: str, **options: Any) -> Any:
        page = visit(path, **options)
        page.evaluate("window.same = true")
        pages.append(page)
        return page

    yield go
    for page in pages:
        assert page.evaluate("window.same")


def test_what_plays_goes_on_while_pages_change(kept: Callable[..., Any]) -> None:
    page = kept("/library?q=title+04")
    play_slowly(page)
    page.get_by_role("button", name="Play Title 04").click()
    until(page, f"{SOUND}.currentTime > 0.1")
    page.get_by_role("button", name="Repeat: off").click()
    page.get_by_role("button", name="Repeat: all").click()
    for name in ("Identify", "Discover", "Map", "Models", "Library"):
        page.locator(".masthead nav").get_by_role("link", name=name, exact=True).click()
        page.locator(f"nav a[aria-current=page]:text('{name}')").wait_for()
        wait_on(page, lambda name=name: page.title().startswith(f"{name} "))
        assert page.evaluate("document.activeElement.id") == "main"
        assert page.locator("main").count() == 1
        styles = page.locator("link[data-page]").count()
        assert styles == {"Identify": 2}.get(name, 1)
    page.get_by_role("button", name=re.compile("(Play|Pause) Title 04")).wait_for()
    assert not page.evaluate(f"{SOUND}.paused")


def test_back_leads_to_where_one_was(kept: Callable[..., Any]) -> None:
    page = kept("/library?sort=title", **PHONE)
    page.get_by_role("link", name="Title 18").scroll_into_view_if_needed()
    until(page, "scrollY > 200")
    before = page.evaluate("scrollY")
    page.get_by_role("link", name="Title 18").click()
    page.locator("#matches .matches").wait_for()
    assert page.evaluate("scrollY") == 0
    assert "Title 18" in page.title()
    page.locator("#matches a").first.click()
    wait_on(page, lambda: "Title 18" not in page.title() and "Track" not in page.title())
    page.go_back()
    page.locator("#title", has_text="Title 18").wait_for()
    page.go_back()
    page.locator("table.tracks").wait_for()
    until(page, f"Math.abs(scrollY - {before}) < 2")
    assert page.locator("#sort").input_value() == "title"
    page.go_forward()
    page.locator("#title", has_text="Title 18").wait_for()
    # A place on a page is no other page.
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.go_back()
    assert page.locator("#title").inner_text() == "Title 18"


def test_a_page_that_is_asked_for_twice_begins_anew(kept: Callable[..., Any]) -> None:
    page = kept("/library")
    page.locator("#q").fill("beyonce")
    page.locator("#count", has_text=re.compile("^1 track$")).wait_for()
    page.locator(".masthead nav").get_by_role("link", name="Library").click()
    page.locator("#count", has_text="24 tracks").wait_for()
    assert page.locator("#q").input_value() == ""
    # What was typed at the last moment is not looked for on the next page.
    page.locator("#q").fill("title")
    page.locator("main").get_by_role("link", name="Scan").click()
    page.locator("#failures li").first.wait_for()
    assert page.url.endswith("/library/scan")
    for _ in range(2):
        page.locator(".masthead nav").get_by_role("link", name="Map").click()
        page.locator("html[data-drawn]").wait_for()
        page.set_viewport_size({"width": 900, "height": 700})
        page.locator(".masthead nav").get_by_role("link", name="Models").click()
        page.locator("table.confusion").first.wait_for()
        assert page.evaluate("document.documentElement.dataset.drawn") is None


def test_other_keys_and_other_links_are_the_browsers(visit: Visit) -> None:
    page = visit("/library")
    link = page.locator(".masthead nav").get_by_role("link", name="Models")
    with page.context.expect_page() as opened:
        link.click(modifiers=["Control"])
    opened.value.locator("table.confusion").first.wait_for()
    assert page.url.endswith("/library")
    # An address where there is nothing has a page that says so.
    page.evaluate(
        "document.querySelector('.masthead nav a:last-child').setAttribute('href', '/nowhere')"
    )
    page.locator(".masthead nav a").last.click()
    page.locator("#address", has_text="/nowhere").wait_for()


def test_who_cannot_get_there_is_told(visit: Visit, served: Serve, library: Library) -> None:
    token = "correct horse battery staple"
    with served(create_app(library, token=token, workers=1)) as home:
        page = visit(f"/library#token={token.replace(' ', '%20')}", at=home.address, wait=False)
        page.wait_for_selector("table.tracks")
        page.route("**/models", lambda route: route.abort())
        page.locator(".masthead nav").get_by_role("link", name="Models").click()
        page.locator("[role=alert]", has_text="cannot be reached").wait_for()
        assert page.locator("table.tracks").count() == 1
        page.unroute("**/models")
        page.get_by_role("button", name="Try again").click()
        page.locator("table.confusion").first.wait_for()
        page.context.clear_cookies()
        page.locator(".masthead nav").get_by_role("link", name="Map").click()
        page.locator("#token:focus").wait_for()  # the browser went there
        assert page.url.endswith("/map")
