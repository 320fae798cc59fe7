"""Client libraries that people use, against a server that runs."""

from __future__ import annotations

import io
from contextlib import closing
from typing import Any

import av
import pytest
from subsonic_support import TRACKS, App, track_id

libsonic = pytest.importorskip("libsonic")
libopensonic = pytest.importorskip("libopensonic")
knuckles = pytest.importorskip("knuckles")

ONE, LAST = track_id(1), track_id(59)


def seconds(data: bytes) -> float:
    """Return how long a sound is, by decoding it."""
    with av.open(io.BytesIO(data)) as opened:
        frames = opened.decode(audio=0)
        return sum(frame.samples / frame.sample_rate for frame in frames)


@pytest.fixture(params=[False, True], ids=["token", "password"])
def sonic(app: App, request: pytest.FixtureRequest) -> Any:
    """py-sonic, with a token and with a password, which it posts as a form."""
    shown = app.password
    return libsonic.Connection(
        "http://127.0.0.1", shown.user, shown.password, port=app.served.port,
        legacyAuth=request.param, appName="tests"
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_py_sonic(sonic: Any) -> None:
    assert sonic.ping()
    assert sonic.getLicense()["license"]["valid"]
    artists = sonic.getArtists()["artists"]["index"][0]["artist"]
    artist = sonic.getArtist(artists[0]["id"])["artist"]
    album = sonic.getAlbum(artist["album"][0]["id"])["album"]
    song = album["song"][0]
    assert sonic.getSong(song["id"])["song"]["title"] == "Title 00"
    assert len(sonic.getSimilarSongs(song["id"], count=7)["similarSongs"]["song"]) == 7
    assert len(sonic.getSimilarSongs2(artist["id"], count=7)["similarSongs2"]["song"]) == 7
    assert len(sonic.getAlbumList2("newest", size=4)["albumList2"]["album"]) == 4
    assert sonic.search3("title 4", songCount=50)["searchResult3"]["song"]
    assert len(sonic.getRandomSongs(size=9)["randomSongs"]["song"]) == 9
    assert sonic.star(sids=[ONE], albumIds=[album["id"]], artistIds=[artist["id"]])
    starred = sonic.getStarred2()["starred2"]
    assert [len(starred[kind]) for kind in ("artist", "album", "song")] == [1, 1, 1]
    assert sonic.unstar(sids=[ONE], albumIds=[album["id"]], artistIds=[artist["id"]])
    assert sonic.setRating(ONE, 4)
    assert sonic.getSong(ONE)["song"]["userRating"] == 4
    assert sonic.scrobble(ONE)
    made = sonic.createPlaylist(name="Of py-sonic", songIds=[ONE, LAST])["playlist"]
    assert sonic.updatePlaylist(made["id"], comment="changed", songIndexesToRemove=[0])
    assert [e["id"] for e in sonic.getPlaylist(made["id"])["playlist"]["entry"]] == [LAST]
    assert sonic.deletePlaylist(made["id"])
    with pytest.raises(libsonic.errors.DataNotFoundError):
        sonic.getSong("nothing")
    with closing(sonic.stream(track_id(0), maxBitRate=96, tformat="mp3")) as answer:
        assert 7 < seconds(answer.read()) < 9
    with closing(sonic.getCoverArt(album["id"], size=96)) as answer:
        assert answer.read()[:3] == b"\xff\xd8\xff"
    with closing(sonic.download(ONE)) as answer:
        assert 7 < seconds(answer.read()) < 9


@pytest.mark.parametrize("with_key", [True, False])
def test_py_opensonic(app: App, *, with_key: bool) -> None:
    shown = app.password
    who = (
        {"api_key": shown.api_key}
        if with_key
        else {"username": shown.user, "password": shown.password}
    )
    connection = libopensonic.Connection("http://127.0.0.1", port=app.served.port, **who)
    assert connection.ping()
    extensions = {each.name for each in connection.get_open_subsonic_extensions()}
    assert extensions == {
        "sonicSimilarity", "formPost", "apiKeyAuthentication", "transcodeOffset"
    }  # fmt: skip
    similar = connection.get_sonic_similar_tracks(ONE, count=5)
    assert len(similar) == 5
    assert [s.similarity for s in similar] == sorted((s.similarity for s in similar), reverse=True)
    path = connection.find_sonic_path(ONE, LAST, count=5)
    assert [path[0].entry.id, path[-1].entry.id] == [ONE, LAST]
    artists = connection.get_artists()
    assert artists.index
    artist = connection.get_artist(artists.index[0].artist[0].id)
    assert connection.get_album(artist.album[0].id).song[0].title == "Title 00"
    assert len(connection.get_album_list2("alphabeticalByName", size=500)) == 12
    assert len(connection.search3("", song_count=500).song) == TRACKS
    assert {genre.value for genre in connection.get_genres()} >= {"Jazz", "rock"}
    assert connection.get_user(shown.user).stream_role
    made = connection.create_playlist(name="Of py-opensonic", song_ids=[ONE])
    assert made
    mine = next(p for p in connection.get_playlists() if p.name == "Of py-opensonic")
    assert connection.update_playlist(mine.id, song_ids_to_add=[LAST])
    assert [entry.id for entry in connection.get_playlist(mine.id).entry] == [ONE, LAST]
    assert connection.delete_playlist(mine.id)
    assert connection.get_scan_status().scanning is False
    assert connection.get_top_songs("Artist 1")
    assert connection.get_indexes().index
    assert connection.get_starred2() is not None
    with pytest.raises(libopensonic.errors.DataNotFoundError):
        connection.get_song("nothing")
    connection.cleanup()
    connection._loop.close()


def test_knuckles(app: App) -> None:
    shown = app.password
    subsonic = knuckles.Subsonic(
        f"http://127.0.0.1:{app.served.port}", shown.user, shown.password, "tests", use_https=False
    )
    assert subsonic.system.ping().status == "ok"
    assert subsonic.system.get_license().valid
    artists = subsonic.browsing.get_artists()
    assert artists
    album = subsonic.browsing.get_artist(artists[0].id).albums[0]
    songs = subsonic.browsing.get_album(album.id).songs
    assert [song.track for song in songs] == [1, 2, 3, 4, 5]
    assert len(subsonic.browsing.get_similar_songs(artists[0].id, 5)) == 5
    assert subsonic.searching.search("title 3", song_count=30).songs
    assert len(subsonic.lists.get_random_songs(5)) == 5
    made = subsonic.playlists.create_playlist("Of knuckles", song_ids=[ONE])
    assert made is not None
    # Of lists it knows no field that came later, such as that nobody may change one.
    assert subsonic.playlists.get_playlist(made.id).songs[0].id == ONE
    subsonic.playlists.delete_playlist(made.id)
    subsonic.media_annotation.star_song(ONE)
    assert [song.id for song in subsonic.lists.get_starred().songs] == [ONE]
    subsonic.media_annotation.unstar_song(ONE)
    assert subsonic.media_library_scanning.get_scan_status().scanning is False
    wrong = knuckles.Subsonic(
        f"http://127.0.0.1:{app.served.port}", shown.user, "wrong", "tests", use_https=False
    )
    with pytest.raises(knuckles.exceptions.ErrorCode40):
        wrong.system.ping()
