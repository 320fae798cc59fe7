"""What lies near some tracks of a very large library, read without the rest of it.

All vectors are passed through once, without being kept, and exactly compared; of the best alone it
is read what they are. That takes a second for a million tracks where reading everything takes ten,
and pays where one question is asked and no more, as by a command.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from linernotes.explore.explorer import EXACT_UP_TO, Explorer
from linernotes.explore.index import best
from linernotes.explore.kept_space import KeptSpace
from linernotes.explore.query import towards
from linernotes.explore.ranking import spared
from linernotes.explore.requests import query_of
from linernotes.explore.space import Floats, Space
from linernotes.library.analyses import ANALYSES, tag_names
from linernotes.library.collection import Collection
from linernotes.library.errors import LibraryError
from linernotes.library.presence import Presence
from linernotes.library.rows import FILES, table_name
from linernotes.library.store_errors import reading
from linernotes.library.stored_tracks import chosen_tracks, file_columns, file_tags, floats_of

if TYPE_CHECKING:
    from lance import LanceDataset

    from linernotes.library.store import Store

_ID = re.compile("[0-9a-f]{32}")
_PART = 32_768


def read_neighbourhood(
    store: Store, tracks: Sequence[str], *, n: int, larger_than: int = EXACT_UP_TO
) -> Explorer | None:
    """Read what is needed to find what is like some tracks.

    Parameters
    ----------
    store
        The library.
    tracks
        Ids, and paths of tracks in the library.
    n
        How many are wanted.
    larger_than
        In a library of no more tracks there is nothing to be gained.

    Returns
    -------
    Explorer or None
        Of those tracks and what is nearest to them, which can tell neither reasons nor what models
        say. ``None`` if the library is not that large, its space is not kept, or a track is not
        found: then everything has to be read.
    """
    try:
        kept = KeptSpace(store).table()
        if kept is None or not tracks:
            return None
        fit, table = kept
        with reading(store.location):
            if table.count_rows() <= larger_than:
                return None
            files, *analyses = (
                store.as_it_is(name) for name in (FILES, *map(table_name, ANALYSES))
            )
            if files is None or None in analyses:
                return None
            liked = [_id_of(files, track) for track in tracks]
            found = table.to_table(columns=["vector"], filter=_among(liked))
            if found.num_rows != len(set(liked)):
                return None
            direction = towards(floats_of(found["vector"]), np.empty((0, 0), np.float32))
            likely = best(_scores(table, direction), spared(n) + len(liked))
            near = table.take(likely, columns=["track_id", "vector", "nearness"])
            ids = near["track_id"].to_pylist()
            own = files.to_table(
                columns=["path", "track_id", "code", "missing_since", "tags"], filter=_among(ids)
            )
            chosen = chosen_tracks(file_columns(own), Presence())
            durations = _durations(analyses, ids)
    except LibraryError:
        return None
    place = {track: row for row, track in enumerate(ids)}
    whole = [i for i, track in enumerate(chosen.track_id) if track in durations]
    rows = [place[chosen.track_id[i]] for i in whole]
    vectors, nearness = floats_of(near["vector"])[rows], floats_of(near["nearness"])[rows]
    nothing = np.empty((len(whole), 0), np.float32)
    collection = Collection(
        track_id=tuple(chosen.track_id[i] for i in whole),
        path=tuple(chosen.path[i] for i in whole),
        metadata=file_tags(own["tags"].take(chosen.row[whole])),
        duration=np.array([durations[chosen.track_id[i]] for i in whole], np.float32),
        embedding=nothing,
        tags=nothing,
        tag_names=tag_names(),
        descriptors=nothing,
    )
    return Explorer(collection, kept_space=lambda _: Space(vectors, nearness, fit))


def neighbourhood_of(
    store: Store, tracks: Sequence[str], *, n: int, per_artist: int | None = None
) -> Explorer | None:
    """Read what is needed to find ``n`` tracks like some, and see that these are found.

    Parameters
    ----------
    store, tracks, n
        As in `read_neighbourhood`.
    per_artist
        As in `Explorer.similar`.

    Returns
    -------
    Explorer or None
        As in `read_neighbourhood`; ``None`` as well if not so many are found near by.
    """
    near = read_neighbourhood(store, tracks, n=n)
    if near is None:
        return None
    found = near.similar(query_of(near, tracks), n=n, per_artist=per_artist)
    return near if len(found) == n else None


def _id_of(files: LanceDataset, track: str) -> str:
    """Return the id of a track that is named by its path, or as it is."""
    if _ID.fullmatch(track):
        return track
    place = os.path.abspath(os.path.expanduser(track))  # noqa: PTH100, PTH111 - as scanned
    path = f"path = X'{os.fsencode(place).hex()}'"
    found = files.to_table(columns=["track_id"], filter=path)["track_id"].to_pylist()
    return found[-1] or "" if found else ""


def _scores(table: LanceDataset, direction: Floats) -> Floats:
    """Return how like all tracks are to a direction, but for what is the same for all."""
    scores = np.empty(table.count_rows(), np.float32)
    # By parts: who asks for batches is given much more of a table at once.
    for first in range(0, len(scores), _PART):
        part = table.to_table(columns=["vector", "nearness"], offset=first, limit=_PART)
        own = floats_of(part["vector"]) @ direction - floats_of(part["nearness"]) / 2
        scores[first : first + _PART] = own
    return scores


def _durations(analyses: Sequence[LanceDataset | None], ids: Sequence[str]) -> dict[str, float]:
    """Return how long tracks are, those of which everything is known."""
    networks, descriptors = analyses
    if networks is None or descriptors is None:
        return {}
    measured = descriptors.to_table(columns=["track_id"], filter=_among(ids))
    known = set(measured["track_id"].to_pylist())
    heard = networks.to_table(columns=["track_id", "duration"], filter=_among(ids))
    pairs = zip(heard["track_id"].to_pylist(), heard["duration"].to_pylist(), strict=True)
    return {track: duration for track, duration in pairs if track in known}


def _among(ids: Sequence[str]) -> str:
    quoted = (f"'{track}'" for track in ids if _ID.fullmatch(track))
    return f"track_id IN ({', '.join(quoted) or chr(39) * 2})"
