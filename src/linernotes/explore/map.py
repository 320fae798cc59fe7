"""The map of a collection: one HTML file that needs nothing but a browser."""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.display import legible
from linernotes.explore.clusters import Clusters, dense_clusters, even_clusters
from linernotes.explore.colours import check_colour, colours
from linernotes.explore.copies import first_different
from linernotes.explore.explorer import Explorer
from linernotes.explore.layout import MapError, Method, lay_out
from linernotes.explore.licences import notice_of
from linernotes.explore.names import shown_artist, shown_title
from linernotes.explore.neighbours import nearest
from linernotes.pages import fill_page
from linernotes.references import page_reference

#: What is told how far a map is.
Tell = Callable[[str, float], None]

_NEIGHBOURS = 90
# Among so many tracks that fewer neighbours say as much, in half the time.
_MANY, _FEWER_NEIGHBOURS = 20_000, 45
_LISTED = 8
# What is seen at first, if it tells more than one thing: what files say before what is heard.
_FIRST = ("genre", "heard_genre")


@dataclass(frozen=True, eq=False)
class Map:
    """Where tracks lie, and what lies together.

    Parameters
    ----------
    places
        float32, shape (tracks, 2), from 0 to 1 along the longer side.
    dense, even
        Clusters by HDBSCAN on the plane, and by k-means in the space.
    neighbours
        int32, shape (tracks, up to 8): the most similar tracks, copies left out.
    """

    places: NDArray[np.float32]
    dense: Clusters
    even: Clusters
    neighbours: NDArray[np.int32]


def make_map(
    explorer: Explorer,
    *,
    method: Method = "tsne",
    random_state: int = 0,
    progress: Tell | None = None,
) -> Map:
    """Lay tracks out on a plane and find what lies together.

    Parameters
    ----------
    explorer
        Of the collection.
    method
        "tsne" or "umap".
    random_state
        The same seed gives the same map.
    progress
        Called with what is being done, "comparing", "arranging" or "grouping", and the share
        of it that is done, from 0 to 1.

    Raises
    ------
    MapError
        openTSNE, umap-learn or scikit-learn is needed and not installed.

    Examples
    --------
    >>> make_map(explorer).dense.names  # doctest: +SKIP
    ('piano, classical', 'techno, upbeat')
    """
    tell = progress or _nobody
    count = _NEIGHBOURS if len(explorer.collection.path) <= _MANY else _FEWER_NEIGHBOURS
    tell("comparing", 0.0)
    indices, scores = nearest(explorer.space, count, progress=partial(tell, "comparing"))
    tell("arranging", 0.0)
    places = lay_out(
        explorer.space, indices, scores,
        method=method, random_state=random_state, progress=partial(tell, "arranging"),
    )  # fmt: skip
    tell("grouping", 0.0)
    dense = dense_clusters(explorer, places)
    tell("grouping", 0.5)
    even = even_clusters(explorer, random_state=random_state)
    tell("grouping", 1.0)
    return Map(
        places=places,
        dense=dense,
        even=even,
        neighbours=first_different(
            explorer.space.vectors, explorer.collection.duration, indices, _LISTED
        ),
    )


def draw_map(
    explorer: Explorer,
    output: str | os.PathLike[str],
    *,
    by: str | None = None,
    title: str | None = None,
    method: Method = "tsne",
    random_state: int = 0,
    progress: Tell | None = None,
) -> Map:
    """Write the map as a page.

    Parameters
    ----------
    explorer
        Of the collection.
    output
        The .html file; it plays tracks where it finds them, seen from its folder.
    by
        What to colour by at first: a file tag ("genre", "producer"), "cluster", "k-means
        cluster", "year", "tempo" or another trait, a tag, or a descriptor.
    title
        Heading of the page.
    method, random_state, progress
        As in `make_map`.

    Returns
    -------
    Map
        What is drawn: places, clusters and neighbours.

    Raises
    ------
    MapError
        The page cannot be written there, nothing is called ``by``, or something is not
        installed.

    Examples
    --------
    >>> draw_map(explorer, "map.html", by="genre")  # doctest: +SKIP
    """
    target = Path(output)
    if target.suffix.lower() not in (".html", ".htm"):
        raise MapError(f"{target.name}: maps are written as .html")
    if not target.parent.is_dir():
        raise MapError(f"there is no folder {target.parent} to write the map to")
    if by is not None:
        check_colour(explorer.collection, by, explorer.heard)
    made = make_map(explorer, method=method, random_state=random_state, progress=progress)
    page = render_map(explorer, made, folder=target.parent, by=by, title=title)
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise MapError(f"{target.name} cannot be written: {error.strerror}") from error
    return made


def render_map(
    explorer: Explorer,
    made: Map,
    *,
    folder: str | os.PathLike[str] = ".",
    by: str | None = None,
    title: str | None = None,
) -> str:
    """Return the page; the same map gives the same page, to the byte.

    Parameters
    ----------
    explorer
        Of the collection.
    made
        From `make_map`.
    folder
        Where the page will lie: tracks are played from there.
    by, title
        As in `draw_map`.
    """
    collection = explorer.collection
    n = len(collection.path)
    columns = colours(collection, made.dense, made.even, by, further=explorer.heard)
    arrays = [np.rint(made.places.T * 0xFFFF).astype("<u2"), made.neighbours.astype("<u4")]
    texts = {
        "titles": [legible(shown_title(collection, i)) for i in range(n)],
        "artists": [legible(shown_artist(collection, i) or "") for i in range(n)],
        "files": [page_reference(path, folder) for path in collection.path],
    }
    shown = [column.name for column in columns]
    first = by or next(
        (each.name for each in columns if each.name in _FIRST and each.tells_much), "cluster"
    )
    head = {
        "tracks": n,
        "neighbours": made.neighbours.shape[1],
        "columns": [column.head for column in columns],
        "first": next(
            (i for i, name in enumerate(shown) if name.casefold() == first.casefold()), 0
        ),
        "labels": shown.index("cluster"),
    }
    data = b"".join(array.tobytes() for array in [*arrays, *(each.values for each in columns)])
    return fill_page(
        "linernotes.explore",
        title=legible(title or "Map of the library"),
        count=f"{n:,} track{'' if n == 1 else 's'}",
        head=head,
        data=_packed(data),
        texts=_packed(_json(texts)),
        licence=legible(notice_of(explorer) or ""),
    )


def _nobody(_doing: str, _share: float) -> None:
    """Tell nobody how far a map is."""


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 6)).decode("ascii")
