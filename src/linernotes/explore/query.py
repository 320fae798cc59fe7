"""Queries, and the matches that were found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.leaning import STRENGTH, Leaning
from linernotes.explore.phrases import Understood, Wish
from linernotes.explore.space import Floats, Space

Indices = NDArray[np.intp]

_STEEPNESS = 4.0
# Tracks by which the deviation of scores is told.
_SAMPLE = 2000
_DISLIKE = 0.5


@dataclass(frozen=True, eq=False)
class Query:
    """A query: a direction in the space, or how well each track fits.

    Parameters
    ----------
    given
        float32, shape (tracks,): how well each track fits, where no direction tells.
    direction
        float32, shape (dimensions,): tracks fit by how like it they are.
    space
        Where the direction leads.
    tracks
        Indices of tracks of the collection that are liked.
    vectors
        float32, shape (n, dimensions): directions of what is liked; copies of it are no
        results.
    durations
        Seconds, one for each vector.
    left_out
        Indices of tracks that are no results: the liked and the disliked.
    descriptors, tags
        Shape (n, …), of what is liked, unless it is tracks of the collection: for the reasons.
    wishes, unknown, understood
        What a text asks for, its words that are not known, and how the others were understood.
    lean
        What is liked besides, to which the scores lean; see `leaning`.
    """

    given: Floats | None = None
    direction: Floats | None = None
    space: Space | None = None
    tracks: tuple[int, ...] = ()
    vectors: Floats | None = None
    durations: tuple[float, ...] = ()
    left_out: frozenset[int] = frozenset()
    descriptors: Floats | None = None
    tags: Floats | None = None
    wishes: tuple[Wish, ...] = ()
    unknown: tuple[str, ...] = ()
    understood: tuple[Understood, ...] = ()
    lean: Leaning | None = None

    def leaning(self, lean: Leaning | None) -> Query:
        """Return the same query, leaning to what a person likes.

        Parameters
        ----------
        lean
            From `LearnedTaste`; ``None`` where nothing is known.

        Returns
        -------
        Query
            What `Explorer.similar` takes.
        """
        return replace(self, lean=lean)

    @cached_property
    def scores(self) -> Floats:
        """How well each track fits, float32, shape (tracks,); only their order means anything."""
        if self.lean is None:
            return self.plain_scores
        leaned: Floats = self.plain_scores + self._pull * self.lean.shifts
        return leaned

    @cached_property
    def plain_scores(self) -> Floats:
        """The same, whatever a person likes."""
        if self.given is not None:
            return self.given
        if self.direction is None or self.space is None:
            raise ValueError("A query asks for a direction of a space, or is given scores.")
        return self.space.scores(self.direction)

    def scores_of(self, rows: Indices) -> Floats:
        """Return how well some tracks fit, without looking at all others where they are few.

        Parameters
        ----------
        rows
            Rows of the collection.

        Returns
        -------
        NDArray
            float32, shape (rows,); higher fits better.
        """
        if self.direction is None or self.space is None or "plain_scores" in self.__dict__:
            return self.scores[rows]
        if 4 * len(rows) > len(self.space.vectors):
            return self.scores[rows]
        plain = self.space.scores(self.direction, rows)
        if self.lean is None:
            return plain
        leaned: Floats = plain + self._pull * self.lean.shifts[rows]
        return leaned

    @cached_property
    def _pull(self) -> np.float32:
        """By how much the scores of what is liked most move."""
        if self.direction is not None and self.space is not None:
            count = len(self.space.vectors)
            some = np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.intp))
            plain = self.space.scores(self.direction, some)
        else:
            plain = self.plain_scores
        return np.float32(STRENGTH * plain.std() if len(plain) else 0)

    def shown(self, scores: Floats) -> Floats:
        """Return scores as they are told to people: in the same order, between 0 and 1.

        For what is like tracks, 0.5 is as like as the neighbours of both are to them. For what
        a text describes, 0.5 is what a track has that is nothing special in its collection.

        Parameters
        ----------
        scores
            As `scores_of` returns them.

        Returns
        -------
        NDArray
            float32, of the same shape.
        """
        deviations = 2 * scores - 1 if self.given is None else scores
        return shown(deviations, steepness=_STEEPNESS if self.given is None else 1.0)


@dataclass(frozen=True)
class Match:
    """A track that was found.

    Parameters
    ----------
    index
        Its place in the collection.
    track_id, path
        Which track.
    score
        How well it fits, from 0 to 1; see `Query.shown`. Scores of different queries are not
        to be compared, and those of a library of few tracks are rough: what is usual there is
        told by few.
    artist, title
        By its file tags; the title is the file's name where there is none.
    why
        What agrees, in words; empty unless it was asked for.
    """

    index: int = field(repr=False)
    track_id: str
    path: str
    score: float
    artist: str | None
    title: str
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints.

        Returns
        -------
        dict
            Keys and values as in ``docs/results.md``.
        """
        return {
            "track_id": self.track_id,
            "path": self.path,
            "score": round(self.score, 4),
            "artist": self.artist,
            "title": self.title,
            "why": self.why,
        }


def shown(deviations: Floats, *, steepness: float = _STEEPNESS) -> Floats:
    """Return the logistic function of how much better than usual something is.

    Examples
    --------
    >>> shown(np.array([-1, 0, 0.3], np.float32)).round(2).tolist()
    [0.019999999552965164, 0.5, 0.7699999809265137]
    """
    squashed: Floats = (1 / (1 + np.exp(-steepness * deviations.astype(np.float64)))).astype(
        np.float32
    )
    return squashed


def standard(scores: Floats | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return scores in deviations from their mean, zeros where all are the same.

    Examples
    --------
    >>> standard(np.array([1.0, 3.0]))
    array([-1.,  1.])
    """
    exact = scores.astype(np.float64)
    spread = float(exact.std()) if len(exact) else 0.0
    return (exact - exact.mean()) / spread if spread > 1e-9 else np.zeros(len(exact))


def towards(liked: Floats, disliked: Floats) -> Floats:
    """Return the direction of the liked and away from the disliked (Rocchio's mean of vectors).

    Parameters
    ----------
    liked, disliked
        Shape (n, dimensions).

    Raises
    ------
    ValueError
        Nothing is liked.
    """
    if not len(liked):
        raise ValueError("At least one track has to be liked.")
    direction = liked.mean(axis=0)
    if len(disliked):
        direction = direction - _DISLIKE * disliked.mean(axis=0)
    length = float(np.linalg.norm(direction))
    unit: Floats = direction / length if length > 1e-6 else direction
    return unit
