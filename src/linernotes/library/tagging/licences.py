"""The field of file tags that says which others a network under a licence not free told.

Its values are such as ``"genre, LINERNOTES_MINE: heard by MERT (CC-BY-NC-4.0, not a free
licence)"``. It stays as long as one of these fields says what the network told.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from linernotes.library.file_tags import SEPARATOR, clean
from linernotes.library.tag_names import CUSTOM, custom_name

LICENCE_FIELD = custom_name("licence")
"""The field's name."""

_NAMES = r"\w+(?:, \w+)*"
_STAMP = re.compile(rf"({_NAMES}): (heard by .+)", re.DOTALL)
_NEXT = re.compile(rf"{SEPARATOR}(?={_NAMES}: heard by )")


def read_stamp(text: str | None) -> dict[str, str]:
    """Return what is said of each field; nothing where the text is none of ours.

    Examples
    --------
    >>> read_stamp("genre, mood: heard by Some (CC-BY-NC-4.0, not a free licence)")["mood"]
    'heard by Some (CC-BY-NC-4.0, not a free licence)'
    >>> read_stamp("all rights reserved")
    {}
    """
    stamps = [_STAMP.fullmatch(each) for each in _NEXT.split(text or "")]
    return {
        field: stamp[2] for stamp in stamps if stamp is not None for field in stamp[1].split(", ")
    }


def write_stamp(notices: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values that say something of each field.

    Examples
    --------
    >>> write_stamp({"genre": "heard by Some", "mood": "heard by Some"})
    ('genre, mood: heard by Some',)
    """
    by_notice: dict[str, list[str]] = {}
    for field, notice in notices.items():
        by_notice.setdefault(clean(notice), []).append(field)
    return tuple(f"{', '.join(fields)}: {notice}" for notice, fields in by_notice.items())


def stamped(
    before: Mapping[str, str],
    notices: Mapping[str, str],
    *,
    old: Container[str],
    suggested: Container[str],
    changed: Container[str],
    kept: Container[str],
) -> dict[str, str]:
    """Return what is to be said of each field after a file is written.

    Parameters
    ----------
    before
        What was said.
    notices
        What is to be said of fields that are suggested now.
    old, suggested, changed, kept
        The fields that the file has, that are suggested, that change, and that are left to it.

    Examples
    --------
    >>> stamped({"genre": "heard by Some"}, {}, old=["genre"], suggested=["genre"], changed=[],
    ...     kept=[])
    {}
    """
    stays = {
        field: notice
        for field, notice in before.items()
        if field in kept or (field in old and field not in suggested)
    }
    # What the file said already, of a field that is not ours, was perhaps a person's word.
    new = {
        field: notice
        for field, notice in notices.items()
        if field not in kept and (field in changed or field in before or field.startswith(CUSTOM))
    }
    return {**stays, **new}
