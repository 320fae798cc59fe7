"""What apps tell of stars, ratings and plays is kept, told again, and teaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from serving_support import serve
from subsonic_support import App, failed, told, track_id

from linernotes.explore import Library
from linernotes.integrations.subsonic.authentication import PasswordFile
from linernotes.library.taste import Taste
from linernotes.web import create_app

ONE, TWO = track_id(1), track_id(2)


@pytest.fixture
def taught(place: Path, tmp_path: Path) -> Iterator[App]:
    """A server whose similar tracks lean to what is liked, with a library of its own."""
    import shutil

    shutil.copytree(place / "library", tmp_path / "library")
    file = PasswordFile(tmp_path / "subsonic.json")
    file.renew()
    made = create_app(
        Library(tmp_path / "library"), workers=1, cache=tmp_path / "cache",
        state=tmp_path / "state", subsonic=file, taste=True,
    )  # fmt: skip
    with serve(made) as served:
        yield App(served, file)


def song(client: httpx.Client, track: str) -> dict[str, Any]:
    found: dict[str, Any] = told(client.get("/rest/getSong", params={"id": track}))["song"]
    return found


def test_stars_and_ratings_come_back_everywhere(taught: App) -> None:
    with taught.client() as client:
        album, artist = (song(client, ONE)[name] for name in ("albumId", "artistId"))
        asked = {"id": [ONE, TWO], "albumId": album, "artistId": artist}
        told(client.get("/rest/star", params=asked))
        told(client.get("/rest/setRating", params={"id": ONE, "rating": 5}))
        told(client.get("/rest/setRating", params={"id": album, "rating": 4}))
        assert song(client, ONE)["starred"][:2] == "20"
        assert song(client, ONE)["userRating"] == 5
        starred = told(client.get("/rest/getStarred2"))["starred2"]
        assert {each["id"] for each in starred["song"]} == {ONE, TWO}
        assert [each["id"] for each in starred["album"]] == [album]
        assert [each["id"] for each in starred["artist"]] == [artist]
        assert told(client.get("/rest/getStarred"))["starred"]["album"][0]["isDir"]
        for kind in ("starred", "highest"):
            albums = told(client.get("/rest/getAlbumList2", params={"type": kind}))["albumList2"]
            assert [each["id"] for each in albums["album"]] == [album]
        told(client.get("/rest/unstar", params=asked))
        told(client.get("/rest/setRating", params={"id": ONE, "rating": 0}))
        assert {"starred", "userRating"}.isdisjoint(song(client, ONE))
        assert told(client.get("/rest/getStarred2"))["starred2"]["song"] == []


@pytest.mark.parametrize(
    ("method", "asked", "number"),
    [
        ("star", {}, 10), ("star", {"id": "nothing"}, 70), ("star", {"id": [ONE, "nothing"]}, 70),
        ("setRating", {"id": ONE}, 10), ("setRating", {"id": ONE, "rating": 6}, 10),
        ("setRating", {"id": ONE, "rating": -1}, 10), ("setRating", {"id": ONE, "rating": "x"}, 10),
        ("scrobble", {}, 10), ("scrobble", {"id": "nothing"}, 70),
        ("scrobble", {"id": ONE, "time": "x"}, 10), ("scrobble", {"id": ONE, "time": [1, 2]}, 10),
        ("scrobble", {"id": [ONE, TWO], "time": 1}, 10),
    ],
)  # fmt: skip
def test_nonsense_leaves_nothing(
    client: httpx.Client, app: App, method: str, asked: dict[str, Any], number: int
) -> None:
    before = app.served.app.state.services.learned.taste.counts()
    assert failed(client.get(f"/rest/{method}", params=asked)) == number
    assert app.served.app.state.services.learned.taste.counts() == before


def test_plays_are_counted_once_though_told_again(taught: App) -> None:
    now = round(datetime.now(UTC).timestamp() * 1000)
    with taught.client() as client:
        for _ in range(3):
            asked = {"id": [ONE, TWO], "time": [now - 600_000, now - 300_000]}
            told(client.get("/rest/scrobble", params=asked))
        told(client.get("/rest/scrobble", params={"id": ONE}))
        assert (song(client, ONE)["playCount"], song(client, TWO)["playCount"]) == (2, 1)
        future = {"id": TWO, "time": now + 10**12}
        told(client.get("/rest/scrobble", params=future))
        assert song(client, TWO)["played"] < "2100"
        for kind in ("frequent", "recent"):
            albums = told(client.get("/rest/getAlbumList2", params={"type": kind}))["albumList2"]
            assert len(albums["album"]) == 1
            assert albums["album"][0]["playCount"] == 4
        top = told(client.get("/rest/getTopSongs", params={"artist": "Artist 0"}))["topSongs"]
        assert {each["id"] for each in top["song"][:2]} == {ONE, TWO}


def test_what_plays_now_and_what_was_left_soon(taught: App) -> None:
    taste: Taste = taught.served.app.state.services.learned.taste
    playing_now = taught.served.app.state.subsonic._playing
    with taught.client() as client:

        def play(track: str, **more: Any) -> None:
            told(client.get("/rest/scrobble", params={"id": track, "submission": "false", **more}))

        play(track_id(20), c="phone")
        playing = told(client.get("/rest/getNowPlaying"))["nowPlaying"]["entry"]
        assert [(each["id"], each["playerName"]) for each in playing] == [(track_id(20), "phone")]
        play(track_id(21), c="desk")
        play(track_id(20), c="phone")
        assert taste.counts()["skips"] == 0
        play(track_id(22), c="phone")
        assert taste.opinions()[track_id(20)].skips == 1
        # A while later.
        playing_now["phone"] = replace(playing_now["phone"], since=playing_now["phone"].since - 100)
        play(track_id(23), c="phone")
        told(client.get("/rest/scrobble", params={"id": track_id(23), "c": "phone"}))
        play(track_id(24), c="phone")
        assert taste.counts()["skips"] == 1


def test_without_taste_no_skip_is_noted(app: App, client: httpx.Client) -> None:
    for i in (30, 31):
        asked = {"id": track_id(i), "submission": "false"}
        told(client.get("/rest/scrobble", params=asked))
    assert app.served.app.state.services.learned.taste.counts()["skips"] == 0


def test_what_is_liked_moves_what_is_like_it(taught: App) -> None:
    with taught.client() as client:
        asked = {"id": ONE, "count": 59}

        def order() -> list[str]:
            found = told(client.get("/rest/getSonicSimilarTracks", params=asked))["sonicMatch"]
            return [each["entry"]["id"] for each in found]

        before = order()
        liked, disliked = before[40], before[5]
        told(client.get("/rest/star", params={"id": liked}))
        told(client.get("/rest/setRating", params={"id": disliked, "rating": 1}))
        after = order()
        assert after.index(liked) < before.index(liked)
        assert after.index(disliked) > before.index(disliked)
        page = client.get("/api/v1/similar", params={"track": ONE, "n": 59}).json()["matches"]
        assert [each["track_id"] for each in page] == after
        plain = client.get("/api/v1/similar", params={"track": ONE, "n": 59, "taste": False})
        assert [each["track_id"] for each in plain.json()["matches"]] == before
