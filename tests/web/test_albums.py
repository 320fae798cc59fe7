"""Albums, artists, duplicates and covers over a real socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from album_support import ALBUMS, HOSTILE, UNBROKEN
from fastapi import FastAPI
from picture_support import opened

from linernotes.explore import Library
from linernotes.web import create_app

Serve = Callable[[FastAPI], AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def client(
    served: Serve, albums: Library, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    app = create_app(albums, workers=1, cache=tmp_path_factory.mktemp("cache"))
    with served(app) as house, house.client() as found:
        yield found


def get(client: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_albums_are_listed_sorted_and_searched(client: httpx.Client) -> None:
    found = get(client, "/albums", sort="year")
    assert found["total"] == len(ALBUMS)
    assert [album["name"] for album in found["albums"]] == [name.strip() for name, *_ in ALBUMS]
    assert found["albums"][2]["artist"] == "Various artists"
    longest = get(client, "/albums", sort="tracks", descending=True)["albums"]
    assert longest[0]["tracks"] == 4
    blue = get(client, "/albums", q="BLUE oth")
    assert [(album["name"], album["artist"]) for album in blue["albums"]] == [("Blue", "Other")]
    page = get(client, "/albums", sort="year", offset=4, limit=1)
    assert (page["total"], len(page["albums"])) == (6, 1)


def test_an_album_tells_its_tracks_in_order(client: httpx.Client) -> None:
    row = get(client, "/albums", q="blue other")["albums"][0]
    album = get(client, f"/albums/{row['id']}")
    assert [(t["number"], t["title"]) for t in album["list"]] == [(1, "Four"), (2, "Five")]
    assert {t["album_id"] for t in album["list"]} == {row["id"]}
    assert client.get("/api/v1/albums/al-none").status_code == 404


def test_artists_have_albums_and_what_is_on_others(client: httpx.Client) -> None:
    names = [artist["name"] for artist in get(client, "/artists", limit=200)["artists"]]
    assert {"Joni", "Other", "Various artists", UNBROKEN, HOSTILE} <= set(names)
    joni = next(a for a in get(client, "/artists", q="joni")["artists"] if a["name"] == "Joni")
    told = get(client, f"/artists/{joni['id']}")
    assert [album["name"] for album in told["own"]] == ["Blue"]
    assert [track["title"] for track in told["list"]] == ["Six"]
    assert told["others"] == 1
    assert get(client, "/artists", sort="tracks", descending=True)["artists"][0]["name"] == "Joni"
    assert client.get("/api/v1/artists/ar-none").status_code == 404


@pytest.mark.parametrize(("size", "pixels"), [("small", 96), ("medium", 320), ("large", 500)])
def test_covers_are_drawn_anew(client: httpx.Client, size: str, pixels: int) -> None:
    path = f"/api/v1/tracks/{0:032x}/cover"
    answer = client.get(path, params={"size": size})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert max(opened(answer.content).size) == pixels
    known = {"If-None-Match": answer.headers["etag"]}
    assert client.get(path, params={"size": size}, headers=known).status_code == 304


def test_every_format_of_a_cover_is_shown_and_no_bomb(client: httpx.Client) -> None:
    for row in get(client, "/albums")["albums"]:
        answer = client.get(f"/api/v1/tracks/{row['cover']}/cover")
        without = row["name"] in ("Hits", HOSTILE)
        assert answer.status_code == (204 if without else 200), row["name"]
    assert client.get("/api/v1/tracks/nothing/cover").status_code == 404
    assert client.get(f"/api/v1/tracks/{0:032x}/cover", params={"size": "9"}).status_code == 422


def test_duplicates_say_which_and_what_to_keep(client: httpx.Client) -> None:
    found = get(client, "/duplicates")
    assert found["total"] == 1
    (group,) = found["groups"]
    assert group["certainty"] == "same recording"
    names = sorted(Path(each["path"]).name for each in group["files"])
    assert names == ["0.ogg", "0.wav", "again.ogg"]
    keep = group["files"][group["keep"]]
    assert Path(keep["path"]).name == "0.wav"
    assert (keep["format"], keep["lossless"], group["why"]) == ("wav", True, "lossless")
    assert keep["kbits"] < 300  # mono at 16 kHz, and still the best


@pytest.mark.parametrize("sort", ["heard_genre", "heard_mood", "energy", "key", "album", "tempo"])
def test_every_column_sorts_and_what_is_not_told_comes_last(
    client: httpx.Client, sort: str
) -> None:
    for descending in (False, True):
        rows = get(client, "/tracks", sort=sort, descending=descending)["tracks"]
        told = [row[sort] for row in rows]
        unsaid = (None, "not sure", "none of these")
        kept = [value for value in told if value not in unsaid]
        assert told[: len(kept)] == kept
        numbers = all(isinstance(value, float) for value in kept)
        plain = kept if numbers else [str(value).casefold() for value in kept]
        if sort != "album":  # whose letters are not all compared as they are
            assert plain == sorted(plain, reverse=descending)


def test_a_track_is_answered_with_certainty(client: httpx.Client) -> None:
    told = get(client, f"/tracks/{1:032x}")
    genre, mood = told["answers"]["genre"], told["answers"]["mood"]
    assert genre["certainty"] in ("sure", "likely", "not sure", "none of these")
    assert genre["answer"] == told["track"]["heard_genre"]
    assert mood["answer"] == told["track"]["heard_mood"]
    assert len(genre["classes"]) == 5
    assert abs(mood["energy"] - told["track"]["energy"]) < 1e-3
