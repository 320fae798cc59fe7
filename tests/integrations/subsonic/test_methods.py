"""Each method answers as the protocol describes it, in JSON and in XML."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from subsonic_support import ODD, TRACKS, App, failed, told, track_id

#: Fields that the description of the protocol requires, and those that apps cannot do without.
SONG = {
    "id": str, "isDir": bool, "title": str, "album": str, "artist": str, "albumId": str,
    "artistId": str, "duration": int, "size": int, "contentType": str, "suffix": str,
    "created": str, "coverArt": str, "type": str, "mediaType": str, "bitRate": int,
    "genres": list, "artists": list, "albumArtists": list, "moods": list, "path": str,
}  # fmt: skip
ALBUM = {
    "id": str, "name": str, "songCount": int, "duration": int, "created": str, "artist": str,
    "artistId": str, "coverArt": str, "year": int, "genres": list,
}  # fmt: skip
ARTIST = {"id": str, "name": str, "albumCount": int, "coverArt": str}
PLAYLIST = {
    "id": str, "name": str, "songCount": int, "duration": int, "created": str, "changed": str,
    "owner": str, "public": bool,
}  # fmt: skip
GENRE = {"value": str, "songCount": int, "albumCount": int}
USER = dict.fromkeys(
    ("scrobblingEnabled", "adminRole", "settingsRole", "downloadRole", "uploadRole",
     "playlistRole", "coverArtRole", "commentRole", "podcastRole", "streamRole", "jukeboxRole",
     "shareRole", "videoConversionRole"), bool,
) | {"username": str}  # fmt: skip

ONE, LAST = track_id(1), track_id(59)
#: Methods, what they are asked, where lists of theirs stand, and what each entry has.
LISTS: list[tuple[str, dict[str, Any], str, dict[str, type]]] = [
    ("getOpenSubsonicExtensions", {}, "openSubsonicExtensions", {"name": str, "versions": list}),
    ("getMusicFolders", {}, "musicFolders/musicFolder", {"id": int, "name": str}),
    ("getArtists", {}, "artists/index", {"name": str, "artist": list}),
    ("getIndexes", {}, "indexes/index", {"name": str, "artist": list}),
    ("getGenres", {}, "genres/genre", GENRE),
    ("getRandomSongs", {"size": 5}, "randomSongs/song", SONG),
    ("getSongsByGenre", {"genre": "jazz"}, "songsByGenre/song", SONG),
    ("search3", {"query": "title 01"}, "searchResult3/song", SONG),
    ("search3", {"query": "album"}, "searchResult3/album", ALBUM),
    ("search3", {"query": "guest"}, "searchResult3/artist", ARTIST),
    ("search2", {"query": ""}, "searchResult2/album", {**ALBUM, "isDir": bool}),
    ("getSimilarSongs", {"id": ONE}, "similarSongs/song", SONG),
    ("getTopSongs", {"artist": "artist 1"}, "topSongs/song", SONG),
    ("getSonicSimilarTracks", {"id": ONE}, "sonicMatch", {"entry": dict, "similarity": float}),
    ("findSonicPath", {"startSongId": ONE, "endSongId": LAST}, "sonicMatch",
     {"entry": dict, "similarity": float}),
    ("getPlaylists", {}, "playlists/playlist", PLAYLIST),
    *(("getAlbumList2", {"type": kind}, "albumList2/album", ALBUM)
      for kind in ("random", "newest", "alphabeticalByName", "alphabeticalByArtist")),
    ("getAlbumList2", {"type": "byYear", "fromYear": 1985, "toYear": 1981}, "albumList2/album",
     ALBUM),
    ("getAlbumList2", {"type": "byGenre", "genre": "ROCK"}, "albumList2/album", ALBUM),
    ("getAlbumList", {"type": "newest"}, "albumList/album", {**ALBUM, "title": str}),
    ("getUsers", {}, "users/user", USER),
]  # fmt: skip
#: Methods of one thing.
SINGLES: list[tuple[str, dict[str, Any], str, dict[str, type]]] = [
    ("getLicense", {}, "license", {"valid": bool}),
    ("getSong", {"id": ONE}, "song", SONG),
    ("getUser", {"username": "linernotes"}, "user", USER),
    ("getScanStatus", {}, "scanStatus", {"scanning": bool, "count": int}),
    ("tokenInfo", {}, "tokenInfo", {"username": str}),
    ("getIndexes", {}, "indexes", {"ignoredArticles": str, "lastModified": int}),
    ("getArtists", {}, "artists", {"ignoredArticles": str}),
]
#: What apps ask for when they begin, and which may be empty.
EMPTY = [
    ("getStarred", {}, "starred"), ("getStarred2", {}, "starred2"), ("getLyrics", {}, "lyrics"),
    ("getLyricsBySongId", {"id": ONE}, "lyricsList"), ("getNowPlaying", {}, "nowPlaying"),
    ("getBookmarks", {}, "bookmarks"), ("getPodcasts", {}, "podcasts"),
    ("getInternetRadioStations", {}, "internetRadioStations"), ("getShares", {}, "shares"),
    ("getArtistInfo", {"id": ONE}, "artistInfo"), ("getArtistInfo2", {"id": ONE}, "artistInfo2"),
    ("getAlbumInfo2", {"id": ONE}, "albumInfo"), ("getVideos", {}, "videos"),
    ("getNewestPodcasts", {}, "newestPodcasts"),
    *(("getAlbumList2", {"type": kind}, "albumList2")
      for kind in ("highest", "frequent", "recent", "starred")),
]  # fmt: skip


def at(tree: Any, where: str) -> Any:
    for step in where.split("/"):
        tree = tree[step]
    return tree


def has(entry: dict[str, Any], fields: dict[str, type]) -> None:
    for name, kind in fields.items():
        assert isinstance(entry[name], kind), (name, entry)


@pytest.mark.parametrize(("method", "asked", "where", "fields"), LISTS)
def test_lists(
    client: httpx.Client, method: str, asked: dict[str, Any], where: str, fields: dict[str, type]
) -> None:
    answer = client.get(f"/rest/{method}.view", params=asked)
    assert answer.headers["content-type"] == "application/json"
    entries = at(told(answer), where)
    assert entries
    for entry in entries:
        has(entry, fields)
        if "entry" in entry and method != "getPlaylists":
            has(entry["entry"], SONG)
            assert 0 <= entry["similarity"] <= 1
    answer = client.get(f"/rest/{method}", params={**asked, "f": "xml"})
    assert answer.headers["content-type"].startswith("application/xml")
    root = ElementTree.fromstring(answer.content)
    found = root.findall("/".join(f"{{http://subsonic.org/restapi}}{s}" for s in where.split("/")))
    assert len(found) == len(entries) or asked.get("type") == "random"


@pytest.mark.parametrize(("method", "asked", "where", "fields"), SINGLES)
def test_singles(
    client: httpx.Client, method: str, asked: dict[str, Any], where: str, fields: dict[str, type]
) -> None:
    has(at(told(client.get(f"/rest/{method}", params=asked)), where), fields)


@pytest.mark.parametrize(("method", "asked", "where"), EMPTY)
def test_what_may_be_empty_is_there(
    client: httpx.Client, method: str, asked: dict[str, Any], where: str
) -> None:
    assert isinstance(told(client.get(f"/rest/{method}", params=asked))[where], dict)


def test_forms_that_are_posted(app: App) -> None:
    with app.served.client() as client:
        shown = {"apiKey": app.password.api_key, "f": "json"}
        answer = client.post("/rest/getSong.view", data={**shown, "id": ONE})
        assert told(answer)["song"]["id"] == ONE
        answer = client.post("/rest/getSong", params=shown, data={"id": track_id(2)})
        assert told(answer)["song"]["id"] == track_id(2)


def test_from_artists_to_albums_to_tracks(client: httpx.Client) -> None:
    index = told(client.get("/rest/getArtists"))["artists"]["index"]
    assert [each["name"] for each in index] == ["A", "G", "V"]
    artist = next(a for each in index for a in each["artist"] if a["name"] == "Artist 1")
    albums = told(client.get("/rest/getArtist", params={"id": artist["id"]}))["artist"]["album"]
    assert [album["name"] for album in albums] == ["Album 01", "Album 07"]
    for album in albums:
        has(album, ALBUM)
    whole = told(client.get("/rest/getAlbum", params={"id": albums[0]["id"]}))["album"]
    has(whole, ALBUM)
    assert [song["id"] for song in whole["song"]] == [track_id(i) for i in range(5, 10)]
    assert [song["track"] for song in whole["song"]] == [1, 2, 3, 4, 5]
    assert whole["song"][2]["title"] == "a\ufffdb<&>\"'\u2028]]>\ufffd é \U0001f600"
    assert ODD not in str(whole)
    folder = told(client.get("/rest/getMusicDirectory", params={"id": artist["id"]}))["directory"]
    assert [each["isDir"] for each in folder["child"]] == [True, True]
    inner = {"id": folder["child"][0]["id"]}
    songs = told(client.get("/rest/getMusicDirectory", params=inner))["directory"]["child"]
    assert [song["id"] for song in songs] == [song["id"] for song in whole["song"]]


def test_a_compilation_belongs_to_various_artists(client: httpx.Client) -> None:
    found = told(client.get("/rest/search3", params={"query": "sampler"}))["searchResult3"]
    assert [album["artist"] for album in found["album"]] == ["Various artists"]
    assert {song["artist"] for song in found["song"]} == {f"Guest {i}" for i in range(55, 60)}


def test_an_empty_search_lists_everything_in_pages(client: httpx.Client) -> None:
    found: list[str] = []
    for query in ("", '""'):
        for offset in range(0, TRACKS + 20, 20):
            asked = {"query": query, "songCount": 20, "songOffset": offset, "albumCount": 0}
            result = told(client.get("/rest/search3", params=asked))["searchResult3"]
            assert result["album"] == []
            found += [song["id"] for song in result["song"]]
    assert sorted(found) == sorted(2 * [track_id(i) for i in range(TRACKS)])


def test_genres_are_those_of_the_files_and_else_what_is_heard(client: httpx.Client) -> None:
    genres = {
        each["value"]: each["songCount"]
        for each in told(client.get("/rest/getGenres"))["genres"]["genre"]
    }
    assert (genres["Jazz"], genres["Blues"], genres["rock"]) == (20, 20, 20)
    heard = set(genres) - {"Jazz", "Blues", "rock"}
    assert heard
    for genre in heard:
        asked = {"genre": genre, "count": 500}
        songs = told(client.get("/rest/getSongsByGenre", params=asked))["songsByGenre"]["song"]
        assert len(songs) == genres[genre]
        assert all(int(song["id"], 16) % 3 == 2 for song in songs)


def test_what_is_heard_is_a_playlist_that_nobody_changes(client: httpx.Client) -> None:
    lists = told(client.get("/rest/getPlaylists"))["playlists"]["playlist"]
    heard = [each for each in lists if each["name"].startswith("Heard: ")]
    assert heard
    assert all(each["readonly"] for each in heard)
    whole = told(client.get("/rest/getPlaylist", params={"id": heard[0]["id"]}))["playlist"]
    assert len(whole["entry"]) == whole["songCount"] >= 5
    for song in whole["entry"]:
        has(song, SONG)
    item = heard[0]["id"]
    assert failed(client.get("/rest/deletePlaylist", params={"id": item})) == 50
    for method in ("updatePlaylist", "createPlaylist"):
        asked = {"playlistId": item, "name": "x"}
        assert failed(client.get(f"/rest/{method}", params=asked)) == 50


def test_a_playlist_is_made_changed_and_deleted(client: httpx.Client) -> None:
    three = [track_id(i) for i in (3, 1, 3)]
    made = told(client.get("/rest/createPlaylist", params={"name": ODD, "songId": three}))
    made = made["playlist"]
    has(made, PLAYLIST)
    assert [song["id"] for song in made["entry"]] == three
    asked = {"playlistId": made["id"], "songIdToAdd": [track_id(9)], "name": "Mine",
             "comment": "good", "songIndexToRemove": ["0", "1"]}  # fmt: skip
    told(client.post("/rest/updatePlaylist", data={**asked, **dict(client.params)}))
    now = told(client.get("/rest/getPlaylist", params={"id": made["id"]}))["playlist"]
    assert (now["name"], now["comment"]) == ("Mine", "good")
    assert [song["id"] for song in now["entry"]] == [track_id(3), track_id(9)]
    asked = {"playlistId": made["id"], "songId": [track_id(5)]}
    now = told(client.get("/rest/createPlaylist", params=asked))["playlist"]
    assert ([song["id"] for song in now["entry"]], now["name"]) == ([track_id(5)], "Mine")
    told(client.get("/rest/deletePlaylist", params={"id": made["id"]}))
    assert failed(client.get("/rest/getPlaylist", params={"id": made["id"]})) == 70


def test_similar_tracks_of_an_artist_are_not_that_artists_alone(client: httpx.Client) -> None:
    index = told(client.get("/rest/getArtists"))["artists"]["index"]
    artist = index[0]["artist"][0]
    asked = {"id": artist["id"], "count": 12}
    songs = told(client.get("/rest/getSimilarSongs2", params=asked))["similarSongs2"]["song"]
    assert len(songs) == 12
    assert artist["id"] not in {song["artistId"] for song in songs}


def test_a_path_begins_and_ends_where_it_should(client: httpx.Client) -> None:
    asked = {"startSongId": ONE, "endSongId": LAST, "count": 6}
    path = told(client.get("/rest/findSonicPath", params=asked))["sonicMatch"]
    assert (path[0]["entry"]["id"], path[-1]["entry"]["id"]) == (ONE, LAST)
    assert len(path) <= 6
    assert path[0]["similarity"] == 1
    asked = {"startSongId": ONE, "endSongId": ONE}
    assert len(told(client.get("/rest/findSonicPath", params=asked))["sonicMatch"]) == 1


def test_years_go_up_and_down(client: httpx.Client) -> None:
    for first, last in ((1981, 1983), (1983, 1981)):
        asked = {"type": "byYear", "fromYear": first, "toYear": last}
        albums = told(client.get("/rest/getAlbumList2", params=asked))["albumList2"]["album"]
        years = [album["year"] for album in albums]
        assert years == (sorted(years) if first < last else sorted(years, reverse=True))
        assert set(years) == {1981, 1982, 1983}


def test_nothing_tells_where_files_lie(client: httpx.Client, app: App) -> None:
    folder = str(app.file.path.parent.parent)
    for method, asked in (("getSong", {"id": ONE}), ("search3", {"query": ""})):
        assert folder not in client.get(f"/rest/{method}", params=asked).text
