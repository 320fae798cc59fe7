"""What tests of the pages share: how they are visited in a real browser, and looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support import wait_on

Visit = Callable[..., Any]
#: What plays, on any page.
SOUND = "document.querySelector('.dock audio[data-active]')"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
READY = {
    "/discover": "#slider-energy",  # its script makes it, before which nothing typed is heard
    "/": "#limits:has-text('MB')",
    "/library": "table.tracks",
    "/map#webgl": "html[data-drawn]",
    "/models": "table.confusion",
    "/library/scan": "#failures li",
}


def until(page: Any, condition: str) -> None:
    """Wait for what a script says; the pages themselves may evaluate nothing."""
    wait_on(page, lambda: page.evaluate(condition))


def give(page: Any, clip: bytes, name: str = "Sinnerman.ogg") -> None:
    page.set_input_files("#choose", [{"name": name, "mimeType": "audio/ogg", "buffer": clip}])


def assert_accessible(axe: Any, page: Any, only: str | None = None) -> None:
    options = {"runOnly": [only]} if only else None
    found = axe.Axe().run(page, options=options).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


def play_slowly(page: Any) -> None:
    """Have what plays take ten times as long, so that it does not end while a test looks at it."""
    page.wait_for_selector(".dock audio", state="attached")
    page.evaluate(
        """() => document.querySelectorAll(".dock audio").forEach((each) => {
          each.defaultPlaybackRate = each.playbackRate = 0.1;
        })"""
    )
