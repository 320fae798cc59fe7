"""What tells which tracks should be alike: pairs that a person names, or the library itself.

A library tells by its artists: tracks of one artist on different albums, as those of one album may
be alike for their mastering alone. Where too few artists have several albums, it tells by genres:
tracks of one genre by different artists. What is held apart counts neither for nor against.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from linernotes.datasets.examples import LeftOut
from linernotes.errors import LinernotesError
from linernotes.explore.albums import read_albums
from linernotes.explore.names import artist_of, file_tag, plain
from linernotes.explore.space import Indices
from linernotes.library.collection import Collection
from linernotes.library.file_tags import SEPARATOR
from linernotes.library.network_weights import EvidenceKind

#: Pairs that are needed, and tracks of a library that have another to be found.
FEWEST = 20
#: Artists, or pairs that have nothing to do with each other: fewer tell nothing of others.
FEWEST_GROUPS = 5
#: Tracks that are compared with each other.
MOST = 1000
#: Of everything left to chance.
SEED = 7

_MOST_QUESTIONS = 500
# Tracks of an artist or a genre.
_OF_EACH = 8


class BlendError(LinernotesError):
    """Nothing tells how much each network should count."""

    code: ClassVar[str] = "blend"


@dataclass(frozen=True)
class LikenessQuestion:
    """What should, or should not, be found for a track.

    Parameters
    ----------
    track
        Which.
    others
        Tracks that should be found before all others; after them if they are not alike.
    apart
        Tracks that count neither for nor against.
    group
        Questions that have to do with each other have the same.
    alike
        Whether they should be found.
    """

    track: int
    others: tuple[int, ...]
    apart: tuple[int, ...]
    group: int
    alike: bool = True


@dataclass(frozen=True, eq=False)
class Evidence:
    """Questions whose answers are known.

    Parameters
    ----------
    kind
        Where they come from.
    rows
        Rows of the collection that are compared; questions number these.
    questions
        Twenty at the least.
    left_out
        What could not be used.
    """

    kind: EvidenceKind
    rows: Indices
    questions: tuple[LikenessQuestion, ...]
    left_out: tuple[LeftOut, ...] = ()


def library_evidence(collection: Collection) -> Evidence:
    """Return what a library tells of itself.

    Parameters
    ----------
    collection
        Its tracks.

    Returns
    -------
    Evidence
        Of a sample of them, which is always the same.

    Raises
    ------
    BlendError
        It tells too little.
    """
    count = len(collection)
    albums = read_albums(collection).album_of
    artists = [artist_of(collection, i) for i in range(count)]
    titles = [plain(file_tag(collection, "title", i) or "") or None for i in range(count)]
    genres = [
        plain((file_tag(collection, "genre", i) or "").split(SEPARATOR)[0]) or None
        for i in range(count)
    ]
    sources: tuple[tuple[EvidenceKind, Sequence[str | None], Sequence[str | None]], ...] = (
        ("artists", artists, albums),
        ("genres", genres, artists),
    )
    for kind, labels, apart in sources:
        rows = _sample(labels, apart)
        questions = tuple(
            _asked([labels[i] for i in rows], [apart[i] for i in rows], [titles[i] for i in rows],
                   [artists[i] for i in rows])
        )  # fmt: skip
        groups = {question.group for question in questions}
        if len(questions) >= FEWEST and len(groups) >= FEWEST_GROUPS:
            return Evidence(kind, np.array(rows, np.intp), some_of(questions))
    raise BlendError(
        f"the library does not tell how much each network should count: {FEWEST} tracks are needed "
        f"by {FEWEST_GROUPS} artists who have several albums in it, or of genres with several "
        "artists; name pairs of tracks that sound alike in a table: --pairs pairs.csv"
    )


def _asked(
    labels: Sequence[str | None],
    apart: Sequence[str | None],
    titles: Sequence[str | None],
    artists: Sequence[str | None],
) -> Iterator[LikenessQuestion]:
    """Yield a question for each track that shares its label with tracks that are not held apart."""
    numbers = {artist: number for number, artist in enumerate(dict.fromkeys(artists))}
    for track, label in enumerate(labels):
        if label is None or apart[track] is None:
            continue
        # Tracks without a label may have the same one; those of one title may be one recording.
        held = {
            i
            for i in range(len(labels))
            if labels[i] is None
            or apart[i] in (None, apart[track])
            or (titles[i] is not None and titles[i] == titles[track])
        }
        others = tuple(i for i in range(len(labels)) if labels[i] == label and i not in held)
        if others:
            yield LikenessQuestion(track, others, tuple(held), numbers[artists[track]])


def _sample(labels: Sequence[str | None], apart: Sequence[str | None]) -> list[int]:
    """Choose tracks: a few of each label that spans what is held apart, then any others."""
    lots = np.random.default_rng(SEED).permutation(len(labels)).tolist()
    # Of an artist, one track of each album before any gives a second.
    turns: dict[tuple[str | None, str | None], int] = defaultdict(int)
    members: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for lot, row in enumerate(lots):
        label, own = labels[row], apart[row]
        if label is not None and own is not None:
            members[label].append((turns[label, own], lot))
            turns[label, own] += 1
    spanning = [each for each in members.values() if sum(turn == 0 for turn, _ in each) > 1]
    most = max(_OF_EACH, MOST // max(1, len(spanning)))
    chosen = [lots[lot] for each in spanning for _, lot in sorted(each)[:most]]
    return sorted(list(dict.fromkeys([*chosen[:MOST], *lots]))[:MOST])


def some_of(questions: tuple[LikenessQuestion, ...]) -> tuple[LikenessQuestion, ...]:
    """Return as many questions as are asked, always the same ones."""
    if len(questions) <= _MOST_QUESTIONS:
        return questions
    chosen = np.random.default_rng(SEED).permutation(len(questions))[:_MOST_QUESTIONS]
    return tuple(questions[i] for i in sorted(chosen.tolist()))
