"""The colours of the pages, which stand in one place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import linernotes
from linernotes.pages import Scheme, find_files, theme_colours

_PAPER_AND_INK = (("ink", "paper"), ("quiet", "paper"), ("link", "paper"), ("alert", "alert-paper"),
                  ("on-link", "link"), ("right", "paper"), ("wrong", "paper"))  # fmt: skip


def test_colours_stand_in_the_theme_alone() -> None:
    root = Path(linernotes.__file__).parent
    elsewhere = [
        f"{path.relative_to(root)}: {colour}"
        for path in sorted(root.rglob("*"))
        if path.suffix in (".css", ".js", ".html", ".svg", ".py") and path.name != "theme.css"
        for colour in re.findall(
            r"#[0-9a-f]{6}\b", re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.DOTALL)
        )
    ]
    assert elsewhere == []


def test_both_themes_have_all_colours_that_depend_on_the_paper() -> None:
    light, dark = theme_colours("light"), theme_colours("dark")
    assert set(light) == set(dark)
    same = {name for name in light if light[name] == dark[name]}
    assert same == {"on-fill"}  # text upon fills is dark in both
    style = find_files()["theme.css"].read_text("utf-8")
    assert len(re.findall(r"#[0-9a-f]{3,8}\b", style)) == len(light) + len(dark) - len(same)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "behind"), _PAPER_AND_INK)
def test_text_can_be_read(scheme: Scheme, text: str, behind: str) -> None:
    colours = theme_colours(scheme)
    low, high = sorted((luminance(colours[text]), luminance(colours[behind])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_classes_are_told_from_the_paper_and_from_each_other(scheme: Scheme) -> None:
    colours = theme_colours(scheme)
    classes = [colours[f"c{i}"] for i in range(24)]
    assert len(set(classes)) == 24
    paper = luminance(colours["paper"])
    for colour in (*classes, colours["other"]):
        low, high = sorted((luminance(colour), paper))
        assert (high + 0.05) / (low + 0.05) >= 3, colour
    for colour in classes[:2]:  # text stands upon these
        assert (luminance(colour) + 0.05) / (luminance(colours["on-fill"]) + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance as WCAG 2.2 defines it."""
    channels = [channel / 255 for channel in bytes.fromhex(colour[1:])]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
