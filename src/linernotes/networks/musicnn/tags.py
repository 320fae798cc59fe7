"""The networks' hundred tags, told as one vocabulary.

The two networks learned from what listeners typed: nine of their names say that a
woman sings, three that nobody does. Read as they are, they say the same thing nine
times over; here each thing has one name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.networks.musicnn.labels import one_name
from linernotes.networks.musicnn.listening import Taggram


@dataclass(frozen=True, eq=False)
class Tags:
    """Tags that the networks hear, each thing under one name.

    Parameters
    ----------
    names
        Most probable first.
    probabilities
        float32, shape (tags,): the mean over the track.
    start, end
        float64, shape (windows,): the windows' times in seconds.
    timeline
        float32, shape (windows, tags).
    """

    names: tuple[str, ...]
    probabilities: NDArray[np.float32]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    timeline: NDArray[np.float32]

    def top(self, n: int = 5) -> list[tuple[str, float]]:
        """Return the ``n`` most probable tags, best first, with their probabilities.

        Parameters
        ----------
        n
            How many.

        Returns
        -------
        list of (str, float)
            Names with their probabilities, 0 to 1.
        """
        return [
            (name, float(probability))
            for name, probability in zip(self.names[:n], self.probabilities[:n], strict=True)
        ]


def merge_tags(taggrams: Mapping[str, Taggram]) -> Tags:
    """Merge the tags of several networks.

    Among a network's synonyms the most probable counts; among networks that know a
    tag, their mean. Both are conservative: no evidence is counted twice.

    Parameters
    ----------
    taggrams
        By network; all of the same windows.

    Returns
    -------
    Tags
        Sorted by probability, equals by name.
    """
    opinions: dict[str, list[NDArray[np.float32]]] = {}
    for taggram in taggrams.values():
        columns: dict[str, list[int]] = {}
        for column, tag in enumerate(taggram.tags):
            columns.setdefault(one_name(tag), []).append(column)
        for name, own in columns.items():
            opinions.setdefault(name, []).append(taggram.probabilities[:, own].max(axis=1))
    first = next(iter(taggrams.values()))
    timelines = {name: np.mean(known, axis=0) for name, known in opinions.items()}
    means = {name: float(timeline.mean()) for name, timeline in timelines.items()}
    names = tuple(sorted(means, key=lambda name: (-means[name], name)))
    return Tags(
        names=names,
        probabilities=np.array([means[name] for name in names], dtype=np.float32),
        start=first.start,
        end=first.end,
        timeline=np.stack([timelines[name] for name in names], axis=1).astype(np.float32),
    )
