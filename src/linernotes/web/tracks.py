"""Tracks as pages tell of them: rows of a list, all that is known of one."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from linernotes.explore import Library
from linernotes.explore.names import file_tag
from linernotes.explore.traits import TRAITS, measure_traits, words_of
from linernotes.identification.track_answers import answers_about
from linernotes.library.file_tags import kind_of
from linernotes.library.location import is_url
from linernotes.library.store import Store
from linernotes.web.errors import NotThereError
from linernotes.web.library_cache import Snapshot

_TAGS = 20
_TIMELINE_TAGS = 8
_TRACK_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")
_MEDIA_TYPES = {
    "mp3": "audio/mpeg", "flac": "audio/flac", "vorbis": "audio/ogg", "opus": "audio/ogg",
    "oggflac": "audio/ogg", "ogg": "audio/ogg", "speex": "audio/ogg", "wav": "audio/wav",
    "aiff": "audio/aiff", "mp4": "audio/mp4", "aac": "audio/aac", "adts": "audio/aac",
    "asf": "audio/x-ms-wma", "matroska": "audio/webm", "caf": "audio/x-caf", "au": "audio/basic",
}  # fmt: skip


def place_of(known: Snapshot, track: str) -> int:
    """Return the place of a track in the collection.

    Parameters
    ----------
    known
        What the library holds.
    track
        Its id. Paths are none.

    Raises
    ------
    NotThereError
        There is no such track.
    """
    place = known.places.get(track)
    if place is None:
        raise NotThereError("there is no such track in this library")
    return place


def row_of(known: Snapshot, index: int) -> dict[str, Any]:
    """Return what a list tells of a track."""
    collection = known.collection
    tempo = float(known.tempi[index])
    energy = known.heard_as("energy")[index]
    return {
        "track_id": collection.track_id[index],
        "path": collection.path[index],
        "title": known.titles[index],
        "artist": known.artists[index],
        "album": file_tag(collection, "album", index),
        "genre": file_tag(collection, "genre", index),
        "year": known.years[index],
        "duration": round(float(collection.duration[index]), 3),
        "tempo": round(tempo, 1) if tempo > 0 else None,
        "key": known.keys[index],
        "album_id": known.albums.album_of[index] if file_tag(collection, "album", index) else None,
        "artist_id": known.albums.artists_of[index][0] if known.artists[index] else None,
        "heard_genre": known.heard_as("genre")[index],
        "heard_mood": known.heard_as("mood")[index],
        "energy": round(float(energy), 4) if energy else None,
    }


def list_tracks(
    known: Snapshot, *, text: str, where: str, sort: str, descending: bool, offset: int, limit: int
) -> dict[str, Any]:
    """Return a page of the tracks that are looked for.

    Raises
    ------
    FilterError
        The filter cannot be understood.
    """
    order = known.order(sort, descending=descending)
    found = known.found(text, where)
    chosen = order[found[order]]
    return {
        "total": len(chosen),
        "offset": offset,
        "tracks": [row_of(known, int(i)) for i in chosen[offset : offset + limit]],
    }


def describe(known: Snapshot, library: Library, index: int) -> dict[str, Any]:
    """Return all that is known of a track."""
    collection = known.collection
    descriptors = collection.descriptors[index]
    traits = measure_traits(descriptors[np.newaxis])[0]
    ranks = known.explorer.scales.ranks(descriptors[np.newaxis])[0]
    often = np.argsort(-collection.tags[index], kind="stable")[:_TAGS]
    return {
        "track": row_of(known, index),
        "file_tags": {
            field: value
            for field in collection.metadata
            if (value := file_tag(collection, field, index)) is not None
        },
        "tags": [
            {
                "name": collection.tag_names[i],
                "probability": round(float(collection.tags[index, i]), 4),
            }
            for i in often
        ],
        "heard": {
            name: told[index] for name, told in known.heard.items() if told[index] is not None
        },
        "answers": answers_about(collection, index),
        "words": words_of(ranks),
        "traits": [
            {
                "name": trait.name,
                "value": round(float(traits[i]), 4),
                "unit": trait.unit,
                "share": round(float(ranks[i]), 4),
                "low": trait.low,
                "high": trait.high,
            }
            for i, trait in enumerate(TRAITS)
        ],
        "timeline": _timeline(known, library, index),
    }


def media_type(path: str) -> str:
    """Return what a browser has to know of a file of music; never a kind of page.

    Examples
    --------
    >>> media_type("no such file")
    'application/octet-stream'
    """
    return _MEDIA_TYPES.get(kind_of(path) or "", "application/octet-stream")


def _timeline(known: Snapshot, library: Library, index: int) -> dict[str, Any] | None:
    """Return how the strongest tags change along a track, or ``None`` if that is not kept."""
    track = known.collection.track_id[index]
    if not _TRACK_ID.fullmatch(track) or is_url(library.location):
        return None
    columns = ["timeline_start", "timeline_end", "timeline", "extent", "warnings"]
    store = Store(library.location, create=False)
    found = store.analysis("networks", columns, tracks=[track])
    row = found.to_pylist()[0] if found is not None and found.num_rows else None
    if row is None or not row["timeline"]:
        return None
    values = np.array(row["timeline"], np.float64)
    strongest = np.argsort(-values.mean(axis=0), kind="stable")[:_TIMELINE_TAGS]
    return {
        "start": [round(second, 2) for second in row["timeline_start"]],
        "end": [round(second, 2) for second in row["timeline_end"]],
        "tags": [known.collection.tag_names[i] for i in strongest],
        "probabilities": np.round(values[:, strongest], 4).tolist(),
        "extent": row["extent"],
        "warnings": row["warnings"] or [],
    }
