"""Apps that lie, ask for too much, or are none."""

from __future__ import annotations

import hashlib
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from serving_support import serve
from subsonic_support import TRACKS, App, failed, told, track_id

from linernotes.explore import Library
from linernotes.integrations.subsonic.authentication import Attempts, PasswordFile
from linernotes.integrations.subsonic.router import METHOD_NAMES
from linernotes.library.playlists import Playlists
from linernotes.web import create_app

LIES = [
    "", "../../../etc/passwd", "x' OR '1'='1; DROP TABLE files; --", "\x00\ud7ff\uffff",
    "heard-x", "NaN", "9" * 400, "a\r\nSet-Cookie: x=1",
]  # fmt: skip
#: Names of parameters that methods have, to each of which anything is said.
NAMES = (
    "id", "albumId", "artistId", "songId", "playlistId", "startSongId", "endSongId", "artist",
    "genre", "type", "query", "name", "size", "count", "offset", "rating", "time", "fromYear",
    "toYear", "format", "maxBitRate", "timeOffset", "songIdToAdd", "songIndexToRemove",
    "songCount", "songOffset", "submission", "username",
)  # fmt: skip
QUIET = sorted(set(METHOD_NAMES) - {"startScan"})


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_breaks_a_method(app: App, client: httpx.Client, lie: str) -> None:
    for method in QUIET:
        answer = client.post(f"/rest/{method}", data=dict.fromkeys(NAMES, lie))
        assert answer.status_code == 200
        found = answer.json()["subsonic-response"]
        if found["status"] == "failed":
            assert found["error"]["code"] in (0, 10, 50, 70)
            assert "unexpected" not in found["error"]["message"], (method, lie)


def test_ids_of_another_kind_are_told_apart(client: httpx.Client) -> None:
    album = told(client.get("/rest/getSong", params={"id": track_id(1)}))["song"]["albumId"]
    for method in ("getSong", "stream", "download", "scrobble", "getSonicSimilarTracks"):
        assert failed(client.get(f"/rest/{method}", params={"id": album})) == 70
    assert failed(client.get("/rest/getArtist", params={"id": album})) == 70
    assert failed(client.get("/rest/getAlbum", params={"id": track_id(1)})) == 70
    assert failed(client.get("/rest/getPlaylist", params={"id": album})) == 70


def test_a_megabyte_of_an_id_is_no_id(client: httpx.Client) -> None:
    for size in (10**6, 5 * 10**6):
        assert failed(client.post("/rest/getSong", data={"id": "x" * size})) == 70
    huge = client.post("/rest/getSong", data={"id": "x" * 20 * 10**6})
    assert huge.status_code == 413
    many = "&".join(f"id={i}" for i in range(100_000))
    answer = client.post("/rest/star", content=many)
    assert ElementTree.fromstring(answer.content)[0].attrib["code"] == "10"


@pytest.mark.parametrize("number", ["999999999999", "1e308", "-5", "0", "0.5", "", "inf"])
def test_counts_and_offsets_of_any_size(client: httpx.Client, number: str) -> None:
    asked = dict.fromkeys(("size", "count", "offset", "songCount", "songOffset"), number)
    for method, more in (
        ("getAlbumList2", {"type": "random"}), ("getRandomSongs", {}), ("search3", {"query": ""}),
        ("getSimilarSongs", {"id": track_id(1)}), ("getSongsByGenre", {"genre": "rock"}),
        ("getSonicSimilarTracks", {"id": track_id(1)}), ("getTopSongs", {"artist": "Artist 1"}),
    ):  # fmt: skip
        answer = client.get(f"/rest/{method}", params={**asked, **more})
        assert answer.status_code == 200
        assert len(answer.content) < 200_000


def test_all_at_once_is_one_page_and_no_more(client: httpx.Client) -> None:
    asked = {"query": "", "songCount": 10**9, "albumCount": 10**9, "artistCount": 10**9}
    assert len(told(client.get("/rest/search3", params=asked))["searchResult3"]["song"]) == TRACKS


def test_nobody_comes_in_without_the_secret(app: App) -> None:
    with app.served.client() as client:
        for method in METHOD_NAMES:
            answer = client.get(f"/rest/{method}", params={"f": "json", "id": track_id(0)})
            if method != "getOpenSubsonicExtensions":
                assert failed(answer) == 10
        assert told(client.get("/rest/getOpenSubsonicExtensions", params={"f": "json"}))
        answer = client.get("/rest/ping", params={"u": "linernotes"})
        assert ElementTree.fromstring(answer.content)[0].attrib["code"] == "10"


def test_the_pages_token_and_the_apps_secret_open_nothing_of_each_other(place: Path) -> None:
    import shutil

    file = PasswordFile(place / "other.json")
    shown = file.renew()
    shutil.copytree(place / "library", place / "copy")
    token = "correct horse battery staple"
    made = create_app(
        Library(place / "copy"), workers=1, cache=place / "c", state=place / "s", token=token,
        subsonic=file,
    )  # fmt: skip
    with serve(made) as served, served.client() as client:
        asked = {"f": "json", "apiKey": shown.api_key}
        assert told(client.get("/rest/ping", params=asked))
        for secret in (shown.api_key, shown.password):
            refused = client.get("/api/v1/summary", headers={"Authorization": f"Bearer {secret}"})
            assert refused.status_code == 401
        assert failed(client.get("/rest/ping", params={**asked, "apiKey": token})) == 44
        bearer = {"Authorization": f"Bearer {token}"}
        assert failed(client.get("/rest/ping", params={"f": "json"}, headers=bearer)) == 10


def test_without_being_asked_for_there_is_no_such_server(place: Path) -> None:
    made = create_app(Library(place / "library"), workers=1, cache=place / "d", state=place / "t")
    with serve(made) as served, served.client() as client:
        assert client.get("/rest/ping").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403), ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Origin": "null"}, 403), ({}, 200),
    ],
)  # fmt: skip
def test_other_names_and_pages_are_refused(
    client: httpx.Client, headers: dict[str, str], status: int
) -> None:
    assert client.get("/rest/ping", headers=headers).status_code == status


def test_wrong_passwords_have_to_wait_and_others_do_not(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = app.served.app.state.subsonic
    monkeypatch.setattr(server.attempts, "_most", 5)
    salt = "ab12cd"
    right = {"f": "json", "u": "linernotes", "s": salt,
             "t": hashlib.md5((app.password.password + salt).encode()).hexdigest()}  # fmt: skip
    try:
        with app.served.client() as client:
            assert told(client.get("/rest/ping", params=right))

            def guess(i: int) -> int:
                wrong = {**right, "t": hashlib.md5(str(i).encode()).hexdigest()}
                return failed(client.get("/rest/ping", params=wrong))

            with ThreadPoolExecutor(4) as many:
                assert set(many.map(guess, range(40))) == {40}
            refused = client.get("/rest/ping", params=right)
            assert failed(refused) == 40
            assert "wait" in refused.text
            assert not server.attempts.are_too_many("192.0.2.9")
    finally:
        server.attempts._failures.clear()
    with app.client() as client:
        assert told(client.get("/rest/ping"))


def test_attempts_are_counted_by_address(app: App) -> None:
    attempts = Attempts(most=1)
    attempts.failed("::1")
    assert attempts.are_too_many("::1")
    assert not attempts.are_too_many("127.0.0.1")


def test_no_request_is_too_odd(app: App, client: httpx.Client) -> None:
    shown = {"apiKey": app.password.api_key, "f": "json"}
    for method in ("getNope", "%2e%2e", "ping.view.view", "PING", "x" * 3000, "é", "ping.php"):
        assert failed(client.get(f"/rest/{method}")) == 0
    assert client.put("/rest/ping").status_code == 405
    assert told(client.post("/rest/ping", content=b"\xff\xfe=%zz&&&=&a;b"))
    for form in ("yaml", "", "JSON", "\x00"):
        answer = client.get("/rest/ping", params={**shown, "f": form})
        assert b"subsonic-response" in answer.content
    with socket.create_connection(("127.0.0.1", app.served.port)) as half:
        half.sendall(b"POST /rest/ping HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\nf=")
    assert told(client.get("/rest/ping"))


def test_ten_thousand_playlists(app: App, client: httpx.Client) -> None:
    playlists: Playlists = app.served.app.state.subsonic.playlists
    made = playlists.create_all(
        [(f"List {i} \x02\ud7ff<&>", [track_id(i % TRACKS)] * 3) for i in range(10_000)]
    )
    lists = told(client.get("/rest/getPlaylists"))["playlists"]["playlist"]
    assert len(lists) >= 10_000
    root = ElementTree.fromstring(client.get("/rest/getPlaylists", params={"f": "xml"}).content)
    assert len(root[0]) == len(lists)
    one: dict[str, Any] = told(client.get("/rest/getPlaylist", params={"id": made[77].id}))
    assert [song["id"] for song in one["playlist"]["entry"]] == [track_id(17)] * 3
    told(client.get("/rest/deletePlaylist", params={"id": made[77].id}))
    assert failed(client.get("/rest/getPlaylist", params={"id": made[77].id})) == 70
