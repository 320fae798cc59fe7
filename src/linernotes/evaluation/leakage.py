"""Leaks that make a model look better than it is: the same music on both sides of a split.

Copies are found by the audio as it is stored, whatever the tags around it; copies that are encoded
anew or cut, by what the networks hear; and copies in a table of features by its
numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from linernotes.datasets.examples import Examples, Floats
from linernotes.datasets.groups import group_of, has_group
from linernotes.errors import AudioError
from linernotes.evaluation.confounding import (
    Leak,
    labels_in_paths,
    predictable_from_folder,
    predictable_from_format,
    single_artist_classes,
)
from linernotes.evaluation.grouped_tracks import count_tracks, with_target_bins
from linernotes.evaluation.splits import OFFICIAL, RANDOM, Split
from linernotes.library.content import track_head, track_id

NEAR = 0.975
"""Cosine of two tracks' embeddings from which they are taken for one recording.

Measured on 173 clips by 18 authors and 29 of them made anew: of 796 pairs of clips by one author
the nearest reach 0.969, but for one, which is a copy indeed; of the clips cut by one to five
seconds 97 % lie above, and all of those encoded as mp3 or AAC, mixed to mono, or with some noise.
Clips at half the level or of very low quality sound different to the networks, and mostly lie
below.
"""

_BLOCK = 2_000


def find_leaks(
    examples: Examples,
    split: Split | Sequence[Split],
    *,
    embeddings: Floats | None = None,
    files: bool = True,
) -> tuple[Leak, ...]:
    """Tell what may make the figures of a split too good.

    Parameters
    ----------
    examples
        Labelled tracks.
    split
        How they were parted, once or in folds.
    embeddings
        Shape (n, columns): what the networks hear, to find copies that are encoded anew; by
        default ``examples.features["embedding"]``, where there is one.
    files
        Read the files, to find copies and to look at formats.

    Returns
    -------
    tuple of Leak
        What was found, the gravest first; and at the end what no check can know.

    Examples
    --------
    >>> import numpy as np
    >>> nothing = (None,) * 4
    >>> examples = Examples("genre", tuple("abab"), nothing, tuple("ppqq"), nothing, nothing, {},
    ...                     nothing)
    >>> split = Split(np.array([0, 1]), np.array([2, 3]), "artist", ("artist",))
    >>> [leak.code for leak in find_leaks(examples, split)]
    ['cannot-be-known']
    """
    splits = (split,) if isinstance(split, Split) else tuple(split)
    examples = with_target_bins(examples, splits[0].groups)
    if embeddings is None:
        embeddings = examples.features.get("embedding")
    leaks = [*_groups_on_both_sides(examples, splits)]
    if files:
        leaks += _same("same-content", _contents(examples), splits, _CONTENT)
    for name in sorted(set(examples.features) - {"embedding", "tags", "descriptors"}):
        rows = [row.tobytes() for row in np.ascontiguousarray(examples.features[name])]
        leaks += _same("same-features", rows, splits, _FEATURES)
    if embeddings is not None:
        copies = {pair for leak in leaks if leak.code == "same-content" for pair in leak.pairs}
        leaks += _near(embeddings, splits, known=copies)
    leaks += single_artist_classes(examples)
    if files:
        leaks += predictable_from_format(examples, splits)
    leaks += predictable_from_folder(examples, splits)
    leaks += labels_in_paths(examples)
    return (*leaks, Leak("cannot-be-known", _UNKNOWABLE))


_UNKNOWABLE = (
    "no check can tell whether the labels are right, whether two names are one person, whether "
    "covers, remixes, live takes or samples of one song are on both sides, whether classes differ "
    "by studio, year or mastering rather than by what they are called, or whether the pretrained "
    "networks have heard these tracks before"
)
_CONTENT = "are in a file that was learned from as well, but for its tags"
_FEATURES = "have the same features as one that was learned from, number by number"


def near_duplicates(
    embeddings: Floats, split: Split, *, least: float = NEAR
) -> list[tuple[int, int, float]]:
    """Find tested tracks that sound like a copy of one that was learned from.

    Parameters
    ----------
    embeddings
        Shape (n, columns): what the networks hear of each track.
    split
        How the tracks were parted.
    least
        Cosine of two tracks' embeddings.

    Returns
    -------
    (learned from, tested on, similarity), for each tested track the one that is nearest.

    Examples
    --------
    >>> import numpy as np
    >>> embeddings = np.eye(4, dtype=np.float32)[[0, 1, 2, 0]]
    >>> split = Split(np.array([0, 1, 2]), np.array([3]), "random")
    >>> [(a, b) for a, b, _ in near_duplicates(embeddings, split)]
    [(0, 3)]
    """
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    unit = embeddings / np.where(length > 0, length, 1)
    learned = np.concatenate([split.train, split.validation])
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(split.test), _BLOCK):
        rows = split.test[start : start + _BLOCK]
        best = np.full(len(rows), -np.inf, dtype=np.float32)
        nearest = np.zeros(len(rows), dtype=np.int64)
        for first in range(0, len(learned), _BLOCK):
            others = learned[first : first + _BLOCK]
            similar = unit[rows] @ unit[others].T
            place = similar.argmax(axis=1)
            value = similar[np.arange(len(rows)), place]
            better = value > best
            best[better], nearest[better] = value[better], others[place[better]]
        found += [
            (int(nearest[place]), int(rows[place]), float(best[place]))
            for place in np.flatnonzero(best >= least)
        ]
    return found


def _near(
    embeddings: Floats, splits: Sequence[Split], *, known: set[tuple[int, int]]
) -> list[Leak]:
    found = {
        (one, other)
        for split in splits
        for one, other, _ in near_duplicates(embeddings, split)
        if (one, other) not in known
    }
    if not found:
        return []
    message = (
        f"{count_tracks(len({row for _, row in found}))} of those tested sound like a copy "
        "of one that was learned from, encoded anew or cut; listen to them, and keep one of each"
    )
    return [Leak("near-duplicate", message, pairs=tuple(sorted(found)))]


def _same(code: str, contents: Sequence[object], splits: Sequence[Split], what: str) -> list[Leak]:
    """Tell of tested tracks whose content is on the other side as well."""
    pairs: set[tuple[int, int]] = set()
    for split in splits:
        first: dict[object, int] = {}
        for row in np.concatenate([split.train, split.validation]).tolist():
            if contents[row] is not None:
                first.setdefault(contents[row], row)
        pairs |= {
            (first[contents[row]], row) for row in split.test.tolist() if contents[row] in first
        }
    if not pairs:
        return []
    message = f"{count_tracks(len({row for _, row in pairs}))} of those tested {what}; keep one"
    return [Leak(code, message, pairs=tuple(sorted(pairs)))]


def _contents(examples: Examples) -> list[object]:
    """Return what audio each file holds, ``None`` where no other file begins alike.

    Only files that begin alike are read to their ends: ten thousand hold a hundred gigabytes.
    """
    heads = [_identity(track_head, path) for path in examples.path]
    alike = Counter(heads)
    return [
        _identity(track_id, path) if head is not None and alike[head] > 1 else None
        for head, path in zip(heads, examples.path, strict=True)
    ]


def _identity(identify: Callable[[str], str], path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return identify(path)
    except AudioError:
        return None


def _groups_on_both_sides(examples: Examples, splits: Sequence[Split]) -> list[Leak]:
    leaks = []
    if any(split.name == RANDOM for split in splits):
        message = (
            "the split is random: nothing keeps songs of one artist or album on one side, and on "
            "music that it has not heard the model will do worse than its figures say"
        )
        leaks.append(Leak("random-split", message))
    for grouping in ("artist", "album"):
        groups = group_of(examples, group_by=(grouping,)).tolist()
        known = has_group(examples, group_by=(grouping,))
        keys = [group if is_known else None for group, is_known in zip(groups, known, strict=True)]
        for leak in _same(f"{grouping}-on-both-sides", keys, splits, ""):
            message = (
                f"{count_tracks(len({row for _, row in leak.pairs}))} of those tested are by an "
                "artist that was learned from as well"
                if grouping == "artist"
                else f"{count_tracks(len({row for _, row in leak.pairs}))} of those tested are on "
                "an album that was learned from as well"
            )
            leaks.append(Leak(leak.code, message, pairs=leak.pairs))
    unknown = int((~has_group(examples)).sum())
    if unknown:
        rest = " but what its makers say" if any(s.name == OFFICIAL for s in splits) else ""
        message = (
            f"{count_tracks(unknown)} of {len(examples)} tell neither artist nor album: nothing"
            f"{rest} keeps those that belong together on one side"
        )
        leaks.append(Leak("unknown-artists", message))
    return leaks
