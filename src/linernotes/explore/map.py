"""The map of a collection: one HTML file that needs nothing but a browser."""

from __future__ import annotations

import base64
import hashlib
import ntpath
import os
import posixpath
import re
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

import linernotes
from linernotes.explore.clusters import NONE, Clusters, dense_clusters, even_clusters
from linernotes.explore.copies import first_different
from linernotes.explore.explorer import Explorer
from linernotes.explore.filters import year_of
from linernotes.explore.layout import MapError, Method, lay_out
from linernotes.explore.names import file_tag, shown_artist, shown_title
from linernotes.explore.neighbours import nearest
from linernotes.explore.traits import TRAITS, measure_traits
from linernotes.library.playlists import relative_reference

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

#: What is told how far a map is.
Tell = Callable[[str, float], None]

_NEIGHBOURS = 90
# Among so many tracks that fewer neighbours say as much, in half the time.
_MANY, _FEWER_NEIGHBOURS = 20_000, 45
_LISTED = 8
_CLASSES = 250
_FILE_TAGS = ("genre", "producer", "artist", "album", "mood", "composer", "key")
# Beyond so many tracks the page would grow too large with all that can be coloured by.
_ALL_DESCRIPTORS = 3_000
_ALL_TAGS = 20_000
_MANY_TAGS = 24
_MISSING = {8: 0xFF, 16: 0xFFFF}
_UNITS = {"tempo": "BPM", "loudness": "LUFS", "brightness": "Hz", "bass": "dB", "activity": "/s",
          "dynamics": "LU", "punch": "dB", "width": "dB"}  # fmt: skip
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


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
    seed: int = 0,
    progress: Tell | None = None,
) -> Map:
    """Lay tracks out on a plane and find what lies together.

    Parameters
    ----------
    explorer
        Of the collection.
    method
        "tsne" or "umap".
    seed
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
        method=method, seed=seed, progress=partial(tell, "arranging"),
    )  # fmt: skip
    tell("grouping", 0.0)
    dense = dense_clusters(explorer, places)
    tell("grouping", 0.5)
    even = even_clusters(explorer, seed=seed)
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
    seed: int = 0,
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
    method, seed, progress
        As in `make_map`.

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
        _check_colour(explorer.collection, by)
    made = make_map(explorer, method=method, seed=seed, progress=progress)
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
    import jinja2
    from markupsafe import Markup

    collection = explorer.collection
    n = len(collection.path)
    columns = _columns(collection, made, by)
    arrays = [np.rint(made.places.T * 0xFFFF).astype("<u2"), made.neighbours.astype("<u4")]
    texts = {
        "titles": [_legible(shown_title(collection, i)) for i in range(n)],
        "artists": [_legible(shown_artist(collection, i) or "") for i in range(n)],
        "files": [_address(path, folder) for path in collection.path],
    }
    shown = [column.name for column in columns]
    first = by or next((name for name in ("genre", "cluster") if name in shown), shown[0])
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
    style, script = _asset("page.css"), _asset("page.js")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "sort_keys": True}
    return environment.from_string(_asset("page.html")).render(
        title=_legible(title or "Map of the library"),
        count=f"{n:,} track{'' if n == 1 else 's'}",
        version=linernotes.__version__,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        style_hash=_csp_hash(style),
        script_hash=_csp_hash(script),
        head=head,
        data=_packed(data),
        texts=_packed(_json(texts)),
    )


@dataclass(frozen=True, eq=False)
class _Column:
    """Something to colour by: its description for the page, and a number for each track."""

    name: str
    head: dict[str, Any]
    values: NDArray[Any]


def _columns(collection: Collection, made: Map, by: str | None) -> list[_Column]:
    n = len(collection.path)
    columns = [
        column
        for field in _FILE_TAGS
        if (column := _by_name(field, [file_tag(collection, field, i) for i in range(n)]))
    ]
    columns += [_by_cluster("cluster", made.dense), _by_cluster("k-means cluster", made.even)]
    years = np.array([float(year or np.nan) for year in year_of(collection)])
    columns += [_by_number("file", "year", years, "", whole=True)] if len(years) else []
    columns.append(_by_number("file", "duration", collection.duration, "s"))
    traits = measure_traits(collection.descriptors)
    for i, trait in enumerate(TRAITS):
        columns.append(_by_number("measured", trait.name, traits[:, i], _UNITS.get(trait.name, "")))
    wanted = (by or "").casefold()
    often = np.argsort(-collection.tags.mean(axis=0), kind="stable") if n else np.zeros(0, int)
    most = set(often[: len(often) if n <= _ALL_TAGS else _MANY_TAGS].tolist())
    for i, name in enumerate(collection.tag_names):
        if i in most or name.casefold() == wanted:
            percent = 100 * collection.tags[:, i]
            columns.append(_by_number("tags", name, percent, "%", bits=8))
    taken = {column.name for column in columns}
    for i, name in enumerate(_descriptor_names()):
        if name not in taken and (n <= _ALL_DESCRIPTORS or name == wanted):
            columns.append(
                _by_number("descriptors", name, collection.descriptors[:, i], "", bits=8)
            )
    return columns


def _descriptor_names() -> tuple[str, ...]:
    from linernotes.features import names

    return names("descriptors")


def _check_colour(collection: Collection, by: str) -> None:
    present = [name for name in _FILE_TAGS if any(collection.metadata.get(name) or ())]
    main = [*present, "cluster", "k-means cluster", "year", "duration", *(t.name for t in TRAITS)]
    known = {name.casefold() for name in (*main, *collection.tag_names, *_descriptor_names())}
    if by.casefold() not in known:
        raise MapError(
            f"there is nothing to colour by that is called {by!r}; "
            f"choose from {', '.join(main)}, a tag or a descriptor"
        )


def _by_name(field: str, values: Sequence[str | None]) -> _Column | None:
    # Whoever wrote "Rock" and "rock" meant the same; the commonest way of writing is shown.
    spellings: dict[str, Counter[str]] = {}
    for value in values:
        if value is not None:
            spellings.setdefault(value.casefold(), Counter())[value] += 1
    if not spellings:
        return None
    sizes = {key: sum(found.values()) for key, found in spellings.items()}
    order = sorted(sizes, key=lambda key: (-sizes[key], key))
    names = [
        min(spellings[key], key=lambda spelling: (-spellings[key][spelling], spelling))
        for key in order
    ]
    numbers = {key: number for number, key in enumerate(order)}
    labels = [NONE if value is None else numbers[value.casefold()] for value in values]
    return _classes(field, names, np.array(labels, np.int32), "file")


def _by_cluster(name: str, clusters: Clusters) -> _Column:
    return _classes(name, clusters.names, clusters.labels, "found")


def _classes(name: str, names: Sequence[str], labels: NDArray[np.int32], group: str) -> _Column:
    shown = [_legible(each) for each in names[:_CLASSES]]
    if len(names) > _CLASSES:
        shown.append("others")
        labels = np.minimum(labels, _CLASSES)
    values = np.where(labels < 0, 0xFF, labels).astype(np.uint8)
    head = {"name": name, "group": group, "bits": 8, "classes": shown}
    return _Column(name, head, values)


def _by_number(
    group: Literal["file", "measured", "tags", "descriptors"],
    name: str,
    values: NDArray[np.floating[Any]],
    unit: str,
    *,
    bits: Literal[8, 16] = 16,
    whole: bool = False,
) -> _Column:
    exact = values.astype(np.float64)
    finite = np.isfinite(exact)
    known = exact[finite] if finite.any() else np.zeros(1)
    low, high = float(known.min()), float(known.max())
    top = _MISSING[bits] - 1
    share = np.where(finite, (exact - low) / ((high - low) or 1.0), 0.0)
    stored = np.where(finite, np.rint(share * top), _MISSING[bits])
    pale, strong = np.percentile(known, [2, 98]).tolist()
    head = {
        "name": name, "group": group, "bits": bits, "unit": unit, "whole": whole,
        "low": _short(low), "high": _short(high), "pale": _short(pale), "strong": _short(strong),
    }  # fmt: skip
    return _Column(name, head, stored.astype("u1" if bits == 8 else "<u2"))


def _address(path: str, folder: str | os.PathLike[str]) -> str:
    """Return how the page reaches a file, "" where it must not: pages stay on this machine."""
    if "://" in path:
        return ""
    system = ntpath if os.name == "nt" else posixpath
    place = relative_reference(
        system.abspath(path), system.abspath(os.fspath(folder)), flavour=system
    )
    if re.match("[A-Za-z]:", place):  # another drive
        return ""
    return quote(os.fsencode(place))


def _nobody(_doing: str, _share: float) -> None:
    """Tell nobody how far a map is."""


def _short(number: float) -> float:
    return float(f"{number:.6g}")


def _legible(text: str) -> str:
    """Return text that can be written and read, whatever bytes a name is made of."""
    return _CONTROLS.sub("\ufffd", text)


def _json(value: Any) -> bytes:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 6)).decode("ascii")


def _csp_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _asset(name: str) -> str:
    return (files("linernotes.explore") / "page" / name).read_text(encoding="utf-8")
