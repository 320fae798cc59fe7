"""``collection.nml``: what Traktor keeps, imports, and shares with others.

What a collection holds already is kept: of its entries only what is empty is filled, and our part
of the comment is brought up to date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

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

NML_ROOT = "NML"
"""The outermost element."""

_CUE = "linernotes"
_MAC_DISK = "Macintosh HD"
_GRID, _CUE_POINT = "4", "0"
_VERSION = "19"


@dataclass(frozen=True)
class NmlPlace:
    """Where a file lies, in Traktor's words: a volume, parts that begin with "/:", and a name.

    Parameters
    ----------
    volume, folder, file
        Such as "C:", "/:Music/:", "a.mp3".
    """

    volume: str
    folder: str
    file: str

    @classmethod
    def of(cls, path: str) -> NmlPlace:
        r"""Return the place of a file.

        Examples
        --------
        >>> NmlPlace.of(r"C:\Music\a.mp3")
        NmlPlace(volume='C:', folder='/:Music/:', file='a.mp3')
        >>> NmlPlace.of("/Volumes/Stick/a.mp3").path
        '/Volumes/Stick/a.mp3'
        """
        volume, rest = _MAC_DISK, path
        if re.match(r"[A-Za-z]:[\\/]", path):
            volume, rest = path[:2], path[2:].replace("\\", "/")
        elif found := re.match(r"/Volumes/([^/]+)(/.*)", path):
            volume, rest = found[1], found[2]
        *folders, file = rest.strip("/").split("/")
        # A colon would begin another part: the Mac's own names have a slash in its place.
        parts = "".join(f"/:{folder.replace(':', '//')}" for folder in folders)
        return cls(volume, f"{parts}/:", file)

    @property
    def path(self) -> str:
        """The path, with forward slashes."""
        parts = self.folder.replace("//", "\0").replace("/:", "/").replace("\0", ":")
        if re.fullmatch("[A-Za-z]:", self.volume):
            return f"{self.volume}{parts}{self.file}"
        start = "" if self.volume in ("", _MAC_DISK) else f"/Volumes/{self.volume}"
        return f"{start}{parts}{self.file}"


def write_traktor(
    path: Path, tracks: Sequence[DjTrack], *, notation: KeyNotation = "musical"
) -> None:
    """Write tracks into a collection of Traktor, which is made if there is none.

    Parameters
    ----------
    path
        The ``.nml`` file.
    tracks
        What to write.
    notation
        How keys are written where Traktor shows them as text.

    Raises
    ------
    DjFileError
        What is there is no collection of Traktor, or it cannot be written.
    """
    root = read_collection_file(path, NML_ROOT)
    if root is None:
        root = Element(NML_ROOT, VERSION=_VERSION)
        SubElement(root, "HEAD", COMPANY="linernotes", PROGRAM="linernotes")
    collection = part(root, "COLLECTION")
    known = {_identity(entry): entry for entry in collection.iterfind("ENTRY")}
    for track in tracks:
        place = NmlPlace.of(track.heard.path)
        entry = known.get(composed(place.path))
        if entry is None:
            entry = SubElement(collection, "ENTRY")
            SubElement(
                entry, "LOCATION", DIR=sayable(place.folder), FILE=sayable(place.file),
                VOLUME=sayable(place.volume), VOLUMEID="",
            )  # fmt: skip
            known[composed(place.path)] = entry
        _tell(entry, track, notation)
    collection.set("ENTRIES", str(len(collection.findall("ENTRY"))))
    write_collection_file(path, root)


def read_traktor(path: Path) -> dict[str, Element]:
    """Return the entries of a collection, by the paths of their files.

    Raises
    ------
    DjFileError
        It is none, or cannot be read.
    """
    root = read_collection_file(path, NML_ROOT)
    if root is None:
        raise DjFileError(f"{path}: there is no such file")
    return {_path(entry): entry for entry in root.iterfind("COLLECTION/ENTRY")}


def _path(entry: Element) -> str:
    place = entry.find("LOCATION")
    if place is None:
        return ""
    return NmlPlace(place.get("VOLUME", ""), place.get("DIR", ""), place.get("FILE", "")).path


def _identity(entry: Element) -> str:
    return composed(_path(entry))


def _tell(entry: Element, track: DjTrack, notation: KeyNotation) -> None:
    """Fill what an entry lacks."""
    info = part(entry, "INFO")
    was_ours = has_ours(info.get("COMMENT"))
    heard, tags = track.heard, track.tags
    _fill(entry, TITLE=heard.title, ARTIST=heard.artist)
    if heard.album:
        _fill(part(entry, "ALBUM"), TITLE=heard.album)
    _fill(
        info, GENRE=tags.get("genre"), KEY=write_key(track.key, notation) if track.key else None,
        PLAYTIME=str(round(heard.duration)), PLAYTIME_FLOAT=f"{heard.duration:.6f}",
        RELEASE_DATE=f"{track.year}/1/1" if track.year else None,
    )  # fmt: skip
    info.set("COMMENT", sayable(track.comment(info.get("COMMENT"))))
    cues = entry.findall("CUE_V2")
    grid = track.structure.grid
    if track.tempo and entry.find("TEMPO") is None:
        beats = grid.beats_per_minute if grid is not None else track.tempo
        SubElement(entry, "TEMPO", BPM=f"{beats:.6f}", BPM_QUALITY="100.000000")
    if track.key is not None and entry.find("MUSICAL_KEY") is None:
        value = track.key.tonic + (0 if track.key.mode else 12)
        SubElement(entry, "MUSICAL_KEY", VALUE=str(value))
    if grid is not None and not any(cue.get("TYPE") == _GRID for cue in cues):
        _add_cue(entry, "AutoGrid", _GRID, grid.first, hotcue=0)
    own = [cue for cue in cues if cue.get("TYPE") != _GRID]
    if track.structure.changes and (own or not was_ours) and all(map(_is_ours, own)):
        for cue in own:
            entry.remove(cue)
        for i, seconds in enumerate(track.structure.changes):
            _add_cue(entry, f"{_CUE} {i + 1}", _CUE_POINT, seconds, hotcue=-1)


def _fill(element: Element, **values: str | None) -> None:
    for name, value in values.items():
        if value and not element.get(name):
            element.set(name, sayable(value))


def _add_cue(entry: Element, name: str, kind: str, seconds: float, *, hotcue: int) -> None:
    SubElement(
        entry, "CUE_V2", NAME=name, DISPL_ORDER="0", TYPE=kind, START=f"{1000 * seconds:.6f}",
        LEN="0.000000", REPEATS="-1", HOTCUE=str(hotcue),
    )  # fmt: skip


def _is_ours(cue: Element) -> bool:
    return re.fullmatch(rf"{_CUE} \d+", cue.get("NAME", "")) is not None
