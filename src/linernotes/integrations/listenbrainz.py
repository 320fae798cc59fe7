"""Playlists as ListenBrainz takes them: JSPF of recordings by their MusicBrainz ids.

Nothing is sent anywhere, and nothing of this machine is in the file: no paths.
See "JSPF playlists" in the documentation of ListenBrainz.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linernotes.errors import Failure
from linernotes.files import write_atomically
from linernotes.library.file_tags import clean
from linernotes.library.playlists.entries import PlaylistEntry, PlaylistError, recording_address

EXTENSION = "https://musicbrainz.org/doc/jspf#playlist"
"""What ListenBrainz adds to JSPF."""


def listenbrainz_playlist(
    title: str, entries: Sequence[PlaylistEntry], *, comment: str = ""
) -> tuple[dict[str, Any], tuple[Failure, ...]]:
    """Return a playlist as an object of JSON.

    Parameters
    ----------
    title
        What it is called.
    entries
        Its tracks.
    comment
        What is said of it.

    Returns
    -------
    playlist
        With the recordings that have ids; it is private until its owner says otherwise.
    failures
        The entries without one: MusicBrainz Picard writes them to file tags.

    Examples
    --------
    >>> told, _ = listenbrainz_playlist("Blue", [])
    >>> told["playlist"]["extension"]["https://musicbrainz.org/doc/jspf#playlist"]
    {'public': False}
    """
    tracks: list[dict[str, Any]] = []
    failures = []
    for entry in entries:
        address = recording_address(entry.recording)
        if address is None:
            message = "its file tags hold no MusicBrainz recording id; MusicBrainz Picard adds it"
            failures.append(Failure(entry.path, "no-recording", message))
            continue
        told = {
            "identifier": [address],
            "title": clean(entry.title or ""),
            "creator": clean(entry.artist or ""),
            "album": clean(entry.album or ""),
        }
        tracks.append({name: value for name, value in told.items() if value})
    playlist: dict[str, Any] = {
        "title": clean(title) or "playlist",
        "extension": {EXTENSION: {"public": False}},
        "track": tracks,
    }
    if comment:
        playlist["annotation"] = comment
    return {"playlist": playlist}, tuple(failures)


def write_for_listenbrainz(
    path: str | os.PathLike[str],
    title: str,
    entries: Sequence[PlaylistEntry],
    *,
    comment: str = "",
) -> tuple[Failure, ...]:
    """Write a playlist for ListenBrainz, at once or not at all.

    Raises
    ------
    PlaylistError
        None of its recordings has an id, or it cannot be written.
    """
    target = Path(path).expanduser()
    told, failures = listenbrainz_playlist(title, entries, comment=comment)
    if target.suffix.lower() != ".jspf":
        raise PlaylistError(f"{target.name}: ListenBrainz takes .jspf files")
    if not told["playlist"]["track"]:
        raise PlaylistError(
            "none of these tracks has a MusicBrainz recording id in its file tags, which "
            "ListenBrainz names tracks by; MusicBrainz Picard adds them"
        )
    try:
        write_atomically(target, (json.dumps(told, indent=1) + "\n").encode("ascii"))
    except OSError as error:
        raise PlaylistError(f"{target}: cannot be written: {error.strerror}") from error
    return failures
