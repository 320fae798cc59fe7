"""Labels that models can learn here, and how fairly what they learned can be tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

from linernotes.datasets.examples import Examples
from linernotes.evaluation.grouped_tracks import list_testable
from linernotes.learning.data import FEWEST
from linernotes.library.file_tags import SEPARATOR
from linernotes.library.labels import LABEL_FIELD
from linernotes.web.library_cache import Snapshot

#: How tracks are parted into those that are learned from and those that are tested on.
SplitName = Literal["artist", "album", "random"]

# File tags that are worth learning; years and numbers are not.
_FILE_TAGS = ("genre", "mood", "producer", "artist", "albumartist", "composer", "album", "key")
_CLASSES = 100
_known: WeakKeyDictionary[Snapshot, list[dict[str, Any]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class SplitWay:
    """A way to part tracks.

    Parameters
    ----------
    name
        Which.
    method, group_by
        As `linernotes.evaluation.train_scored` takes them; ``None`` parts by groups, and leaves
        untested what cannot be parted so.
    """

    name: SplitName
    method: Literal["random"] | None
    group_by: tuple[str, ...]

    def tests(self, examples: Examples) -> tuple[str, ...]:
        """Return the classes that can be tested so."""
        return list_testable(examples, self.method or "grouped", self.group_by)


#: The fairest first.
WAYS = (
    SplitWay("artist", None, ("artist", "album")),
    SplitWay("album", None, ("album",)),
    SplitWay("random", "random", ("artist", "album")),
)


def labels_of(known: Snapshot) -> list[dict[str, Any]]:
    """Return what can be learned from the library: two classes at the least.

    Parameters
    ----------
    known
        What the library holds.

    Returns
    -------
    list of dict
        Label, where it comes from, how many tracks tell it, the classes that enough of them have,
        commonest first, and for each split how many of these can be tested. Labels that can be
        tested come first.
    """
    if known not in _known:
        described = (_describe(label, told, known) for label, told in _told(known))
        _known[known] = [each for each in described if each is not None]
    # What people name tracks changes while the library does not.
    own = _describe(LABEL_FIELD, known.own_labels, known, source="your own names")
    found = [*([own] if own is not None else []), *_known[known]]
    return sorted(found, key=lambda each: -_fairness(each["splits"]))


def _told(known: Snapshot) -> Iterator[tuple[str, Sequence[str | None]]]:
    """Yield each label, and the class of each track."""
    for field in _FILE_TAGS:
        values = known.collection.metadata.get(field) or ()
        yield field, [(value or "").split(SEPARATOR)[0].strip() or None for value in values]


def _describe(
    label: str, told: Sequence[str | None], known: Snapshot, *, source: str = "file tags"
) -> dict[str, Any] | None:
    counts = Counter(name for name in told if name)
    classes = [(name, n) for name, n in counts.most_common() if n >= FEWEST]
    if len(classes) < 2:
        return None
    names = {name for name, _ in classes}
    rows = [(i, name) for i, name in enumerate(told) if name in names]
    metadata = known.collection.metadata
    nobody = (None,) * len(told)
    artist, albumartist, album = (
        metadata.get(field) or nobody for field in ("artist", "albumartist", "album")
    )
    nothing = (None,) * len(rows)
    examples = Examples(
        label, tuple(str(name) for _, name in rows), nothing,
        tuple(artist[i] or albumartist[i] for i, _ in rows), tuple(album[i] for i, _ in rows),
        nothing, {}, tuple(known.collection.track_id[i] for i, _ in rows),
    )  # fmt: skip
    return {
        "label": label,
        "source": source,
        "tracks": len(rows),
        "classes": [{"name": name, "tracks": n} for name, n in classes[:_CLASSES]],
        "total": len(classes),
        "splits": {way.name: len(way.tests(examples)) for way in WAYS},
    }


def _fairness(splits: dict[str, int]) -> int:
    """Return how fairly a label can be tested: 3 without artists on both sides, 0 not at all."""
    return next((len(WAYS) - i for i, way in enumerate(WAYS) if splits[way.name] > 1), 0)
