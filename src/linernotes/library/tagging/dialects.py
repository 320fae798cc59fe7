"""Dialects: how players want to be told what is heard, where they differ from one another.

After MusicBrainz Picard's and Navidrome's mappings of tags, foobar2000's names of fields, and what
rekordbox and Plex show. All agree on the frames of ID3 and the atoms of MP4; in Vorbis comments
(FLAC, Ogg, Opus) they call the key by three names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from linernotes.library.file_tags import SEPARATOR
from linernotes.library.tag_names import VORBIS, Names

ENERGY_LEVEL = "ENERGYLEVEL"
"""The field of an energy from 1 to 10, as Mixed In Key began it."""

COMMENT = "comment"

_OURS = re.compile(r"\s*\[linernotes: [^\]]*\]")


@dataclass(frozen=True)
class Dialect:
    """Where a player looks for what is heard.

    Parameters
    ----------
    key
        What the key is called in Vorbis comments; ``None`` where our usual name will do.
    has_mood
        Whether the player knows moods; otherwise they go into the comment.
    has_energy
        Whether it shows fields that it does not know, and so an energy level.
    has_comment
        Whether what it has no field for goes into the comment.
    in_one_text
        Whether several values of a field are one text, with semicolons in between.
    """

    key: str | None = None
    has_mood: bool = True
    has_energy: bool = True
    has_comment: bool = False
    in_one_text: bool = False


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "picard": Dialect(key="KEY"),
        "navidrome": Dialect(key="KEY"),
        "foobar": Dialect(key="INITIAL KEY"),
        "plex": Dialect(has_energy=False, in_one_text=True),
        "rekordbox": Dialect(has_mood=False, has_energy=False, has_comment=True),
    }
)
"""The dialects by the names of the players."""


def in_dialect(
    fields: Mapping[str, Sequence[str]],
    dialect: Dialect,
    family: Names,
    *,
    energy: float | None = None,
) -> dict[str, tuple[str, ...]]:
    """Say what is heard in the fields of a player.

    Parameters
    ----------
    fields
        Values by field, as `linernotes.library.tagging.planning.suggest_fields` returns them.
    dialect
        Of which player.
    family
        How fields are called in the file's format.
    energy
        From 0 to 1, if it is known.

    Returns
    -------
    dict of str to tuple of str
        Values by field.

    Examples
    --------
    >>> told = {"key": ("Am",), "mood": ("Happy",)}
    >>> in_dialect(told, DIALECTS["navidrome"], VORBIS, energy=0.63)
    {'KEY': ('Am',), 'mood': ('Happy',), 'ENERGYLEVEL': ('7',)}
    >>> in_dialect(told, DIALECTS["rekordbox"], VORBIS, energy=0.63)
    {'key': ('Am',), 'comment': ('[linernotes: energy 7, happy]',)}
    """
    level = None if energy is None else str(energy_level(energy))
    said: dict[str, tuple[str, ...]] = {}
    comment = [] if level is None else [f"energy {level}"]
    for name, values in fields.items():
        if name == "mood" and not dialect.has_mood:
            comment += [value.casefold() for value in values]
        elif name == "key" and dialect.key is not None and family is VORBIS:
            said[dialect.key] = tuple(values)
        else:
            said[name] = (SEPARATOR.join(values),) if dialect.in_one_text else tuple(values)
    if level is not None and dialect.has_energy:
        said[ENERGY_LEVEL] = (level,)
    if comment and dialect.has_comment:
        said[COMMENT] = (f"[linernotes: {', '.join(comment)}]",)
    return said


def energy_level(energy: float) -> int:
    """Return an energy from 1 to 10.

    Examples
    --------
    >>> [energy_level(energy) for energy in (0.0, 0.55, 1.0)]
    [1, 6, 10]
    """
    return min(10, 1 + int(10 * energy))


def without_ours(comment: str | None) -> str:
    """Return a comment without our part of it.

    Examples
    --------
    >>> without_ours("mine [linernotes: energy 7]")
    'mine'
    """
    return _OURS.sub("", comment or "").strip()


def has_ours(comment: str | None) -> bool:
    """Whether a part of a comment is ours.

    Examples
    --------
    >>> has_ours("mine [linernotes: energy 7]"), has_ours(None)
    (True, False)
    """
    return _OURS.search(comment or "") is not None
