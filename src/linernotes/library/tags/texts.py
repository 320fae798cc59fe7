"""Texts of tags: names and values, and how their bytes are read."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from linernotes.errors import LinernotesError
from linernotes.library.tags.codepages import Decision, decide

BROKEN = (
    LinernotesError, OSError, ValueError, LookupError, ArithmeticError, struct.error, zlib.error,
)  # fmt: skip
"""Errors that reading bytes which are no tag may raise."""

_MOST_VALUES = 4096


@dataclass
class Tag:
    """One tag of a file.

    Parameters
    ----------
    texts
        Its values by native name, in capitals.
    decision
        In which code page those of its texts are that do not say it, and whether that is sure.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    decision: Decision = field(default_factory=Decision)

    def __bool__(self) -> bool:
        return bool(self.texts)

    def get(self, name: str) -> list[str]:
        """Return the values of a native name, however it is capitalised."""
        return self.texts.get(name.upper(), [])


def collect(items: Iterable[tuple[str, str | bytes]]) -> Tag:
    r"""Gather the values of a tag, as far as they can be read.

    Parameters
    ----------
    items
        Native names with texts, or with bytes of a code page that nobody tells: all of them
        are in one. Zeros part several values.

    Examples
    --------
    >>> tag = collect([("title", "So What"), ("ARTIST", b"Miles\0Bill")])
    >>> tag.get("Title"), tag.get("artist")
    (['So What'], ['Miles', 'Bill'])
    """
    found: list[tuple[str, str | bytes]] = []
    try:
        for item in items:
            found.append(item)
            if len(found) >= _MOST_VALUES:
                break
    except BROKEN:
        pass
    decision = decide([value for _, value in found if isinstance(value, bytes)])
    tag = Tag(decision=decision)
    for name, value in found:
        text = decision.decode(value) if isinstance(value, bytes) else value
        values = [part for part in text.split("\0") if part]
        if values:
            tag.texts.setdefault(name.upper(), []).extend(values)
    return tag


def utf_16(data: bytes) -> str:
    r"""Decode texts of UTF-16, each with its own mark, with that of the one before, or without.

    Examples
    --------
    >>> utf_16(b"\xff\xfea\0\0\0\xfe\xff\0b"), utf_16(b"a\0b\0c"), utf_16(b"\0a\0b")
    ('a\x00b', 'ab', 'ab')
    """
    data = data[: len(data) // 2 * 2]
    units = [data[i : i + 2] for i in range(0, len(data), 2)]
    # Without a mark, the zeros of what is mostly Latin tell; else it is as Windows writes it.
    evens, odds = data[::2].count(0), data[1::2].count(0)
    order = "utf-16-be" if evens > odds else "utf-16-le"
    parts: list[str] = []
    for part in _parted(units):
        marked = part[:1] in ([b"\xff\xfe"], [b"\xfe\xff"])
        if marked:
            order = "utf-16-le" if part[0] == b"\xff\xfe" else "utf-16-be"
        parts.append(b"".join(part[marked:]).decode(order, "replace"))
    return "\0".join(parts)


def _parted(units: list[bytes]) -> Iterator[list[bytes]]:
    start = 0
    for index, unit in enumerate([*units, b"\0\0"]):
        if unit == b"\0\0":
            yield units[start:index]
            start = index + 1


def utf_8(data: bytes) -> str | bytes:
    r"""Return the text of bytes that should be UTF-8, or the bytes if they are not.

    Examples
    --------
    >>> utf_8("é".encode()), utf_8(b"\xe9")
    ('é', b'\xe9')
    """
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return data


def until_zero(data: bytes) -> bytes:
    """Return what comes before the first zero, without blanks around it."""
    return data.partition(b"\0")[0].strip()
