"""The space of a library, kept in its tables: new tracks are placed in it as they come.

``spaces``
    A row a fit: what places tracks, the versions that it was made by, and the name of its tracks'
    table.
``space-…``
    A row a track: its vector and its nearness.

A fit counts from when its row is written, after the table of its tracks: who is stopped in between
leaves the old one. A table tells which fit it belongs to by its name, so that two processes that
fit at once do not mix theirs; the later one counts. A track that is analysed anew is taken out
before and put in afterwards. What lacks in a table, readers place by themselves and the next scan
puts there; what is damaged is as good as not there, and made anew.

All of this can be made of the analyses again: it is never repaired, but fitted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from linernotes import __version__
from linernotes.explore.space import VERSION, Floats, Space, SpaceFit, fit_space
from linernotes.library.analyses import ANALYSES
from linernotes.library.errors import LibraryError, LibraryFullError
from linernotes.library.rows import table_name
from linernotes.library.store_errors import reading
from linernotes.library.stored_tracks import floats_of, rows_of

if TYPE_CHECKING:
    import pyarrow as pa
    from lance import LanceDataset

    from linernotes.library.analyses import TrackAnalysis
    from linernotes.library.collection import Collection, Indices
    from linernotes.library.store import Store

_SPACES = "spaces"
_PREFIX = "space-"
# A library of so many times the tracks that its space was fitted to has grown out of it.
_OUTGROWN = 1.5
# From so many pieces on they are put together, as reading each takes a while.
_PIECES = 20
# Of a fit.
_ARRAYS = ("centre", "scale", "weight", "mean", "axes", "sample")


@dataclass(frozen=True)
class IndexState:
    """How far the space of a library is kept.

    Parameters
    ----------
    tracks
        In the library, all of them placed.
    fitted
        Tracks that the space was fitted to.
    dimensions
        Of the space.
    done
        ``"fitted"``, ``"placed"`` where tracks were added or taken out, or ``"nothing"``.
    """

    tracks: int
    fitted: int
    dimensions: int
    done: Literal["fitted", "placed", "nothing"]

    def as_dict(self) -> dict[str, Any]:
        """Return the object that ``--json`` prints.

        Returns
        -------
        dict
            Keys and values as in ``docs/results.md``.
        """
        return asdict(self)


@dataclass(frozen=True, eq=False)
class _Kept:
    """A fit that is kept, by its name."""

    name: str
    fit: SpaceFit

    @property
    def table(self) -> str:
        return f"{_PREFIX}{self.name}"


class KeptSpace:
    """Reads and writes the space of a library.

    Parameters
    ----------
    store
        The library.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._placed: tuple[_Kept, set[str]] | None = None
        self._looked = False

    def read(self, collection: Collection) -> Space | None:
        """Return the space of a library's tracks, or ``None`` where it has to be fitted.

        Parameters
        ----------
        collection
            Those tracks, all of them.
        """
        try:
            kept = self._current()
            if kept is None or _is_outgrown(kept.fit, len(collection)):
                return None
            with reading(self._store.location):
                table = self._store.as_it_is(kept.table)
                if table is None:
                    return None
                rows = rows_of(table, collection.track_id)
                found = table.to_table(columns=["vector", "nearness"])
                vectors, nearness = floats_of(found["vector"]), floats_of(found["nearness"])
        except LibraryError:  # damaged, or taken away just now
            return None
        lacking = np.flatnonzero(rows < 0)
        if len(lacking) or len(rows) != len(vectors) or (rows != np.arange(len(rows))).any():
            vectors, nearness = vectors[rows], nearness[rows]
        if len(lacking):
            vectors[lacking], nearness[lacking] = _place(kept.fit, collection, lacking)
        return Space(vectors, nearness, kept.fit)

    def table(self) -> tuple[SpaceFit, LanceDataset] | None:
        """Return the fit that counts and the table of the tracks in it, unless it is outgrown."""
        kept = self._current()
        table = self._store.as_it_is(kept.table) if kept is not None else None
        if kept is None or table is None or _is_outgrown(kept.fit, table.count_rows()):
            return None
        return kept.fit, table

    @contextmanager
    def placing(self, analyses: Mapping[str, TrackAnalysis]) -> Iterator[None]:
        """Place tracks while their analyses are written.

        Parameters
        ----------
        analyses
            By track id.
        """
        try:
            known = self._known()
            # Whoever is stopped after this leaves nothing of what these tracks were.
            old = sorted(known[1].intersection(analyses)) if known else []
            if known and old:
                self._store.remove(known[0].table, "track_id", old)
                known[1].difference_update(old)
        except LibraryFullError:
            raise
        except LibraryError:  # it is damaged, which is no reason to write no analyses
            self.clear()
            known = None
        yield
        if known is None:
            return
        kept, tracks = known
        new = {
            track: (found.networks.embedding, found.descriptors)
            for track, found in analyses.items()
            if found.networks is not None and found.descriptors is not None
        }
        if new:
            embedding, descriptors = (np.stack(each) for each in zip(*new.values(), strict=True))
            vectors = kept.fit.project(embedding, descriptors)
            try:
                self._add(kept, list(new), vectors, kept.fit.nearness_of(vectors))
                tracks.update(new)
            except LibraryFullError:
                raise
            except LibraryError:  # another process has fitted it anew, or it is damaged
                self._looked = False

    def renew(self, collection: Collection, *, refit: bool = False) -> IndexState:
        """See that all tracks are placed, in a space that fits them.

        Parameters
        ----------
        collection
            All tracks of the library.
        refit
            Fit the space anew in any case.

        Returns
        -------
        IndexState

        Raises
        ------
        LibraryFullError, LibraryReadOnlyError, LibraryError
            It cannot be written.
        """
        try:
            self._looked = False
            known = self._known()
        except LibraryError:
            self.clear()
            known = None
        if not len(collection):
            return IndexState(0, 0, 0, "nothing")
        if refit or known is None or _is_outgrown(known[0].fit, len(collection)):
            space = fit_space(collection)
            self.keep(space, collection.track_id)
            return IndexState(len(collection), len(collection), space.fit.axes.shape[1], "fitted")
        kept, tracks = known
        here = set(collection.track_id)
        gone = sorted(tracks - here)
        if gone:
            self._store.remove(kept.table, "track_id", gone)
        lacking = np.flatnonzero([track not in tracks for track in collection.track_id])
        if len(lacking):
            ids = [collection.track_id[i] for i in lacking]
            self._add(kept, ids, *_place(kept.fit, collection, lacking))
        self._store.tidy(kept.table, most_pieces=_PIECES)
        done: Literal["placed", "nothing"] = "placed" if gone or len(lacking) else "nothing"
        return IndexState(len(here), kept.fit.tracks, kept.fit.axes.shape[1], done)

    def repair(self) -> list[str]:
        """Take damaged tables of the library back to where they were readable.

        Returns
        -------
        What was damaged, a sentence each. What was placed by it, or cannot be read itself, is
        fitted again.
        """
        repaired = self._store.repair()
        try:
            with reading(self._store.location):
                kept = self._current()
                table = self._store.as_it_is(kept.table) if kept is not None else None
                if table is not None:
                    table.to_table()
        except LibraryError:
            self.clear()
        if repaired:
            self.clear()
        return repaired

    def clear(self) -> None:
        """Forget the space: it is fitted again when it is next renewed."""
        for name in self._store.names(_PREFIX) + self._store.names(_SPACES):
            self._store.drop(name)
        self._placed, self._looked = None, True

    def keep(self, space: Space, tracks: Sequence[str]) -> None:
        """Write a space, which counts from then on.

        Parameters
        ----------
        space, tracks
            The space, and the ids of the tracks in it.
        """
        before = self._names()
        made = _Kept(secrets.token_hex(8), space.fit)
        self._add(made, tracks, space.vectors, space.nearness)
        self._store.add(_SPACES, _as_row(made))
        # Readers may have opened the one that counted until now.
        if before[:-1]:
            self._store.remove(_SPACES, "name", before[:-1])
        wanted = {made.table, *(f"{_PREFIX}{name}" for name in before[-1:])}
        for name in self._store.names(_PREFIX):
            if name not in wanted:
                self._store.drop(name)
        self._placed, self._looked = (made, set(tracks)), True

    def _add(self, kept: _Kept, tracks: Sequence[str], vectors: Floats, nearness: Floats) -> None:
        import pyarrow as pa

        flat = pa.array(np.ascontiguousarray(vectors).reshape(-1))
        columns = {
            "track_id": pa.array(tracks, pa.string()),
            "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
            "nearness": pa.array(nearness),
        }
        self._store.add(kept.table, pa.table(columns))

    def _known(self) -> tuple[_Kept, set[str]] | None:
        """Return the fit that counts and the tracks that are placed by it; looked up once."""
        if not self._looked:
            kept = self._current()
            self._placed = None
            if kept is not None:
                with reading(self._store.location):
                    table = self._store.as_it_is(kept.table)
                    if table is not None:
                        ids = table.to_table(columns=["track_id"])["track_id"].to_pylist()
                        self._placed = kept, set(ids)
            self._looked = True
        return self._placed

    def _current(self) -> _Kept | None:
        """Return the newest fit by the current versions."""
        with reading(self._store.location):
            table = self._store.as_it_is(_SPACES)
            if table is None:
                return None
            rows = table.to_table(filter=f"version = {VERSION} AND analyses = '{_analyses()}'")
        return _from_row(rows.slice(rows.num_rows - 1)) if rows.num_rows else None

    def _names(self) -> list[str]:
        with reading(self._store.location):
            table = self._store.as_it_is(_SPACES)
            if table is None:
                return []
            names: list[str] = table.to_table(columns=["name"])["name"].to_pylist()
            return names


def _is_outgrown(fit: SpaceFit, tracks: int) -> bool:
    return tracks >= _OUTGROWN * fit.tracks


def _place(fit: SpaceFit, collection: Collection, rows: Indices) -> tuple[Floats, Floats]:
    vectors = fit.project(collection.rows("embedding", rows), collection.rows("descriptors", rows))
    return vectors, fit.nearness_of(vectors)


def _analyses() -> str:
    return " ".join(map(table_name, ANALYSES))


def _as_row(kept: _Kept) -> pa.Table:
    """Return what is kept of a fit; arrays of two dimensions lie row by row."""
    import pyarrow as pa

    fit = kept.fit
    columns: dict[str, Any] = {
        "name": [kept.name],
        "version": pa.array([VERSION], pa.int32()),
        "analyses": [_analyses()],
        "made_by": [__version__],
        "tracks": pa.array([fit.tracks], pa.int64()),
        "columns": pa.array([fit.columns.astype(np.int32)]),
        "dimensions": pa.array([fit.axes.shape[1]], pa.int32()),
    }
    for name in _ARRAYS:
        columns[name] = pa.array([getattr(fit, name).reshape(-1)])
    return pa.table(columns)


def _from_row(row: pa.Table) -> _Kept:
    def array(name: str) -> Any:
        return row[name].combine_chunks().flatten().to_numpy(zero_copy_only=False)

    wide = row["dimensions"][0].as_py()
    arrays = {name: array(name) for name in _ARRAYS}
    arrays |= {name: arrays[name].reshape(-1, wide) for name in ("axes", "sample")}
    fit = SpaceFit(
        columns=array("columns").astype(np.intp), tracks=row["tracks"][0].as_py(), **arrays
    )
    return _Kept(row["name"][0].as_py(), fit)
