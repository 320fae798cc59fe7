"""The albums and artists of a collection, by its file tags.

An album is what file tags say: an album's name and its artist, or MusicBrainz's id. Where no
artist of the album is told, the tracks of that name in one folder are one album: of their artist,
where all have the same, else of various artists. Tracks without an album stand under their
artist, in an album without a name.

Ids are made of these names alone: they stay what they are whatever else the library holds.
"""

from __future__ import annotations

import hashlib
import ntpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from linernotes.datasets.artists import artists_in, is_various, plain_text
from linernotes.explore.filter_fields import year_of
from linernotes.explore.names import file_tag, shown_title

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

VARIOUS = "Various artists"
UNKNOWN = "Unknown artist"
NO_ALBUM = "Without an album"

#: How the ids of albums and of artists begin; those of tracks are letters and digits alone.
ALBUM_ID, ARTIST_ID = "al-", "ar-"

_GUESTS = re.compile(r"\s*[\(\[]?\s*\b(?:feat|ft|featuring)\b\.?\s+\S.*$", re.IGNORECASE)
_LEADING = re.compile(r"\d+")
# Of an album's folder: the disc that its tracks lie on.
_DISC_FOLDER = re.compile(r"(?:cd|disc|disk)[\s_-]*\d+", re.IGNORECASE)


@dataclass(frozen=True)
class Album:
    """An album.

    Parameters
    ----------
    id
        Stable: made of the names.
    name
        As the file tags spell it; `NO_ALBUM` where they tell none.
    artist, artist_id
        Whose it is; `VARIOUS` of a compilation, `UNKNOWN` where nobody is named.
    tracks
        Rows of the collection, in the order of discs and track numbers.
    duration
        Seconds.
    year
        The first that its tracks tell.
    genre
        The commonest that they tell.
    """

    id: str
    name: str
    artist: str
    artist_id: str
    tracks: tuple[int, ...]
    duration: float = 0.0
    year: int | None = None
    genre: str | None = None


@dataclass(frozen=True)
class Artist:
    """An artist, of albums or of tracks.

    Parameters
    ----------
    id
        Stable: made of the name.
    name
        As it is spelled most often.
    albums
        The artist's own, by year and name: ids.
    tracks
        Rows of the collection: all in which the artist is named.
    """

    id: str
    name: str
    albums: tuple[str, ...] = ()
    tracks: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class AlbumCatalog:
    """The albums and artists of a collection.

    Parameters
    ----------
    albums, artists
        By id, sorted by name.
    album_of
        For each track, the id of its album.
    artists_of
        For each track, the ids of its artists, the first one first.

    Examples
    --------
    >>> catalog = read_albums(collection)  # doctest: +SKIP
    >>> [album.name for album in catalog.albums.values()]  # doctest: +SKIP
    ['Blue', 'Kind of Blue']
    """

    albums: dict[str, Album]
    artists: dict[str, Artist]
    album_of: tuple[str, ...]
    artists_of: tuple[tuple[str, ...], ...]

    @cached_property
    def by_name(self) -> dict[str, Artist]:
        """Artists by what their names are compared by."""
        return {key_of_artist(artist.name): artist for artist in self.artists.values()}


@dataclass
class _Pile:
    """The tracks that lie together so far."""

    tracks: list[int] = field(default_factory=list)
    artist: str | None = None


def read_albums(collection: Collection) -> AlbumCatalog:
    """Sort the tracks of a collection into albums and artists.

    Parameters
    ----------
    collection
        The tracks.

    Returns
    -------
    AlbumCatalog
        Each track is in one album, and each has at least one artist.
    """
    count = len(collection)
    credited = [_credits(collection, i) for i in range(count)]
    spellings: dict[str, Counter[str]] = {}
    for names in credited:
        for key, name in names:
            spellings.setdefault(key, Counter())[name] += 1
    piles = _piles(collection, credited)
    for pile in piles.values():
        for key, name in _credit_of(pile.artist):
            spellings.setdefault(key, Counter())[name] += 1
    names_of = {key: min(s, key=lambda n, s=s: (-s[n], n)) for key, s in spellings.items()}  # type: ignore[misc]
    years, durations = year_of(collection) or (None,) * count, collection.duration.tolist()
    albums = []
    for names_in_id, pile in piles.items():
        owner_key = _owner(pile.artist)
        tracks = sorted(pile.tracks, key=lambda i: _place_on_album(collection, i))
        told = [text for i in tracks if (text := years[i]) is not None]
        genres = Counter(t for i in tracks if (t := file_tag(collection, "genre", i)) is not None)
        titles = Counter(t for i in tracks if (t := file_tag(collection, "album", i)) is not None)
        albums.append(
            Album(
                id=ALBUM_ID + _digest(*names_in_id),
                name=_commonest(titles) or NO_ALBUM,
                artist=VARIOUS if owner_key == "" else names_of.get(owner_key or "", UNKNOWN),
                artist_id=artist_id(owner_key),
                tracks=tuple(tracks),
                duration=sum(durations[i] for i in tracks),
                year=int(min(told)) if told else None,
                genre=_commonest(genres),
            )
        )
    albums.sort(key=lambda album: (plain_text(album.name), plain_text(album.artist), album.id))
    return _with_artists(tuple(albums), credited, names_of, count)


def artist_id(key: str | None) -> str:
    """Return the id of an artist.

    Parameters
    ----------
    key
        By what names are compared, see `linernotes.datasets.artists`; "" for various artists,
        ``None`` for nobody.

    Returns
    -------
    str
        Such as ``ar-`` and hexadecimal digits.
    """
    return ARTIST_ID + _digest("artist", "-" if key is None else "+" if key == "" else f"={key}")


def key_of_artist(name: str) -> str:
    """Return by what a name of an artist is compared.

    Examples
    --------
    >>> key_of_artist("The Beatles"), key_of_artist("Various Artists")
    ('beatles', 'various artists')
    """
    found = artists_in(name)
    return found[0] if found else plain_text(name)


def _with_artists(
    albums: tuple[Album, ...],
    credited: list[list[tuple[str, str]]],
    names_of: dict[str, str],
    count: int,
) -> AlbumCatalog:
    album_of = [""] * count
    own: dict[str, list[Album]] = {}
    tracks: dict[str, list[int]] = {}
    shown: dict[str, str] = {}
    for album in albums:
        own.setdefault(album.artist_id, []).append(album)
        shown[album.artist_id] = album.artist
        for i in album.tracks:
            album_of[i] = album.id
    ids = {key: artist_id(key) for key in names_of}
    artists_of = []
    for i, names in enumerate(credited):
        keys = [ids[key] for key, _ in names] or [artist_id(None)]
        shown |= {ids[key]: names_of[key] for key, _ in names} or {artist_id(None): UNKNOWN}
        for key in keys:
            tracks.setdefault(key, []).append(i)
        artists_of.append(tuple(keys))
    for key, theirs in own.items():
        # Those of a compilation, of which no track names them.
        tracks.setdefault(key, [i for album in theirs for i in album.tracks])
    found = [
        Artist(
            id=key,
            name=name,
            albums=tuple(
                album.id
                for album in sorted(own.get(key, ()), key=lambda a: (a.year or 9999, a.name))
            ),
            tracks=tuple(tracks.get(key, ())),
        )
        for key, name in shown.items()
    ]
    found.sort(key=lambda artist: (key_of_artist(artist.name), artist.id))
    return AlbumCatalog(
        albums={album.id: album for album in albums},
        artists={artist.id: artist for artist in found},
        album_of=tuple(album_of),
        artists_of=tuple(artists_of),
    )


def _piles(
    collection: Collection, credited: list[list[tuple[str, str]]]
) -> dict[tuple[str, ...], _Pile]:
    """Return the tracks of each album, by what its id is made of."""
    piles: dict[tuple[str, ...], _Pile] = {}
    unclaimed: dict[tuple[str, str], list[int]] = {}
    for i in range(len(collection)):
        album, owner = (file_tag(collection, name, i) for name in ("album", "albumartist"))
        if album is None:
            first = credited[i][0] if credited[i] else None
            _put(piles, ("no album", _key_text(first and first[0])), [i], first and first[1])
        elif (release := file_tag(collection, "musicbrainz_albumid", i)) is not None:
            _put(piles, ("release", release.casefold(), plain_text(album)), [i], owner)
        elif owner is not None:
            _put(piles, ("album", _key_text(_owner(owner)), plain_text(album)), [i], owner)
        else:
            folder = _album_folder(collection.path[i])
            unclaimed.setdefault((folder, plain_text(album)), []).append(i)
    for (folder, album), rows in unclaimed.items():
        names = {credited[i][0] if credited[i] else None for i in rows}
        keys = {name and name[0] for name in names}
        if len(keys) == 1:
            name = next(iter(names))
            _put(piles, ("album", _key_text(name and name[0]), album), rows, name and name[1])
        else:
            _put(piles, ("various", folder, album), rows, VARIOUS)
    for key, pile in piles.items():
        if key[0] == "release" and pile.artist is None:
            firsts = {credited[i][0] if credited[i] else None for i in pile.tracks}
            keys = {name and name[0] for name in firsts}
            first = next(iter(firsts))
            pile.artist = (first and first[1]) if len(keys) == 1 else VARIOUS
    return piles


def _put(
    piles: dict[tuple[str, ...], _Pile],
    key: tuple[str, ...],
    rows: list[int],
    artist: str | None,
) -> None:
    pile = piles.setdefault(key, _Pile())
    pile.tracks += rows
    pile.artist = pile.artist or artist


def _credits(collection: Collection, i: int) -> list[tuple[str, str]]:
    """Return the artists of a track: by what they are compared, and as they are spelled."""
    for name in ("artist", "albumartist"):
        if found := _credit_of(file_tag(collection, name, i)):
            return found
    return []


def _credit_of(text: str | None) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for part in (text or "").split(";"):
        for key in artists_in(part):
            found.setdefault(key, _GUESTS.sub("", part).strip() or part.strip())
    return list(found.items())


def _owner(name: str | None) -> str | None:
    """Return by what the artist of an album is compared: "" for various, ``None`` for nobody."""
    if name is None:
        return None
    found = artists_in(name)
    return found[0] if found else "" if is_various(name) or name == VARIOUS else None


def _key_text(key: str | None) -> str:
    return "-" if key is None else f"={key}"


def _place_on_album(collection: Collection, i: int) -> tuple[int, int, str]:
    disc, number = (
        _leading(file_tag(collection, name, i)) for name in ("discnumber", "tracknumber")
    )
    return (
        1 if disc is None else disc,
        9999 if number is None else number,
        plain_text(shown_title(collection, i)),
    )


def number_of(collection: Collection, field_: str, i: int) -> int | None:
    """Return the number that a file tag begins with, such as 3 of "3/12".

    Parameters
    ----------
    collection
        The tracks.
    field_
        The tag: ``"tracknumber"`` or ``"discnumber"``.
    i
        Row of the collection.

    Returns
    -------
    int or None
        ``None`` where there is none.
    """
    return _leading(file_tag(collection, field_, i))


def _leading(text: str | None) -> int | None:
    found = _LEADING.match(text or "")
    return int(found[0][:6]) if found else None


def _album_folder(path: str) -> str:
    folder = ntpath.dirname(path)
    name = ntpath.basename(folder)
    return ntpath.dirname(folder) if _DISC_FOLDER.fullmatch(name) else folder


def _commonest(values: Counter[str]) -> str | None:
    return min(values, key=lambda value: (-values[value], value)) if values else None


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:24]


def albums_of(catalog: AlbumCatalog, artist: Artist) -> Iterator[Album]:
    """Yield the albums of an artist.

    Parameters
    ----------
    catalog
        Where they stand.
    artist
        Whose.

    Yields
    ------
    Album
        By year and name.
    """
    for own in artist.albums:
        yield catalog.albums[own]
