"""Text that can do no harm in a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return text in which nothing can move the cursor or change colours."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        if not "\ud800" <= character <= "\udfff" else "?"
        for character in text
    )  # fmt: skip
