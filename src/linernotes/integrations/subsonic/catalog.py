"""The library as apps see it: its albums, artists, genres and moods, and the size of its files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.albums import AlbumCatalog
from linernotes.explore.explorer import Explorer
from linernotes.explore.names import file_tag, plain, shown_artist, shown_title
from linernotes.integrations.subsonic.errors import NoSuchItemError
from linernotes.library.collection import Collection
from linernotes.library.file_tags import SEPARATOR
from linernotes.library.rows import FILES
from linernotes.library.store import Store

# What models say where they say nothing.
_NO_ANSWERS = frozenset(("not sure", "none of these"))
_MEDIA_TYPES = {
    "mp3": "audio/mpeg", "flac": "audio/flac", "ogg": "audio/ogg", "oga": "audio/ogg",
    "opus": "audio/ogg", "spx": "audio/ogg", "wav": "audio/wav", "aif": "audio/aiff",
    "aiff": "audio/aiff", "m4a": "audio/mp4", "mp4": "audio/mp4", "m4b": "audio/mp4",
    "aac": "audio/aac", "wma": "audio/x-ms-wma", "mka": "audio/x-matroska",
    "webm": "audio/webm", "wv": "audio/x-wavpack", "ape": "audio/x-ape", "mpc": "audio/x-musepack",
}  # fmt: skip


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file besides its track.

    Parameters
    ----------
    size
        Bytes; 0 where that is not known.
    changed
        Seconds since 1970, of its last change.
    """

    size: int
    changed: float


class KnownLibrary(Protocol):
    """What whoever serves the library knows of it at a moment."""

    @property
    def explorer(self) -> Explorer:
        """Finds what sounds alike."""

    @property
    def albums(self) -> AlbumCatalog:
        """Albums and artists."""

    @property
    def places(self) -> Mapping[str, int]:
        """The row of each track, by its id."""

    @property
    def years(self) -> Sequence[int | None]:
        """When each track was made."""

    @property
    def tempi(self) -> NDArray[np.float32]:
        """Beats per minute of each track, 0 where they are doubtful."""

    def heard_as(self, name: str) -> Sequence[str | None]:
        """Return what models say of all tracks, such as their ``"genre"``."""


@dataclass(frozen=True, eq=False)
class Catalog:
    """The library at a moment, as apps see it.

    Parameters
    ----------
    known
        What is known of it.
    location
        Where it lies.
    """

    known: KnownLibrary
    location: str

    @property
    def explorer(self) -> Explorer:
        """Finds what sounds alike in it."""
        return self.known.explorer

    @property
    def collection(self) -> Collection:
        """The tracks."""
        return self.known.explorer.collection

    @property
    def albums(self) -> AlbumCatalog:
        """Albums and artists."""
        return self.known.albums

    @cached_property
    def files(self) -> tuple[FileFacts, ...]:
        """Size and time of change of each track's file."""
        known: dict[str, FileFacts] = {}
        store = Store(self.location, create=False)
        for batch in store.batches(FILES, ("path", "size", "mtime_ns")):
            rows = zip(*(batch[name].to_pylist() for name in range(3)), strict=True)
            for path, size, changed in rows:
                known[os.fsdecode(path)] = FileFacts(max(size or 0, 0), max(changed or 0, 0) / 1e9)
        nothing = FileFacts(0, 0)
        return tuple(known.get(path, nothing) for path in self.collection.path)

    @cached_property
    def genres(self) -> tuple[tuple[str, ...], ...]:
        """The genres of each track: those of its file, where it tells none what is heard."""
        found: list[tuple[str, ...]] = []
        for i, heard in enumerate(self.heard_genres):
            told = file_tag(self.collection, "genre", i)
            names = [name.strip() for name in (told or "").split(SEPARATOR.strip())]
            own = tuple(dict.fromkeys(name for name in names if name))
            found.append(own or ((heard,) if heard else ()))
        return tuple(found)

    @cached_property
    def moods(self) -> tuple[str | None, ...]:
        """The mood that is heard in each track."""
        return self._heard("mood")

    @cached_property
    def heard_genres(self) -> tuple[str | None, ...]:
        """The genre that is heard in each track, whatever its file says."""
        return self._heard("genre")

    @cached_property
    def by_genre(self) -> dict[str, list[int]]:
        """The tracks of each genre, by its name in small letters."""
        found: dict[str, list[int]] = {}
        for i, names in enumerate(self.genres):
            for key in {name.casefold() for name in names}:
                found.setdefault(key, []).append(i)
        return found

    @cached_property
    def song_texts(self) -> tuple[str, ...]:
        """By what each track is searched."""
        return tuple(
            plain(" ".join(filter(None, (
                shown_title(self.collection, i), shown_artist(self.collection, i),
                file_tag(self.collection, "album", i),
            ))))
            for i in range(len(self.collection))
        )  # fmt: skip

    @cached_property
    def album_texts(self) -> dict[str, str]:
        """By what each album is searched."""
        return {
            key: plain(f"{album.name} {album.artist}") for key, album in self.albums.albums.items()
        }

    @cached_property
    def artist_texts(self) -> dict[str, str]:
        """By what each artist is searched."""
        return {key: plain(artist.name) for key, artist in self.albums.artists.items()}

    def prepare(self) -> None:
        """Read beforehand what giving a track needs."""
        if self.known.places:
            _ = self.files, self.collection.duration

    def place(self, track: str) -> int:
        """Return the row of a track; paths are no ids.

        Raises
        ------
        NoSuchItemError
            There is no such track.
        """
        place = self.known.places.get(track)
        if place is None:
            raise NoSuchItemError("there is no such track in this library")
        return place

    def rows_of(self, item: str) -> tuple[int, ...]:
        """Return the rows of a track, an album or an artist.

        Raises
        ------
        NoSuchItemError
            There is nothing of that id.
        """
        if item in self.known.places:
            return (self.known.places[item],)
        if (album := self.albums.albums.get(item)) is not None:
            return album.tracks
        if (artist := self.albums.artists.get(item)) is not None:
            return artist.tracks
        raise NoSuchItemError("there is nothing of this id in this library")

    def created(self, rows: tuple[int, ...]) -> float:
        """Return when the newest of some tracks came, seconds since 1970."""
        return max((self.files[i].changed for i in rows), default=0.0)

    def suffix(self, i: int) -> str:
        """Return the ending of a track's file, in small letters."""
        return PurePath(self.collection.path[i]).suffix.lstrip(".").lower()[:10]

    def media_type(self, i: int) -> str:
        """Return what an app has to know of a track's file; never a kind of page."""
        return _MEDIA_TYPES.get(self.suffix(i), "application/octet-stream")

    def kilobits(self, i: int) -> int:
        """Return the bit rate of a track's file, 0 where that is not known."""
        duration = float(self.collection.duration[i])
        return round(self.files[i].size * 8 / duration / 1000) if duration > 0 else 0

    def _heard(self, name: str) -> tuple[str | None, ...]:
        told = self.known.heard_as(name)
        return tuple(None if value in _NO_ANSWERS else value for value in told)
