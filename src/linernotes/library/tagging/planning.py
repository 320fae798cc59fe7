"""Saying what was heard in the fields of file tags, and telling what that would change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linernotes import __version__
from linernotes.library.file_tags import SEPARATOR, clean
from linernotes.library.tag_names import CUSTOM, custom_name
from linernotes.library.tagging.formats import edits_of, read_fields, values_to_write, writable_kind

MOODS = (
    "happy", "sad", "mellow", "chillout", "party", "sexy", "beautiful", "upbeat", "quiet", "soft",
)  # fmt: skip
"""The networks' tags that tell a mood."""

VERSION_FIELD = custom_name("version")
"""The field that tells which version of linernotes wrote the others."""

_MOST_CLASSES = 5
_LEAST_PROBABILITY = 0.05


@dataclass(frozen=True)
class FieldChange:
    """What becomes of one field.

    Parameters
    ----------
    field
        As in `linernotes.library.tag_names`.
    old
        What the file says; ``None`` if nothing.
    values
        What it is to say.

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
        return {"field": self.field, "old": self.old, "new": self.new}


@dataclass(frozen=True)
class TagPlan:
    """What would be written to one file, or was.

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
    """

    file: str
    changes: tuple[FieldChange, ...]
    kept: tuple[FieldChange, ...] = ()
    written: bool = False
    warnings: tuple[str, ...] = ()

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
            "written": self.written,
            "warnings": list(self.warnings),
        }


def suggest_fields(
    *,
    genre: Sequence[tuple[str, float]] = (),
    models: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    values: Mapping[str, str] | None = None,
    tags: Iterable[tuple[str, float]] = (),
    descriptors: Mapping[str, float] | None = None,
    genre_threshold: float = 0.5,
    mood_threshold: float = 0.1,
    most_moods: int = 3,
) -> dict[str, tuple[str, ...]]:
    """Say in the fields of file tags what was heard in a track.

    Parameters
    ----------
    genre
        Classes of genre with their probabilities, best first.
    models
        The same of each model by its name, for fields of our own.
    values
        What each model of numbers tells, in words by its name, for fields of our own.
    tags
        The networks' tags with their probabilities.
    descriptors
        Values of the feature set "descriptors" by name, of which ``tempo``, ``key_tonic``,
        ``key_mode`` and ``key_confidence`` are used.
    genre_threshold
        How probable a genre must be to be told.
    mood_threshold, most_moods
        How probable a mood must be, and how many are told at most.

    Returns
    -------
    Values by field: ``genre``, ``mood``, ``bpm`` (an integer, as ID3 wants it), ``key`` (such
    as "Am", "F#m", "Bb"), ``LINERNOTES_…`` for each model, and ``LINERNOTES_VERSION``. What is
    not known or not sure is not in it. Genres that are all in small letters are capitalised.

    Examples
    --------
    >>> suggest_fields(genre=[("jazz", 0.83), ("blues", 0.07)], tags=[("sad", 0.3)],
    ...     descriptors={"tempo": 127.6, "key_tonic": 9, "key_mode": 0, "key_confidence": 0.1},
    ... )  # doctest: +ELLIPSIS
    {'genre': ('Jazz',), 'mood': ('sad',), 'bpm': ('128',), 'key': ('Am',), 'LINERNOTES_VERSION...}
    """
    fields: dict[str, tuple[str, ...]] = {}
    if genre and genre[0][1] >= genre_threshold:
        name = genre[0][0]
        # As players and other taggers write it, unless the model has its own mind.
        fields["genre"] = (name.title() if name.islower() else name,)
    likely = sorted((-probability, name) for name, probability in tags
                    if name in MOODS and probability >= mood_threshold)  # fmt: skip
    if likely:
        fields["mood"] = tuple(name for _, name in likely[:most_moods])
    measured = descriptors or {}
    if (tempo := round(measured.get("tempo", 0))) > 0:
        fields["bpm"] = (str(tempo),)
    if measured.get("key_confidence", 0) > 0:
        fields["key"] = (_key(int(measured["key_tonic"]), int(measured["key_mode"])),)
    for model, classes in (models or {}).items():
        if classes:
            fields[custom_name(model)] = (_probabilities(classes),)
    for model, value in (values or {}).items():
        fields[custom_name(model)] = (value,)
    if fields:
        fields[VERSION_FIELD] = (__version__,)
    return fields


def plan_tags(
    path: str | os.PathLike[str],
    suggested: Mapping[str, Sequence[str]],
    *,
    overwrite: bool = False,
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
    old = read_fields(path, suggested)
    changes: list[FieldChange] = []
    kept: list[FieldChange] = []
    for field, values in suggested.items():
        texts = tuple(dict.fromkeys(text for text in map(clean, values) if text))
        change = FieldChange(field, old.get(field), texts)
        if not texts or _is_same(change.old, change.new):
            continue
        ours = field.startswith(CUSTOM) or change.old is None or overwrite
        (changes if ours else kept).append(change)
    if all(change.field == VERSION_FIELD for change in changes):
        changes = []
    if changes:
        with Path(path).open("rb") as file:
            # Whether it could be done is known before anybody asks for it.
            edits_of(file, kind, values_to_write(file, path, kind, told(changes)))
    return TagPlan(os.fspath(path), tuple(changes), tuple(kept))


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

    name, scale = Key(tonic=tonic, mode=mode, strength=0, confidence=0).name.split()
    return name + "m" * (scale == "minor")


def _is_same(old: str | None, new: str) -> bool:
    """Whether two values say the same, such as "Jazz" and "jazz", "130.00" and "130"."""
    if old is None or old.casefold() == new.casefold():
        return old is not None
    try:
        return float(old) == float(new)
    except ValueError:
        return False


def _probabilities(classes: Sequence[tuple[str, float]]) -> str:
    others = [pair for pair in classes[1:_MOST_CLASSES] if pair[1] >= _LEAST_PROBABILITY]
    best = [classes[0], *others]
    return SEPARATOR.join(f"{name} {probability:.2f}" for name, probability in best)
