"""Labels that people give tracks of a library, kept in a table of its own.

``own-labels``
    A row a track and a label, in the order in which they came; the last one of a track counts.
    Nothing that scans or prunes touches it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from linernotes.errors import LinernotesError
from linernotes.library.errors import LibraryNotFoundError
from linernotes.library.rows import OWN
from linernotes.library.store import Store

#: What own labels are called where file tags are: by colours, models and tables.
LABEL_FIELD = "label"
LONGEST = 60

_TABLE = f"{OWN}labels"
_MOST_TRACKS = 1_000_000
# Small pieces of the table are put together when there are so many.
_MOST_PIECES = 64


class LabelError(LinernotesError):
    """A label cannot be kept."""

    code = "label"


class TrackLabels:
    """The labels of a library's tracks, at most one each.

    Parameters
    ----------
    location
        Of the library: folder or URL. It has to be there when something is kept.

    Examples
    --------
    >>> labels = TrackLabels("~/.local/share/linernotes/library")
    >>> labels.give(["6019de672b078f62bab146e273277fba"], "late night")  # doctest: +SKIP
    >>> labels.counts()  # doctest: +SKIP
    {'late night': 1}
    """

    def __init__(self, location: str) -> None:
        self._location = location
        self._lock = threading.Lock()
        self._known: tuple[int, Mapping[str, str]] = (0, {})

    def by_track(self) -> Mapping[str, str]:
        """Return the label of each track that has one, by its id.

        Returns
        -------
        mapping of str to str
            The same object until something changes.

        Raises
        ------
        LibraryError
            They cannot be read.
        """
        with self._lock:
            try:
                return self._look(Store(self._location, create=False))
            except LibraryNotFoundError:
                return {}

    def counts(self) -> dict[str, int]:
        """Return how many tracks have each label, by name.

        Returns
        -------
        dict of str to int
            Sorted by name.
        """
        labels = sorted(self.by_track().values())
        return {name: labels.count(name) for name in dict.fromkeys(labels)}

    def give(self, tracks: Sequence[str], label: str | None) -> None:
        """Give tracks a label, in place of that which they have; when this returns, it is kept.

        Parameters
        ----------
        tracks
            Their ids.
        label
            1 to 60 characters; ``None`` takes away what they have.

        Raises
        ------
        LabelError
            It is no such name.
        LibraryError
            There is no library, or it cannot be written to.
        """
        name = "" if label is None else " ".join(label.split())
        if label is not None and not (0 < len(name) <= LONGEST and name.isprintable()):
            raise LabelError(f"a label is a name of 1 to {LONGEST} characters")
        if not 0 < len(tracks) <= _MOST_TRACKS:
            raise LabelError("choose the tracks that are to have this label")
        import pyarrow as pa

        fields = [pa.field(each, pa.string(), nullable=False) for each in ("track_id", "label")]
        rows = pa.table([list(tracks), [name] * len(tracks)], schema=pa.schema(fields))
        with self._lock:
            store = Store(self._location, create=False)
            store.add(_TABLE, rows)
            store.tidy(_TABLE, most_pieces=_MOST_PIECES)

    def forget(self, label: str) -> int:
        """Take a label from all tracks that have it.

        Parameters
        ----------
        label
            Its name.

        Returns
        -------
        int
            How many tracks had it.
        """
        tracks = [track for track, name in self.by_track().items() if name == label]
        if tracks:
            self.give(tracks, None)
        return len(tracks)

    def _look(self, store: Store) -> Mapping[str, str]:
        """Read the labels, unless nothing has changed."""
        table = store.as_it_is(_TABLE) if store.names(_TABLE) else None
        version = 0 if table is None else table.version
        if version != self._known[0]:
            labels: dict[str, str] = {}
            for batch in store.batches(_TABLE, ("track_id", "label")) if version else ():
                labels |= zip(
                    batch["track_id"].to_pylist(), batch["label"].to_pylist(), strict=True
                )
            self._known = version, {track: name for track, name in labels.items() if name}
        return self._known[1]
