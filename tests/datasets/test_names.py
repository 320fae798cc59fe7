"""Names of files that every system can bear."""

from __future__ import annotations

import pytest

from linernotes.datasets.names import safe_name


@pytest.mark.parametrize(
    "text",
    ["../../etc/passwd", "a/b\\c", "C:\\x", "CON", "nul.mp3", "a\x00b", "\u202egpj.exe", "...", "",
     " ", "a\nb", "\ud800", "é" * 500, "שלום", "x" * 300, ".hidden", "a?*<>|\":b", "\u200f"],
)  # fmt: skip
def test_a_name_stays_one_name(text: str) -> None:
    name = safe_name(text)
    assert name
    assert len(name.encode()) <= 61
    assert not set(name) & set('/\\:*?"<>|\0\n\u202e\u200f')
    assert name not in (".", "..")
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert name.casefold().split(".")[0] not in ("con", "nul")


def test_what_can_be_kept_is() -> None:
    assert safe_name("שלום עולם") == "שלום עולם"
    assert safe_name("Ágætis byrjun") == "Ágætis byrjun"
