"""What installed networks heard of the tracks of a library: a table each, beside the others.

A table is that of a network in one version: another file, front end or way of cutting gives other
numbers, which fill a table of their own. What was heard by others stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.library.errors import LibraryError
from linernotes.library.store import Store
from linernotes.library.store_errors import reading
from linernotes.library.stored_tracks import floats_of, rows_of

if TYPE_CHECKING:
    import pyarrow as pa
    from lance import LanceDataset

    from linernotes.networks import InstalledNetwork, NetworkOutput

Floats = NDArray[np.float32]

#: How the names of these tables begin.
PREFIX = "network-"
#: What stands in place of an extent where a track could not be heard.
FAILED = "failed"


class NotHeardError(LibraryError):
    """No track of a library has been heard by a network."""

    code = "network-not-heard"


@dataclass(frozen=True, eq=False)
class NetworkSummary:
    """What a network told of a track, or why it told nothing.

    Parameters
    ----------
    values
        float32, shape (size,), for each output of its spec in order: the mean over what was heard.
    extent
        ``"excerpt"``, ``"full"`` or ``"failed"``.
    code, message
        Of the error.
    place
        Of the embedding among the values.
    """

    values: tuple[Floats, ...] = ()
    extent: str = ""
    code: str | None = None
    message: str | None = None
    place: int = 0

    @property
    def embedding(self) -> Floats:
        """What says what sounds alike, float32, shape (size,)."""
        return self.values[self.place]


def network_table_name(network: InstalledNetwork) -> str:
    """Return the name of the table of a network."""
    return f"{PREFIX}{network.spec.name}-{network.version}"


def count_heard(store: Store) -> dict[str, int]:
    """Count the tracks that networks have heard, whether they are still installed or not.

    Parameters
    ----------
    store
        The library.

    Returns
    -------
    dict
        By the networks' names; of several versions that which has heard most.

    Examples
    --------
    >>> count_heard(Store("library", create=False))  # doctest: +SKIP
    {'clap': 20000}
    """
    counts: dict[str, int] = {}
    for table_name in store.names(PREFIX):
        name = table_name.removeprefix(PREFIX).rpartition("-")[0]
        with reading(store.location):
            table = store.as_it_is(table_name)
            heard = 0 if table is None else table.count_rows(f"extent != '{FAILED}'")
        counts[name] = max(heard, counts.get(name, 0))
    return counts


def read_extents(store: Store, network: InstalledNetwork) -> dict[str, str]:
    """Return the tracks that a network has heard, with what it heard of each.

    Parameters
    ----------
    store
        The library.
    network
        Which one.

    Returns
    -------
    dict
        By track id.
    """
    with reading(store.location):
        table = store.as_it_is(network_table_name(network))
        if table is None:
            return {}
        found = table.to_table(columns=["track_id", "extent"])
    return dict(zip(found["track_id"].to_pylist(), found["extent"].to_pylist(), strict=True))


def write_heard(
    store: Store,
    network: InstalledNetwork,
    heard: Mapping[str, NetworkSummary],
    known: set[str],
) -> None:
    """Write what a network heard.

    Parameters
    ----------
    store
        The library.
    network
        Which one.
    heard
        By track id.
    known
        Tracks that have a row, which is replaced; what is written is added.
    """
    new = {track: found for track, found in heard.items() if track not in known}
    old = {track: found for track, found in heard.items() if track in known}
    store.put(
        network_table_name(network),
        "track_id",
        new=_rows(network, new),
        old=_rows(network, old),
    )
    known.update(heard)


def read_heard(
    store: Store,
    network: InstalledNetwork,
    tracks: Sequence[str],
    *,
    outputs: Sequence[NetworkOutput] | None = None,
) -> tuple[NDArray[np.intp], dict[str, Floats]]:
    """Return what a network told of tracks.

    Parameters
    ----------
    store
        The library.
    network
        Which one.
    tracks
        Ids.
    outputs
        Of its spec: nothing but these is read; ``None`` for all.

    Returns
    -------
    places
        int, shape (n,): which of the tracks it has heard.
    values
        float32, shape (n, size), by the outputs' names.

    Raises
    ------
    NotHeardError
        It has heard none of them.
    """
    columns = {
        _column(i): output.name
        for i, output in enumerate(network.spec.outputs)
        if outputs is None or output in outputs
    }
    with reading(store.location):
        table = store.as_it_is(network_table_name(network))
        rows = _rows_heard(table, tracks)
        places = np.flatnonzero(rows >= 0)
        found = None
        if table is not None and len(places):
            found = table.take(rows[places], columns=list(columns))
    if found is None:
        raise not_heard(network)
    return places, {name: floats_of(found[column]) for column, name in columns.items()}


def read_embeddings(store: Store, network: InstalledNetwork, tracks: Sequence[str]) -> Floats:
    """Return the embeddings of tracks; nothing but these is read.

    Parameters
    ----------
    store
        The library.
    network
        One that has an embedding.
    tracks
        Ids.

    Returns
    -------
    NDArray
        float32, shape (tracks, size); NaN for tracks that it has not heard.
    """
    output = network.spec.embedding
    assert output is not None  # noqa: S101 - it has one
    values = np.full((len(tracks), output.size), np.nan, np.float32)
    with suppress(NotHeardError):
        places, told = read_heard(store, network, tracks, outputs=[output])
        values[places] = told[output.name]
    return values


def not_heard(network: InstalledNetwork) -> NotHeardError:
    """Return the error that says that a network has heard no track of a library."""
    return NotHeardError(
        f"no track of the library has been heard by {network.spec.name}; call: linernotes scan "
        f"FOLDER --network {network.spec.name}"
    )


def _rows_heard(table: LanceDataset | None, tracks: Sequence[str]) -> NDArray[np.intp]:
    """Return the row of each track in a network's table, -1 where it has told nothing of it."""
    rows = rows_of(table, tracks)
    if table is None:
        return rows
    codes = table.to_table(columns=["code"])["code"].to_pylist()
    told = np.array([code is None for code in codes], bool)
    return np.where((rows >= 0) & told[np.maximum(rows, 0)], rows, -1) if len(told) else rows


def _rows(network: InstalledNetwork, heard: Mapping[str, NetworkSummary]) -> pa.Table:
    import pyarrow as pa

    outputs = network.spec.outputs
    schema = pa.schema([
        pa.field("track_id", pa.string(), nullable=False),
        pa.field("extent", pa.string()),
        pa.field("code", pa.string()),
        pa.field("message", pa.string()),
        *(
            pa.field(_column(i), pa.list_(pa.float32(), output.size))
            for i, output in enumerate(outputs)
        ),
    ])  # fmt: skip
    rows: list[dict[str, Any]] = []
    for track, found in heard.items():
        row: dict[str, Any] = {"track_id": track, "extent": found.extent, "code": found.code,
                               "message": found.message}  # fmt: skip
        for i, output in enumerate(outputs):
            # A list of fixed length that is missing does not come back from every version of Lance.
            row[_column(i)] = found.values[i] if found.values else np.zeros(output.size, np.float32)
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=schema)


def _column(number: int) -> str:
    return f"output_{number}"
