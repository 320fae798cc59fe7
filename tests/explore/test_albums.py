"""Albums and artists by the file tags that people have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from explore_support import make_collection

from linernotes.explore.albums import NO_ALBUM, UNKNOWN, VARIOUS, albums_of, read_albums
from linernotes.library import Collection

FIELDS = ("title", "artist", "album", "albumartist", "tracknumber", "discnumber", "date",
          "musicbrainz_albumid")  # fmt: skip


def tracks(*rows: tuple[str, dict[str, str]]) -> Collection:
    made = make_collection(len(rows))
    return replace(
        made,
        path=tuple(path for path, _ in rows),
        metadata={name: tuple(tags.get(name) for _, tags in rows) for name in FIELDS},
        duration=np.full(len(rows), 100, np.float32),
    )


def test_an_album_is_its_name_and_its_artist_in_the_order_of_discs_and_numbers() -> None:
    whose = {"albumartist": "The Beatles", "album": "White", "date": "1968"}
    found = read_albums(
        tracks(
            ("/m/3.mp3", {**whose, "discnumber": "2/2", "tracknumber": "1", "artist": "Beatles"}),
            ("/m/2.mp3", {**whose, "discnumber": "1/2", "tracknumber": "10/17"}),
            ("/m/1.mp3", {**whose, "discnumber": "1", "tracknumber": "9", "artist": "The Beatles"}),
            ("/n/1.mp3", {**whose, "albumartist": "Cream"}),
        )
    )
    white, other = sorted(found.albums.values(), key=lambda album: -len(album.tracks))
    assert white.tracks == (2, 1, 0)
    assert (white.artist, white.year, white.duration) == ("The Beatles", 1968, 300)
    assert other.artist == "Cream"
    beatles = found.by_name["beatles"]
    assert list(albums_of(found, beatles)) == [white]
    assert beatles.tracks == (0, 1, 2)
    assert found.album_of == (white.id,) * 3 + (other.id,)


def test_without_an_artist_of_the_album_its_folder_tells_what_belongs_together() -> None:
    found = read_albums(
        tracks(
            ("/m/Hits/1.mp3", {"album": "Hits", "artist": "Abba"}),
            ("/m/Hits/2.mp3", {"album": "hits", "artist": "Cream"}),
            ("/m/Other/1.mp3", {"album": "Hits", "artist": "Queen feat. David Bowie"}),
            ("/m/Queen/CD1/1.mp3", {"album": "Hits", "artist": "Queen"}),
            ("/m/Queen/CD 2/1.mp3", {"album": "Hits", "artist": "Queen"}),
            ("/m/x.mp3", {"artist": "Queen; Cream"}),
            ("/m/y.mp3", {}),
        )
    )
    assert {(album.artist, album.name, len(album.tracks)) for album in found.albums.values()} == {
        (VARIOUS, "Hits", 2), ("Queen", "Hits", 3), ("Queen", NO_ALBUM, 1), (UNKNOWN, NO_ALBUM, 1),
    }  # fmt: skip
    assert found.by_name["cream"].tracks == (1, 5)
    assert [found.artists[one].name for one in found.artists_of[5]] == ["Queen", "Cream"]


def test_releases_of_musicbrainz_are_told_apart_whatever_they_are_called() -> None:
    tags = {"album": "Live", "artist": "Queen", "albumartist": "Queen"}
    found = read_albums(
        tracks(
            ("/m/1.mp3", {**tags, "musicbrainz_albumid": "a"}),
            ("/m/2.mp3", {**tags, "musicbrainz_albumid": "b"}),
            ("/m/3.mp3", {"album": "Live", "artist": "Abba", "musicbrainz_albumid": "b"}),
        )
    )
    assert sorted(len(album.tracks) for album in found.albums.values()) == [1, 2]


def test_ids_are_made_of_names_alone() -> None:
    row = ("/m/1.mp3", {"album": "Blue", "artist": "Joni Mitchell"})
    alone = read_albums(tracks(row))
    among = read_albums(tracks(("/a.mp3", {"album": "Red", "artist": "King Crimson"}), row))
    assert set(alone.albums) < set(among.albums)
    assert set(alone.artists) < set(among.artists)


def test_nothing_is_lost_of_a_large_collection() -> None:
    collection = make_collection(300)
    found = read_albums(collection)
    assert sorted(i for album in found.albums.values() for i in album.tracks) == list(range(300))
    assert all(found.artists_of)
    assert {artist for each in found.artists_of for artist in each} <= found.artists.keys()


def test_an_empty_collection_has_none() -> None:
    found = read_albums(tracks())
    assert (found.albums, found.artists) == ({}, {})
