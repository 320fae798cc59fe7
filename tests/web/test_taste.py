"""The API of what is liked: stars, ratings, plays and skips, and what leans to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import LONG

from linernotes.explore import Library
from linernotes.web import create_app

ONE, TWO = (f"{i:032x}" for i in (1, 2))


@pytest.fixture
def client(
    library_maker: Callable[..., Library],
    tmp_path: Path,
    served: Callable[..., AbstractContextManager[Any]],
) -> Iterator[httpx.Client]:
    library = library_maker(tmp_path)
    app = create_app(library, workers=1, cache=tmp_path / "c", state=tmp_path / "s")
    with (
        served(app) as house,
        httpx.Client(base_url=f"{house.address}/api/v1", timeout=LONG) as found,
    ):
        yield found


def say(client: httpx.Client, track: str, action: str, **more: Any) -> httpx.Response:
    return client.post(f"/tracks/{track}/taste", json={"action": action, **more})


def test_what_is_said_is_told_again_and_forgotten(client: httpx.Client) -> None:
    nothing = {"leans": False, "stars": 0, "ratings": 0, "plays": 0, "skips": 0, "tracks": {}}
    assert client.get("/taste").json() == nothing
    starred = {"starred": True, "rating": 0, "plays": 0, "skips": 0}
    assert say(client, ONE, "star").json() == starred
    say(client, ONE, "play")
    assert say(client, TWO, "rate", rating=2).json()["rating"] == 2
    assert say(client, TWO, "skip").json()["skips"] == 1
    told = client.get("/taste").json()
    assert told["tracks"][ONE] == {**starred, "plays": 1}
    assert (told["stars"], told["ratings"], told["plays"], told["skips"]) == (1, 1, 1, 1)
    assert say(client, ONE, "unstar").json()["starred"] is False
    assert client.delete("/taste").status_code == 204
    assert client.get("/taste").json() == nothing


@pytest.mark.parametrize(
    ("track", "said", "status"),
    [
        ("nothing", {"action": "star"}, 404), (ONE, {"action": "love"}, 422), (ONE, {}, 422),
        (ONE, {"action": "rate", "rating": 6}, 422), (ONE, {"action": "rate", "rating": -1}, 422),
    ],
)  # fmt: skip
def test_nonsense_is_refused(
    client: httpx.Client, track: str, said: dict[str, Any], status: int
) -> None:
    assert client.post(f"/tracks/{track}/taste", json=said).status_code == status
    assert client.get("/taste").json()["tracks"] == {}


def test_only_who_asks_gets_what_leans(client: httpx.Client) -> None:
    def order(**asked: Any) -> list[str]:
        matches = client.get("/similar", params={"track": ONE, "n": 20, **asked}).json()["matches"]
        return [match["track_id"] for match in matches]

    before = order()
    last = len(before) - 1
    assert last > 5
    say(client, before[last], "star")
    assert order() == before
    assert order(taste=True).index(before[last]) < last
    for path, asked in (("/discover", {"tracks": [ONE]}), ("/radio", {"tracks": [ONE]})):
        for taste in (True, False):
            assert client.post(path, json={**asked, "taste": taste}).status_code == 200
    why = client.get("/similar", params={"track": ONE, "n": 20, "taste": True}).json()["matches"]
    assert all("you " not in match["why"] or "liked" in match["why"] for match in why)
