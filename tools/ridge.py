"""Ridge regression around a prior of named tags, on rows of what a library keeps of tracks.

Ridge regression is the mean of a Gaussian posterior whose prior is equally wide in all directions.
Here it is wider along one more: the tags that name what is asked for, such as "happy" for valence.
Tags are seen as log-odds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from evidence import Evidence
from linear_maps import Map, seen
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from linernotes.library.analyses import EMBEDDING_LENGTH, tag_names

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 10
#: How many times wider the prior is along the tags that name what is asked for.
WIDER = 20.0


@dataclass(frozen=True)
class Figure:
    """Something measured on tracks that were not learned from.

    Parameters
    ----------
    name
        What it is, with its unit: "energy, Spearman".
    on
        Tracks, and what was learned from.
    value, interval
        With 95 %, by a bootstrap over artists.
    cases
        Tracks.
    """

    name: str
    on: str
    value: float
    interval: tuple[float, float]
    cases: int

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.name}: {self.value:.3f} ({low:.3f} to {high:.3f}), {self.on}, {self.cases}"


@dataclass(frozen=True, eq=False)
class Rows:
    """Whole tracks and their sections, as the maps see them."""

    x: Floats
    sections: Floats
    section_track: Ints

    @classmethod
    def of(cls, evidence: Evidence) -> Rows:
        """Take those of all tracks."""
        return cls(seen(evidence.rows), seen(evidence.sections), evidence.section_track)


def direction(named: Sequence[str], against: Sequence[str]) -> Floats:
    """Return the direction, in standardised columns, of tags for and against something."""
    tags = tag_names()
    found = np.zeros(EMBEDDING_LENGTH + len(tags))
    for names, sign in ((named, 1.0), (against, -1.0)):
        for name in names:
            found[EMBEDDING_LENGTH + tags.index(name)] = sign / len(names)
    return found


def ridge(
    x: Floats, y: Floats, weight: Floats, *, alpha: float, along: Floats, wider: float = WIDER
) -> Map:
    """Fit ridge regression whose prior is wider along one direction of standardised columns.

    Minimises ``sum(weight * (y - told)^2) + alpha * penalty``.
    """
    centre, level = (np.average(values, axis=0, weights=weight) for values in (x, y))
    scale = np.sqrt(np.average(np.square(x - centre), axis=0, weights=weight)) + 1e-9
    z = (x - centre) / scale
    named = z @ along
    # The prior's covariance is S S^T with S = I + (wider - 1) u u^T.
    unit = along / max(1e-9, np.linalg.norm(along))
    z = z + (wider - 1) * np.outer(named / max(1e-9, np.linalg.norm(along)), unit)
    weighted = z * weight[:, None]
    found = np.linalg.solve(z.T @ weighted + alpha * np.eye(len(unit)), weighted.T @ (y - level))
    found = found + (wider - 1) * unit * (unit @ found)
    weights = (found / scale)[:, None]
    return Map(weights, np.array([level]) - centre @ weights)


def fit(
    rows: Rows,
    y: Floats,
    weight: Floats,
    which: Ints,
    *,
    alpha: float,
    along: Floats,
    wider: float = WIDER,
) -> Map:
    """Fit to some tracks: to them as a whole, and as much to their sections if they have any."""
    own = np.isin(rows.section_track, which)
    track = rows.section_track[own]
    parts = np.bincount(track, minlength=len(y))
    half = np.where(parts > 0, weight / 2, weight)
    return ridge(
        np.concatenate([rows.x[which], rows.sections[own]]),
        np.concatenate([y[which], y[track]]),
        np.concatenate([half[which], half[track] / parts[track]]),
        alpha=alpha,
        along=along,
        wider=wider,
    )


def folds(groups: NDArray[np.str_], which: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Deal tracks out by artist: what is learned from, and what is held out, in turn."""
    for learned, held in GroupKFold(FOLDS).split(which, groups=groups[which]):
        yield which[learned], which[held]
