"""The answer to an upload: the object of ``identify --json``, and what a page draws of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linernotes.explore.traits import key_of, tempo_of
from linernotes.library import Collection
from linernotes.web.listening import UploadHeard, outline

if TYPE_CHECKING:
    from linernotes.explore import Match
    from linernotes.web.jobs import Job
    from linernotes.web.library_cache import Snapshot


def tell(job: Job, heard: UploadHeard, known: Snapshot) -> dict[str, Any]:
    """Return the result of a job for its page.

    Parameters
    ----------
    job
        An identification that is done.
    heard
        Its result.
    known
        What the library holds.
    """
    told = heard.identification
    descriptors = None if heard.features is None else heard.features.descriptors
    tempo = None if descriptors is None else tempo_of(descriptors)
    return {
        "id": job.id,
        "created": round(job.created, 3),
        "result": told.as_dict(),
        "labels": {p.model: p.label for p in told.predictions},
        "waveform": outline(told.waveform),
        "tempo": round(tempo, 1) if tempo else None,
        "key": None if descriptors is None else key_of(descriptors),
        "can_compare": heard.features is not None,
        "in_library": _in_library(known, heard.track_id),
    }


def compare(known: Snapshot, heard: UploadHeard, *, n: int, per_artist: int | None) -> list[Match]:
    """Return the tracks of a library that sound like an upload, itself left out."""
    features = heard.features
    if features is None or not len(known.collection):
        return []
    upload = Collection(
        track_id=("upload",),
        path=("upload",),
        metadata=dict.fromkeys(known.collection.metadata, (None,)),
        duration=np.array([features.duration], np.float32),
        embedding=features.embedding[np.newaxis],
        tags=features.tags[np.newaxis],
        tag_names=known.collection.tag_names,
        descriptors=features.descriptors[np.newaxis],
    )
    query = known.explorer.like_other(upload)
    found = known.explorer.similar(query, n=n + 1, per_artist=per_artist, why=True)
    return [match for match in found if match.track_id != heard.track_id][:n]


def _in_library(known: Snapshot, track: str | None) -> dict[str, str | None] | None:
    """Return the track of the library that holds the same sound."""
    place = None if track is None else known.places.get(track)
    if track is None or place is None:
        return None
    return {"track_id": track, "title": known.titles[place], "artist": known.artists[place]}
