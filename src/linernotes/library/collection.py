"""The tracks of a library as arrays: what is searched, mapped and learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]


class ReadLater(Protocol):
    """Reads an array of all tracks, or of some of them."""

    def __call__(self, some: Indices | None = None) -> Floats:
        """Return it, a row a track."""


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
    metadata: Mapping[str, tuple[str | None, ...]]
    duration: Floats
    embedding: Floats
    tags: Floats
    tag_names: tuple[str, ...]
    descriptors: Floats

    @classmethod
    def read_later(cls, arrays: Mapping[str, ReadLater], **known: Any) -> Collection:
        """Make a collection whose arrays are read when they are first asked for.

        Parameters
        ----------
        arrays
            What reads each of those that are not known.
        **known
            The rest.

        Returns
        -------
        Collection
            Like any other; what was read is kept.
        """
        collection = cls.__new__(cls)
        collection.__dict__.update(known, _later=arrays)
        return collection

    def rows(self, name: str, some: Indices | slice) -> Floats:
        """Return some rows of an array, reading them alone if it was not read yet.

        Parameters
        ----------
        name
            Such as ``"embedding"``.
        some
            Which tracks.

        Returns
        -------
        NDArray
            float32, a row each.
        """
        if name in self.__dict__:
            array: Floats = self.__dict__[name][some]
            return array
        later: ReadLater = self.__dict__["_later"][name]
        return later(np.arange(len(self))[some])

    def taken(self, rows: Indices) -> Collection:
        """Return some of the tracks.

        Parameters
        ----------
        rows
            Which ones, in the order that they are to have.

        Returns
        -------
        Collection
            Of these alone.
        """
        return Collection(
            track_id=tuple(self.track_id[i] for i in rows),
            path=tuple(self.path[i] for i in rows),
            metadata={
                field: tuple(values[i] for i in rows) for field, values in self.metadata.items()
            },
            duration=self.rows("duration", rows),
            embedding=self.rows("embedding", rows),
            tags=self.rows("tags", rows),
            tag_names=self.tag_names,
            descriptors=self.rows("descriptors", rows),
        )

    def file_tags(self, fields: Sequence[str]) -> dict[str, tuple[str | None, ...]]:
        """Return some fields of the file tags, reading them together if they were not read yet.

        Parameters
        ----------
        fields
            Such as ``"genre"``.

        Returns
        -------
        dict of tuple
            A text for each track, ``None`` where its file does not tell, by field.
        """
        read = getattr(self.metadata, "read", None)
        found: dict[str, tuple[str | None, ...]] = (
            {field: self.metadata[field] for field in fields} if read is None else read(fields)
        )
        return found

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Floats:
            # Asked for what is not there: an array that was not read yet.
            later = self.__dict__.get("_later", {}).get(name)
            if later is None:
                raise AttributeError(name)
            return self.__dict__.setdefault(name, later())

    def __len__(self) -> int:
        return len(self.track_id)
