"""The tracks of a library as arrays: what is searched, mapped and learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Collection:
    """Tracks of which everything is known, row by row the same ones everywhere.

    Parameters
    ----------
    track_id
        Stable ids, made of the tracks' contents.
    path
        A file that holds each track, sorted.
    metadata
        File tags by field, such as ``"title"``, ``"artist"``, ``"album"``, ``"genre"``,
        ``"date"``; ``None`` where a file does not tell.
    duration
        float32, shape (n,): seconds.
    embedding
        float32, shape (n, 800): mean and standard deviation over windows of the last but one
        layers of both networks; MSD mean, MSD deviation, MTT mean, MTT deviation.
    tags
        float32, shape (n, t): mean probabilities over the track.
    tag_names
        Names of the tags' columns.
    descriptors
        float32, shape (n, 261): the feature set ``descriptors``.

    Examples
    --------
    >>> from linernotes import Library  # doctest: +SKIP
    >>> collection = Library().collection()  # doctest: +SKIP
    >>> dict(zip(collection.tag_names, collection.tags[0]))["jazz"]  # doctest: +SKIP
    np.float32(0.64)
    """

    track_id: tuple[str, ...]
    path: tuple[str, ...]
    metadata: dict[str, tuple[str | None, ...]]
    duration: Floats
    embedding: Floats
    tags: Floats
    tag_names: tuple[str, ...]
    descriptors: Floats

    def __len__(self) -> int:
        return len(self.track_id)
