"""Saying what was heard in the fields of file tags, and telling what that would change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from linernotes import __version__
from linernotes.library.file_tags import SEPARATOR, clean
from linernotes.library.tag_names import CUSTOM, custom_name
from linernotes.library.tagging.dialects import COMMENT, DIALECTS, has_ours, without_ours
from linernotes.library.tagging.formats import prepare, read_fields, writable_kind
from linernotes.library.tagging.licences import (
    LICENCE_FIELD,
    read_stamp,
    stamped,
    write_stamp,
)

VERSION_FIELD = custom_name("version")
"""The field that tells which version of linernotes wrote the others."""

TEMPO_SURE, KEY_SURE = 0.8, 0.7
"""From which confidence on tempo and key are written: of those, nine of ten were right
(``benchmarks/tempo_key.py``: 26 of 29 tempi, 16 of 18 keys, each judged by what was fitted to
others; another program agrees with .97 and .88 of them on 173 clips)."""

# Of which field a name in a dialect is another one.
_FIELD_OF = {each.key: "key" for each in DIALECTS.values() if each.key}

# What `str.title` would spell as nobody does.
_SPELLINGS = {"hiphop": "Hip-Hop", "r&b": "R&B"}


@dataclass(frozen=True)
class FieldChange:
    """The change of one field.

    Parameters
    ----------
    field
        As in `linernotes.library.tag_names`.
    old
        What the file says; ``None`` if nothing.
    values
        What it is to say; nothing where it is taken out.

    Examples
    --------
    >>> FieldChange("mood", None, ("happy", "party")).as_dict()
    {'field': 'mood', 'old': None, 'new': 'happy; party'}
    """

    field: str
    old: str | None
    values: tuple[str, ...]

    @property
    def new(self) -> str:
        """The values as one text."""
        return SEPARATOR.join(self.values)

    def as_dict(self) -> dict[str, str | None]:
        """Return the object that ``--json`` prints."""
        return {"field": self.field, "old": self.old, "new": self.new or None}


@dataclass(frozen=True)
class Doubt:
    """An answer that is not sure enough to be written.

    Parameters
    ----------
    field
        As in `linernotes.library.tag_names`.
    value
        What it would say.
    confidence
        How probable it is, from 0 to 1; ``None`` where that is not known.
    """

    field: str
    value: str
    confidence: float | None

    def as_dict(self) -> dict[str, str | float | None]:
        """Return the object that ``--json`` prints.

        Examples
        --------
        >>> Doubt("genre", "Jazz", 0.62).as_dict()
        {'field': 'genre', 'heard': 'Jazz', 'confidence': 0.62}
        """
        confidence = None if self.confidence is None else round(self.confidence, 4)
        return {"field": self.field, "heard": self.value, "confidence": confidence}


@dataclass(frozen=True)
class TagPlan:
    """The changes that would be written to one file, or were.

    Parameters
    ----------
    file
        Its path.
    changes
        The fields that change.
    kept
        The fields of which the file says something else, which is left to it.
    written
        Whether it was done.
    warnings
        What to know about it, one sentence each.
    doubts
        What was heard and is not sure enough to be written.
    """

    file: str
    changes: tuple[FieldChange, ...]
    kept: tuple[FieldChange, ...] = ()
    written: bool = False
    warnings: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints.

        Examples
        --------
        >>> TagPlan("a.mp3", (FieldChange("bpm", None, ("128",)),)).as_dict()["changes"]
        [{'field': 'bpm', 'old': None, 'new': '128'}]
        """
        return {
            "file": self.file,
            "error": None,
            "changes": [change.as_dict() for change in self.changes],
            "kept": [change.as_dict() for change in self.kept],
            "not_sure": [doubt.as_dict() for doubt in self.doubts],
            "written": self.written,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class Suggested:
    """The fields of file tags that a track is to have.

    Parameters
    ----------
    fields
        Values by field: what is sure.
    doubts
        What is not, and is not to be written.
    """

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


def suggest_fields(
    *,
    words: Mapping[str, tuple[str, float | None, bool]] | None = None,
    models: Mapping[str, str] | None = None,
    descriptors: Mapping[str, float] | None = None,
) -> Suggested:
    """Say in the fields of file tags what was heard in a track.

    Parameters
    ----------
    words
        What was heard of ``genre`` and ``mood``: the word, how probable it is if that is known, and
        whether it is sure, which is where nine of ten are right.
    models
        What each model says, by its name, for fields of our own.
    descriptors
        Values of the feature set "descriptors" by name, of which ``tempo``, ``key_tonic``,
        ``key_mode`` and the confidences of both are used. They are sure from `TEMPO_SURE` and
        `KEY_SURE` on.

    Returns
    -------
    Suggested
        ``genre``, ``mood``, ``bpm`` (an integer, as ID3 wants it), ``key`` (such as "Am", "F#m",
        "Bb"), ``LINERNOTES_…`` for each model, and ``LINERNOTES_VERSION``. Names that are all in
        small letters are capitalised.

    Examples
    --------
    >>> told = suggest_fields(words={"genre": ("jazz", 0.93, True), "mood": ("sad", 0.5, False)},
    ...     descriptors={"tempo": 127.6, "tempo_confidence": 0.95})
    >>> told.fields  # doctest: +ELLIPSIS
    {'genre': ('Jazz',), 'bpm': ('128',), 'LINERNOTES_VERSION': (...)}
    >>> told.doubts
    (Doubt(field='mood', value='Sad', confidence=0.5),)
    """
    heard: dict[str, tuple[str, float | None, bool]] = {
        name: (_capitalised(word), confidence, sure)
        for name, (word, confidence, sure) in (words or {}).items()
    }
    measured = descriptors or {}
    if (tempo := round(measured.get("tempo", 0))) > 0:
        confidence = measured.get("tempo_confidence", 0)
        heard["bpm"] = (str(tempo), confidence, confidence >= TEMPO_SURE)
    if (confidence := measured.get("key_confidence", 0)) > 0:
        key = _key(int(measured["key_tonic"]), int(measured["key_mode"]))
        heard["key"] = (key, confidence, confidence >= KEY_SURE)
    fields = {name: (value,) for name, (value, _, sure) in heard.items() if sure}
    fields |= {custom_name(model): (said,) for model, said in (models or {}).items()}
    if fields:
        fields[VERSION_FIELD] = (__version__,)
    doubts = [Doubt(name, value, p) for name, (value, p, sure) in heard.items() if not sure]
    return Suggested(fields, tuple(doubts))


def _capitalised(word: str) -> str:
    """Write a class as players and other taggers do, unless the model has its own mind."""
    return _SPELLINGS.get(word) or (word.title() if word.islower() else word)


def plan_tags(
    path: str | os.PathLike[str],
    suggested: Mapping[str, Sequence[str]],
    *,
    overwrite: bool = False,
    doubts: Sequence[Doubt] = (),
    licences: Mapping[str, str] | None = None,
) -> TagPlan:
    """Tell what would be written to a file; nothing is.

    Parameters
    ----------
    path
        The file.
    suggested
        Values by field, such as `suggest_fields` returns.
    overwrite
        Change fields of which the file already says something. Fields of our own are always
        brought up to date.
    doubts
        What was heard besides and is not to be written, to be told with the rest.
    licences
        By field, what is said of values that a network under a licence not free told: it is
        written to a field of its own, and taken out when none of these values is there any more.

    Raises
    ------
    AudioError
        The file is not to be read, or is no audio.
    TagError
        Its tags are damaged, or cannot be written in its format.

    Examples
    --------
    >>> plan_tags("song.mp3", {"genre": ["jazz"]}).changes  # doctest: +SKIP
    (FieldChange(field='genre', old=None, values=('jazz',)),)
    """
    kind = writable_kind(path)
    old = read_fields(path, [*suggested, LICENCE_FIELD])
    stamps = read_stamp(old.get(LICENCE_FIELD))
    if stamps:
        old = read_fields(path, [*suggested, *stamps, LICENCE_FIELD])
    changes: list[FieldChange] = []
    kept: list[FieldChange] = []
    for name, values in suggested.items():
        texts = tuple(dict.fromkeys(text for text in map(clean, values) if text))
        change = FieldChange(name, old.get(name), texts)
        if name == COMMENT and (others := without_ours(change.old)) and texts:
            change = FieldChange(name, change.old, (f"{others} {change.new}",))
        if not texts or _is_same(change.old, change.new):
            continue
        said = old.get(_FIELD_OF.get(name, ""))
        if change.old is None and said is not None and not _is_same(said, change.new):
            # The file says something else under another name of the same field.
            change = replace(change, old=said)
        ours = name.startswith(CUSTOM) or (name == COMMENT and has_ours(change.old))
        (changes if ours or change.old is None or overwrite else kept).append(change)
    said_of = stamped(
        stamps, licences or {}, old=old, suggested=suggested,
        changed={change.field for change in changes}, kept={change.field for change in kept},
    )  # fmt: skip
    stamp = FieldChange(LICENCE_FIELD, old.get(LICENCE_FIELD), write_stamp(said_of))
    if said_of != stamps:
        changes.append(stamp)
    if all(change.field == VERSION_FIELD for change in changes):
        changes = []
    if changes:
        with Path(path).open("rb") as file:
            # Whether it could be done is known before anybody asks for it.
            prepare(file, path, kind, told(changes))
    return TagPlan(os.fspath(path), tuple(changes), tuple(kept), doubts=tuple(doubts))


def told(changes: Iterable[FieldChange]) -> dict[str, tuple[str, ...]]:
    """Return the new values by field.

    Examples
    --------
    >>> told([FieldChange("bpm", None, ("128",))])
    {'bpm': ('128',)}
    """
    return {change.field: change.values for change in changes}


def _key(tonic: int, mode: int) -> str:
    from linernotes.features.key import Key

    name, scale = Key(tonic=tonic, mode=mode, strength=0, margin=0, confidence=0).name.split()
    return name + "m" * (scale == "minor")


def _is_same(old: str | None, new: str) -> bool:
    """Whether two values say the same, such as "Jazz" and "jazz", "130.00" and "130"."""
    if old is None or old.casefold() == new.casefold():
        return old is not None
    try:
        return float(old) == float(new)
    except ValueError:
        return False
