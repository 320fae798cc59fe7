"""XSPF: playlists in XML, whose addresses can spell the name of any file."""

from __future__ import annotations

import xml.parsers.expat
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

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

_SPACE = "http://xspf.org/ns/0/"
_TRACK = ("playlist", "trackList", "track")
_DEEPEST = 32
_LONGEST = 8192
_SAID = frozenset({"title", "annotation"})
_TOLD = frozenset({"location", "identifier", "title", "creator", "album", "duration"})


def format_xspf(playlist: PlaylistFile, folder: Path | None = None) -> bytes:
    """Spell a playlist as XSPF.

    Parameters
    ----------
    playlist
        What to spell.
    folder
        Where it will lie; addresses are relative to that, absolute without.

    Examples
    --------
    >>> b"<trackList>" in format_xspf(PlaylistFile([PlaylistEntry("/a.mp3")]))
    True
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<playlist version="1" xmlns="{_SPACE}">']
    lines += _elements({"title": playlist.title, "annotation": playlist.comment})
    lines.append("<trackList>")
    for entry in playlist.entries:
        duration = None if entry.duration is None else str(round(1000 * entry.duration))
        told = {
            "location": address_of(entry.path, folder) if entry.path else None,
            "identifier": recording_address(entry.recording),
            "title": entry.title, "creator": entry.artist, "album": entry.album,
            "duration": duration,
        }  # fmt: skip
        lines += ["<track>", *_elements(told), "</track>"]
    lines += ["</trackList>", "</playlist>", ""]
    return "\n".join(lines).encode("utf-8", "xmlcharrefreplace")


def _elements(told: dict[str, str | None]) -> list[str]:
    texts = {name: clean(text or "") for name, text in told.items()}
    return [f"<{name}>{escape(text)}</{name}>" for name, text in texts.items() if text]


@dataclass
class _Reading:
    """How far a playlist was read."""

    path: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    track: dict[str, str] = field(default_factory=dict)
    tracks: list[dict[str, str]] = field(default_factory=list)

    def begin(self, name: str, _: object) -> None:
        self.path.append(name.rpartition(" ")[2])
        if len(self.path) > _DEEPEST:
            raise PlaylistError("this is no XSPF playlist: its elements lie too deep")
        if tuple(self.path) == _TRACK:
            self.track = {}

    def hear(self, text: str) -> None:
        *above, name = self.path
        if tuple(above) == _TRACK and name in _TOLD:
            self.track[name] = (self.track.get(name, "") + text)[:_LONGEST]
        elif above == ["playlist"] and name in _SAID:
            self.texts[name] = (self.texts.get(name, "") + text)[:_LONGEST]

    def end(self, _: str) -> None:
        if tuple(self.path) == _TRACK and len(self.tracks) < MOST_TRACKS:
            self.tracks.append(self.track)
        self.path.pop()


def parse_xspf(data: bytes, folder: Path | None = None) -> PlaylistFile:
    """Read XSPF.

    Parameters
    ----------
    data
        The file.
    folder
        What its addresses are relative to.

    Raises
    ------
    PlaylistError
        It is no XSPF, or declares entities, which no playlist needs.

    Examples
    --------
    >>> parse_xspf(format_xspf(PlaylistFile([PlaylistEntry("/a.mp3")], "Blue"))).title
    'Blue'
    """
    reading = _Reading()

    def refuse(*_: object) -> None:
        raise PlaylistError("this playlist declares entities; that is not read")

    parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = reading.begin
    parser.CharacterDataHandler = reading.hear
    parser.EndElementHandler = reading.end
    try:
        parser.Parse(data, True)
    except (xml.parsers.expat.ExpatError, ValueError, LookupError, TypeError) as error:
        raise PlaylistError("this is no XSPF playlist") from error
    entries = []
    for track in reading.tracks:
        path = path_of(track.get("location", "").strip(), folder) or ""
        recording = recording_in(track.get("identifier", ""))
        title, artist, album = (clean(track.get(n, "")) for n in ("title", "creator", "album"))
        if not (path or recording or title):
            continue
        duration = track.get("duration", "").strip()
        known = duration.isdecimal() and len(duration) < 10
        entries.append(
            PlaylistEntry(
                path, int(duration) / 1000 if known else None, artist or None, title or None,
                album or None, recording,
            )
        )  # fmt: skip
    title, comment = (clean(reading.texts.get(name, "")) for name in ("title", "annotation"))
    return PlaylistFile(tuple(entries), title, comment)
