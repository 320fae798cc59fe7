"""How playlists and pages name files."""

from __future__ import annotations

import ntpath
import posixpath

import pytest

from linernotes.references import page_reference, relative_reference


def test_other_drives_are_named_in_full() -> None:
    assert relative_reference(r"D:\a\b.mp3", r"C:\lists", flavour=ntpath) == "D:/a/b.mp3"
    assert relative_reference(r"C:\a\b.mp3", r"C:\lists", flavour=ntpath) == "../a/b.mp3"


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        ("/music/#1 & 50%.mp3", "../music/%231%20%26%2050%25.mp3"),
        ("/lists/c:d.mp3", "./c%3Ad.mp3"),
        ("/music/caf\udce9.mp3", "../music/caf%E9.mp3"),
        ("http://example.org/a.mp3", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_page_names_files_of_this_machine_alone(path: str | None, reference: str) -> None:
    assert page_reference(path, "/lists", flavour=posixpath) == reference


def test_a_page_does_not_reach_other_drives() -> None:
    assert page_reference(r"D:\b.mp3", r"C:\lists", flavour=ntpath) == ""
