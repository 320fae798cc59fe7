"""Text as it may be shown, whatever names and labels are made of: in a terminal, on a page."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Characters that show nothing themselves but rearrange or break what is around them, and
# halves of characters, by which Python stands for bytes that are no text.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""Return text as it can be shown on one line, without what upsets a terminal or a page.

    Labels are kept as they are given; this is for showing them.

    Parameters
    ----------
    text
        Any text, such as the name of a class.

    Returns
    -------
    str
        Control characters, lone surrogates and what hides or reorders text are spelled out.

    Examples
    --------
    >>> printable("Drum\n& Bass\x1b[31m 🥁")
    'Drum\\n& Bass\\x1b[31m 🥁'
    """
    # Control characters, lone surrogates, and the invisible ones that reorder or hide text.
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in _UNSEEN and character != "\u200d"
        else character
        for character in text
    )


def legible(text: str) -> str:
    r"""Return text for a page: what cannot be seen or written is shown by a sign.

    Parameters
    ----------
    text
        Any text, such as the name of a file.

    Returns
    -------
    str
        Control characters, line breaks and lone surrogates are shown by others.

    Examples
    --------
    >>> legible("a\nb\x07c\udcff")
    'a↵b⟨0007⟩c\ufffd'
    """
    return _CONTROLS.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return "↵" if code in (0x0A, 0x0D) else f"⟨{code:04X}⟩"
