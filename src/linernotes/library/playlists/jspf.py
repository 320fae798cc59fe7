"""JSPF, XSPF in JSON: ListenBrainz and others take it, with recordings named by MusicBrainz ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from linernotes.library.file_tags import clean
from linernotes.library.playlists.entries import (
    MOST_TRACKS,
    PlaylistEntry,
    PlaylistError,
    PlaylistFile,
    address_of,
    path_of,
    recording_address,
    recording_in,
)


def format_jspf(playlist: PlaylistFile, folder: Path | None = None) -> bytes:
    """Spell a playlist as JSPF.

    Parameters
    ----------
    playlist
        What to spell.
    folder
        Where it will lie; addresses are relative to that, absolute without.

    Examples
    --------
    >>> format_jspf(PlaylistFile([])).split()[:2]
    [b'{', b'"playlist":']
    """
    told: dict[str, Any] = {"title": clean(playlist.title), "annotation": playlist.comment}
    told = {name: value for name, value in told.items() if value}
    told["track"] = [_track(entry, folder) for entry in playlist.entries]
    return (json.dumps({"playlist": told}, indent=1) + "\n").encode("ascii")


def _track(entry: PlaylistEntry, folder: Path | None) -> dict[str, Any]:
    recording = recording_address(entry.recording)
    told = {
        "location": [address_of(entry.path, folder)] if entry.path else None,
        "identifier": [recording] if recording else None,
        "title": clean(entry.title or ""),
        "creator": clean(entry.artist or ""),
        "album": clean(entry.album or ""),
        "duration": None if entry.duration is None else round(1000 * entry.duration),
    }
    return {name: value for name, value in told.items() if value}


def parse_jspf(data: bytes, folder: Path | None = None) -> PlaylistFile:
    """Read JSPF; what is odd in it is left out.

    Parameters
    ----------
    data
        The file.
    folder
        What its addresses are relative to.

    Raises
    ------
    PlaylistError
        It is no JSPF.

    Examples
    --------
    >>> parse_jspf(b'{"playlist": {"title": "Blue", "track": []}}').title
    'Blue'
    """
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PlaylistError("this is no JSPF playlist") from error
    told = told.get("playlist") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(told.get("track", []), list):
        raise PlaylistError("this is no JSPF playlist")
    entries = []
    for track in told.get("track", [])[:MOST_TRACKS]:
        if not isinstance(track, dict):
            continue
        recordings = filter(None, map(recording_in, _texts(track.get("identifier"))))
        paths = (path_of(address, folder) for address in _texts(track.get("location")))
        path = next(filter(None, paths), "")
        recording = next(recordings, None)
        title, artist = _text(track.get("title")), _text(track.get("creator"))
        if not (path or recording or title):
            continue
        entries.append(
            PlaylistEntry(
                path, _seconds(track.get("duration")), artist or None, title or None,
                _text(track.get("album")) or None, recording,
            )
        )  # fmt: skip
    return PlaylistFile(tuple(entries), _text(told.get("title")), _text(told.get("annotation")))


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if isinstance(each, str)]


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _seconds(milliseconds: Any) -> float | None:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    return milliseconds / 1000 if 0 <= milliseconds < 1e9 else None
