"""What playlists hold, whatever their format: tracks in order, and how they name files."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from linernotes.errors import LinernotesError
from linernotes.library.file_tags import clean
from linernotes.references import OWN_FLAVOUR, relative_reference

#: Bytes and tracks of a playlist that is read, at most.
LARGEST = 32 * 2**20
MOST_TRACKS = 200_000

_RECORDING = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_RECORDINGS = "https://musicbrainz.org/recording/"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_DRIVE = re.compile(r"[A-Za-z]:/")


class PlaylistError(LinernotesError):
    """A playlist, or an entry of it, cannot be written, read or kept."""

    code = "playlist"


@dataclass(frozen=True)
class PlaylistEntry:
    """A track in a playlist.

    Parameters
    ----------
    path
        Of the file; a URL of one that lies elsewhere.
    duration
        Seconds, if known.
    artist, title, album
        What players show, if known.
    recording
        Its id at MusicBrainz, if known.

    Examples
    --------
    >>> PlaylistEntry("a.mp3", 62.7, "Nina Simone", "Sinnerman").label
    'Nina Simone - Sinnerman'
    """

    path: str
    duration: float | None = None
    artist: str | None = None
    title: str | None = None
    album: str | None = None
    recording: str | None = None

    @property
    def label(self) -> str:
        """The caption that players show: artist and title, or the file's name."""
        told = [clean(text) for text in (self.artist, self.title) if text]
        if not self.title:
            told.append(clean(Path(self.path).stem))
        return " - ".join(text for text in told if text)


@dataclass(frozen=True)
class PlaylistFile:
    """A playlist as it was read.

    Parameters
    ----------
    entries
        The tracks in order.
    title, comment
        What it is called, and what is said of it; "" for nothing.

    Examples
    --------
    >>> len(PlaylistFile((PlaylistEntry("a.mp3"),)).entries)
    1
    """

    entries: Sequence[PlaylistEntry]
    title: str = ""
    comment: str = ""


def reference_of(path: str, folder: Path | None) -> str:
    """Return how a playlist names a file: relative to the playlist's folder, if that is told.

    Parameters
    ----------
    path
        Of the file.
    folder
        Where the playlist lies; ``None`` where it will lie is not known.
    """
    if folder is None or _SCHEME.match(path):
        return path
    near, base = os.path.abspath(path), os.path.abspath(folder)  # noqa: PTH100
    # Below the folder a name is as it is; on the way up, links would lead elsewhere.
    if not near.startswith(base.rstrip(os.sep) + os.sep):
        head, tail = os.path.split(near)
        near, base = os.path.join(os.path.realpath(head), tail), os.path.realpath(base)  # noqa: PTH118
    return relative_reference(near, base, flavour=OWN_FLAVOUR)


def address_of(path: str, folder: Path | None) -> str:
    """Return how a playlist names a file as a URI, which can spell any name."""
    reference = reference_of(path, folder)
    if _SCHEME.match(reference):
        return reference
    quoted = quote(os.fsencode(reference.replace("\\", "/") if os.name == "nt" else reference))
    if _DRIVE.match(reference):
        return f"file:///{quoted.replace('%3A', ':', 1)}"
    return f"file://{quoted}" if quoted.startswith("/") else quoted


def path_of(address: str, folder: Path | None) -> str | None:
    """Return the path that a URI names, the URI itself where it leads elsewhere.

    Parameters
    ----------
    address
        As it stands in a playlist.
    folder
        What it is relative to.

    Returns
    -------
    str or None
        ``None`` where no file can be called so.
    """
    if address.lower().startswith("file://"):
        rest = address[7:]
        if not rest.startswith("/"):
            rest = "/" + rest.partition("/")[2]  # another name of this machine
    elif _SCHEME.match(address):
        return address
    else:
        rest = address
    path = os.fsdecode(unquote_to_bytes(rest))
    if os.name == "nt" and _DRIVE.match(path[1:]):
        path = path[1:]
    return place_of_name(path, folder)


def place_of_name(path: str, folder: Path | None) -> str | None:
    """Return the full path of a file that a playlist in a folder names."""
    if not path or "\0" in path:
        return None
    return path if folder is None else os.path.normpath(os.path.join(folder, path))  # noqa: PTH118


def recording_address(recording: str | None) -> str | None:
    """Return what identifies a recording everywhere, ``None`` if it has no proper id."""
    if recording is None or not _RECORDING.fullmatch(recording.strip().lower()):
        return None
    return _RECORDINGS + recording.strip().lower()


def recording_in(address: str) -> str | None:
    """Return the id of the recording that an address identifies, ``None`` if it does not."""
    found = _RECORDING.search(address.lower()) if "/recording/" in address else None
    return found[0] if found else None
