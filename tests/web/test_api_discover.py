"""The API of discovering over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest


@pytest.fixture(scope="module")
def client(house: Any) -> Iterator[httpx.Client]:
    with house.client() as found:
        yield found


def post(client: httpx.Client, path: str, **body: Any) -> Any:
    answer = client.post(f"/api/v1{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def track(i: int) -> str:
    return f"{i:032x}"


def test_everything_is_asked_at_once(client: httpx.Client) -> None:
    found = post(
        client, "/discover", words="jazz pianno xyzzy", tracks=[track(1)], unlike=[track(2)],
        artists=["Artist 3"], unlike_artists=["Artist 2"], where="year>1960", n=5, per_artist=1,
        wishes={"energy": 0.5, "tempo": 120, "brightness": 0.9},
    )  # fmt: skip
    assert found["understood"] == [
        {"words": "jazz", "meaning": "jazz"},
        {"words": "pianno", "meaning": "piano"},
    ]
    assert found["unknown"] == ["xyzzy"]
    artists = [match["artist"] for match in found["matches"]]
    assert len(set(artists)) == len(artists)
    assert not {"Artist 2", "Artist 3"} & set(artists)
    assert all(match["why"] for match in found["matches"])
    assert post(client, "/discover")["matches"] == []


def test_wrong_requests_are_told(client: httpx.Client) -> None:
    for body, status, code in (
        ({"tracks": ["nobody"]}, 404, "not-there"),
        ({"tracks": ["/etc/passwd"]}, 404, "not-there"),
        ({"artists": ["Nobody"]}, 404, "track-not-found"),
        ({"where": "tempi>3"}, 400, "filter"),
        ({"wishes": {"colour": 1}}, 400, "wish"),
        ({"wishes": {"tempo": "fast"}}, 400, "wish"),
        ({"words": "x" * 501}, 422, "invalid"),
        ({"tracks": [track(0)] * 201}, 422, "invalid"),
        ({"n": 0}, 422, "invalid"),
    ):
        answer = client.post("/api/v1/discover", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_radio_never_repeats(client: httpx.Client) -> None:
    played: list[str] = []
    while more := post(client, "/radio", tracks=[track(5)], played=played, n=7)["matches"]:
        played += [match["track_id"] for match in more]
        assert len(played) <= 24
    assert played[0] == track(5)
    assert len(set(played)) == len(played) > 15
    again = post(client, "/radio", tracks=[track(5)], played=[*played[:3], "gone"], n=3)
    assert not {match["track_id"] for match in again["matches"]} & set(played[:3])


def test_a_path_leads_from_one_track_to_another(client: httpx.Client) -> None:
    ends = {"start": track(1), "end": track(9)}
    way = client.get("/api/v1/path", params={**ends, "n": 6}).json()["matches"]
    assert (way[0]["track_id"], way[-1]["track_id"]) == (track(1), track(9))
    assert 2 <= len(way) <= 6
    for wrong in ({**ends, "end": track(1)}, {**ends, "end": "nobody"}):
        assert client.get("/api/v1/path", params=wrong).status_code == 404
    assert client.get("/api/v1/path", params={**ends, "n": 1}).status_code == 422
