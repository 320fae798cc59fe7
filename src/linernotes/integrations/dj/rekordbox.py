"""``rekordbox.xml``: what rekordbox imports, and Mixxx and others with it.

The attributes are those of "XML format list" by AlphaTheta. What a collection holds already is
kept: of its tracks only what is empty is filled, and our part of the comment is brought up to date.
"""

from __future__ import annotations

import ntpath
import os
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement

from linernotes import __version__
from linernotes.features.key_notation import KeyNotation, write_key
from linernotes.integrations.dj.collection_file import (
    DjFileError,
    part,
    read_collection_file,
    sayable,
    write_collection_file,
)
from linernotes.integrations.dj.tracks import DjTrack
from linernotes.library.presence import composed
from linernotes.library.tagging.dialects import has_ours

ROOT = "DJ_PLAYLISTS"
"""The outermost element."""

_CUE = "linernotes"
_KINDS = {
    ".mp3": "MP3 File", ".m4a": "M4A File", ".mp4": "M4A File", ".flac": "FLAC File",
    ".wav": "WAV File", ".aif": "AIFF File", ".aiff": "AIFF File", ".ogg": "OGG File",
    ".opus": "OPUS File",
}  # fmt: skip


def write_rekordbox(
    path: Path, tracks: Sequence[DjTrack], *, notation: KeyNotation = "musical"
) -> None:
    """Write tracks into a collection of rekordbox, which is made if there is none.

    Parameters
    ----------
    path
        The ``.xml`` file.
    tracks
        What to write.
    notation
        How keys are written.

    Raises
    ------
    DjFileError
        What is there is no collection of rekordbox, or it cannot be written.
    """
    root = read_collection_file(path, ROOT)
    if root is None:
        root = Element(ROOT, Version="1.0.0")
        SubElement(root, "PRODUCT", Name="linernotes", Version=__version__, Company="")
    collection = part(root, "COLLECTION")
    lists = part(root, "PLAYLISTS")
    if lists.find("NODE") is None:
        SubElement(lists, "NODE", Type="0", Name="ROOT", Count="0")
    known = {_identity(track.get("Location")): track for track in collection.iter("TRACK")}
    number = max((_number(track.get("TrackID")) for track in known.values()), default=0)
    for track in tracks:
        location = location_of(track.heard.path)
        element = known.get(_identity(location))
        if element is None:
            number += 1
            element = SubElement(collection, "TRACK", TrackID=str(number))
            element.set("Location", location)
            known[_identity(location)] = element
        _tell(element, track, notation)
    collection.set("Entries", str(len(collection.findall("TRACK"))))
    write_collection_file(path, root)


def read_rekordbox(path: Path) -> dict[str, dict[str, str]]:
    """Return the attributes of the tracks of a collection, by the paths of their files.

    Raises
    ------
    DjFileError
        It is none, or cannot be read.
    """
    root = read_collection_file(path, ROOT)
    if root is None:
        raise DjFileError(f"{path}: there is no such file")
    found = root.iterfind("COLLECTION/TRACK")
    return {path_of(track.get("Location", "")): dict(track.attrib) for track in found}


def location_of(path: str) -> str:
    r"""Return a file's address as rekordbox writes it.

    Examples
    --------
    >>> location_of("/Music/a b#1 100%.mp3")
    'file://localhost/Music/a%20b%231%20100%25.mp3'
    >>> location_of(r"C:\Music\ü.mp3")
    'file://localhost/C:/Music/%C3%BC.mp3'
    """
    if re.match(r"[A-Za-z]:[\\/]", path):
        drive, rest = ntpath.splitdrive(path)
        return f"file://localhost/{drive}{quote(rest.replace(chr(92), '/'))}"
    return f"file://localhost{quote(os.fsencode(path))}"


def path_of(location: str) -> str:
    """Return the path that an address leads to.

    Examples
    --------
    >>> path_of("file://localhost/Music/a%20b%231%20100%25.mp3")
    '/Music/a b#1 100%.mp3'
    >>> path_of("file://localhost/C:/Music/%C3%BC.mp3")
    'C:/Music/ü.mp3'
    """
    # Some programs leave signs as they are that an address would have to spell out.
    scheme, _, rest = location.partition("://")
    place = "/" + rest.partition("/")[2] if scheme == "file" else urlsplit(location).path
    path = unquote(place, errors="surrogateescape")
    return path[1:] if re.match(r"/[A-Za-z]:/", path) else path


def _identity(location: str | None) -> str:
    return composed(path_of(location or ""))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else 0


def _tell(element: Element, track: DjTrack, notation: KeyNotation) -> None:
    """Fill what a track lacks."""
    was_ours = has_ours(element.get("Comments"))
    is_new = len(element.attrib) == 2
    heard, tags = track.heard, track.tags
    attributes = {
        "Name": heard.title,
        "Artist": heard.artist,
        "Composer": tags.get("composer"),
        "Album": heard.album,
        "Genre": tags.get("genre"),
        "Kind": _KINDS.get(os.path.splitext(heard.path)[1].lower(), "Unknown Format"),  # noqa: PTH122
        "TotalTime": str(round(heard.duration)),
        "DiscNumber": str(_first_number(tags.get("discnumber"))),
        "TrackNumber": str(_first_number(tags.get("tracknumber"))),
        "Year": track.year,
        "AverageBpm": f"{track.tempo:.2f}" if track.tempo else None,
        "Tonality": write_key(track.key, notation) if track.key else None,
    }
    for name, value in attributes.items():
        if value and element.get(name, "") in ("", "0", "0.00"):
            element.set(name, sayable(value))
    element.set("Comments", sayable(track.comment(element.get("Comments"))))
    grid = track.structure.grid
    if grid is not None and element.find("TEMPO") is None:
        tempo = Element(
            "TEMPO", Inizio=f"{grid.first:.3f}", Bpm=f"{grid.beats_per_minute:.2f}",
            Metro="4/4", Battito="1",
        )  # fmt: skip
        element.insert(0, tempo)
    marks = element.findall("POSITION_MARK")
    # Whoever has set cues, or taken ours away, keeps what he has.
    if track.structure.changes and (is_new or not was_ours or marks) and all(map(_is_ours, marks)):
        for mark in marks:
            element.remove(mark)
        for i, seconds in enumerate(track.structure.changes):
            SubElement(
                element, "POSITION_MARK", Name=f"{_CUE} {i + 1}", Type="0",
                Start=f"{seconds:.3f}", Num="-1",
            )  # fmt: skip


def _is_ours(mark: Element) -> bool:
    return re.fullmatch(rf"{_CUE} \d+", mark.get("Name", "")) is not None


def _first_number(text: str | None) -> int:
    found = re.match(r"\s*(\d{1,6})", text or "")
    return int(found[1]) if found else 0
