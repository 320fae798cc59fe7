"""Playlists over the API and on their pages, and what hostile visitors try with them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from browser_support import PHONE, SOUND, Visit, assert_accessible, play_slowly, until
from fastapi import FastAPI
from support import wait_on

from linernotes.explore import Library
from linernotes.web import create_app

HOSTILE = "<img src=x onerror=alert(1)>"
Serve = Callable[[FastAPI], AbstractContextManager[Any]]
API = "/api/v1/playlists"
A, B, C, GONE = (f"{i:032x}" for i in (4, 5, 1, 3))


@pytest.fixture(scope="module")
def home(
    served: Serve, library_maker: Callable[..., Library], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A server whose library is changed."""
    folder = tmp_path_factory.mktemp("playlists")
    with served(create_app(library_maker(folder), workers=1, cache=folder / "cache")) as found:
        yield found


@pytest.fixture(scope="module")
def client(home: Any) -> Iterator[httpx.Client]:
    with home.client() as found:
        yield found


def make(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post(API, json=body)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_playlist_is_kept_and_changed(client: httpx.Client) -> None:
    made = make(client, name="Blue", tracks=[A, B, A, "no such track"], comment="of an evening")
    assert (made["length"], made["left_out"], made["query"]) == (3, 1, None)
    told = client.get(f"{API}/{made['id']}").json()
    titles = [each["track"]["title"] for each in told["tracks"]]
    assert titles == ["Title 04", "Title 05", "Title 04"]
    assert told["duration"] == pytest.approx(34 + 35 + 34, abs=2)
    change = {"tracks": [B, A], "revision": 0}
    assert client.patch(f"{API}/{made['id']}", json=change).json()["length"] == 2
    late = client.patch(f"{API}/{made['id']}", json=change)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "playlist-changed")
    client.post(f"{API}/{made['id']}/tracks", json={"tracks": [C], "at": 0})
    page = client.get(f"{API}/{made['id']}", params={"offset": 1, "limit": 1}).json()
    assert [each["track_id"] for each in page["tracks"]] == [B]
    assert client.get(API, params={"q": "BLU"}).json()["playlists"][0]["length"] == 3
    assert client.delete(f"{API}/{made['id']}").status_code == 204
    for gone in (client.get, client.delete):
        answer = gone(f"{API}/{made['id']}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "playlist-not-found")


def test_a_smart_playlist_asks_anew(client: httpx.Client) -> None:
    made = make(client, name="Jazz", query={"where": "genre=jazz", "n": 5})
    assert made["length"] == 5
    assert made["query"] == {"where": "genre=jazz", "n": 5}
    again = client.post(f"{API}/{made['id']}/refresh").json()
    assert again["revision"] == made["revision"]  # the same is not kept again
    other = {"query": {"where": "genre=rock", "wishes": {"energy": 0.9}}}
    changed = client.patch(f"{API}/{made['id']}", json=other).json()
    assert changed["query"]["wishes"] == {"energy": 0.9}
    assert changed["length"] > 5
    count = client.get(API).json()["total"]
    for lie in (
        {"where": "genre="}, {"wishes": {"loudness of heart": 1}}, {"artists": ["nobody at all"]},
        {},
        {"tracks": ["/etc/passwd"]},
    ):  # fmt: skip
        answer = client.post(API, json={"name": "lie", "query": lie})
        assert answer.status_code in (400, 404), answer.text
        assert set(answer.json()["error"]) == {"code", "message"}
    assert client.get(API).json()["total"] == count
    client.delete(f"{API}/{made['id']}")


def test_files_are_written(client: httpx.Client) -> None:
    made = make(client, name=f'Blue/"{HOSTILE}\n', tracks=[A, GONE])
    for kind, begins in (("m3u8", "#EXTM3U\n#PLAYLIST:"), ("xspf", "<?xml"), ("jspf", "{")):
        answer = client.get(f"{API}/{made['id']}/file", params={"kind": kind})
        assert answer.text.startswith(begins)
        assert "Title 04" in answer.text
        assert "<img src=x" not in answer.text or kind in ("m3u8", "jspf")
        said = answer.headers["content-disposition"]
        assert said.startswith('attachment; filename="Blue')
        assert said.endswith(f'.{kind}"')
        assert set(said.split('"')[1]) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-"
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
    jspf = client.post(f"{API}/export", json={"tracks": [A], "kind": "jspf"})
    assert json.loads(jspf.text)["playlist"]["track"][0]["title"] == "Title 04"
    client.delete(f"{API}/{made['id']}")


def test_attacks_are_refused(client: httpx.Client) -> None:
    before = client.get(API).json()["total"]
    bodies = [
        {}, {"name": ""}, {"name": " "}, {"name": "x" * 201}, {"name": 3}, {"name": ["x"]},
        {"name": "x", "tracks": [3]}, {"name": "x", "tracks": "abc"}, {"name": "x", "tracks": [""]},
        {"name": "x", "comment": "x" * 4001}, {"name": "x", "query": {"n": 0, "words": "x"}},
        {"name": "x", "query": {"n": 10**30, "words": "x"}}, {"name": "x", "query": []},
        {"name": "x", "query": {"words": "x" * 2001}}, {"name": "x", "tracks": ["x" * 201]},
        {"name": "x", "query": {"words": "x", "tracks": ["x"] * 201}},
    ]  # fmt: skip
    for body in bodies:
        answer = client.post(API, json=body)
        assert answer.status_code in (400, 422), (body, answer.text)
    surrogate = client.post(
        API, content=b'{"name": "\\ud800"}', headers={"Content-Type": "application/json"}
    )
    assert surrogate.status_code in (400, 422)
    for lie in ("0" * 16, "x' OR '1'='1", "..%2f..%2fetc", "%00", "own-playlists", "g" * 10_000):
        for answer in (
            client.get(f"{API}/{lie}"), client.delete(f"{API}/{lie}"),
            client.patch(f"{API}/{lie}", json={"name": "x"}),
            client.post(f"{API}/{lie}/tracks", json={"tracks": []}),
            client.post(f"{API}/{lie}/refresh"), client.get(f"{API}/{lie}/file"),
        ):  # fmt: skip
            assert 400 <= answer.status_code < 500
    too_many = client.post(API, json={"name": "x", "tracks": [A] * 200_001})
    assert too_many.status_code in (413, 422)
    assert client.get(API).json()["total"] == before


def test_many_add_at_once(home: Any, client: httpx.Client) -> None:
    made = make(client, name="together")

    def add() -> None:
        with home.client() as own:
            for _ in range(3):
                assert own.post(f"{API}/{made['id']}/tracks", json={"tracks": [A]}).is_success

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.get(f"{API}/{made['id']}").json()["playlist"]["length"] == 12
    client.delete(f"{API}/{made['id']}")


def test_what_plays_is_kept_and_put_in_order(visit: Visit, home: Any, client: httpx.Client) -> None:
    page = visit("/library?sort=title", at=home.address)
    page.wait_for_selector("table.tracks")
    play_slowly(page)
    page.get_by_role("button", name="Play Title 04").click()
    page.get_by_role("button", name="Queue", exact=True).click()
    page.get_by_role("button", name="Keep as a playlist").click()
    page.get_by_role("textbox", name="Name", exact=True).fill(HOSTILE)
    page.get_by_role("button", name="Keep", exact=True).click()
    page.locator(".queue-panel .notice a").click()
    page.locator("#facts", has_text="24 tracks").wait_for()
    assert page.locator("#name").inner_text() == HOSTILE
    page.keyboard.press("Escape")
    rows = page.locator("#tracks li")
    assert rows.count() == 24
    playlist = page.url.rsplit("/", 1)[1]

    def order() -> list[str]:
        told = client.get(f"{API}/{playlist}").json()["tracks"]
        return [int(each["track_id"], 16) for each in told]

    # With the keyboard,
    page.get_by_role("button", name="Move Title 04", exact=True).focus()
    page.keyboard.press("ArrowUp")
    wait_on(page, lambda: order()[:5] == [0, 1, 2, 4, 3])
    assert page.evaluate("document.activeElement.ariaLabel") == "Move Title 04"
    # with the pointer,
    handle = page.get_by_role("button", name="Move Title 02", exact=True).bounding_box()
    first = rows.first.bounding_box()
    page.mouse.move(handle["x"] + 5, handle["y"] + 5)
    page.mouse.down()
    page.mouse.move(handle["x"] + 5, first["y"] + 2, steps=6)
    page.mouse.up()
    wait_on(page, lambda: order()[:5] == [2, 0, 1, 4, 3])
    page.get_by_role("button", name="Remove Title 04").click()
    wait_on(page, lambda: order()[:4] == [2, 0, 1, 3])
    # while it plays, and is renamed and deleted.
    page.locator("#tracks").get_by_role("button", name="Play Beyoncé's tone").click()
    until(page, f"{SOUND}.currentTime > 0.05")
    page.get_by_role("button", name="Rename", exact=True).click()
    page.get_by_role("textbox", name="Name", exact=True).fill("Blue")
    page.locator("dialog").get_by_role("button", name="Rename", exact=True).click()
    page.locator("#name", has_text="Blue").wait_for()
    page.get_by_role("button", name="Save as a file").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="M3U8").click()
    assert "Title 02" in Path(download.value.path()).read_text()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Delete").click()
    page.locator("dialog").get_by_role("button", name="Delete").click()
    page.locator(".empty", has_text="There is none yet").wait_for()
    assert not page.evaluate(f"{SOUND}.paused && !{SOUND}.ended")


def test_smart_playlists_are_made_and_asked_again(
    visit: Visit, home: Any, client: httpx.Client
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit("/playlists", at=home.address, bypass_csp=True, **PHONE)
    page.locator(".empty").wait_for()
    page.get_by_role("button", name="New smart playlist").click()
    assert_accessible(axe, page)
    page.get_by_role("textbox", name="Name", exact=True).fill("Jazz")
    page.get_by_label("Filter").fill("genre=")
    page.get_by_role("button", name="Make").click()
    page.locator("dialog [role=alert]", has_text="filter").wait_for()
    page.get_by_label("Filter").fill("genre=jazz")
    page.get_by_role("button", name="Make").click()
    page.locator("#asks", has_text="filter “genre=jazz”").wait_for()
    page.locator("#facts", has_text="7 tracks").wait_for()
    assert page.get_by_role("button", name="Move").count() == 0
    playlist = page.url.rsplit("/", 1)[1]
    assert_accessible(axe, page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.emulate_media(color_scheme="dark")
    assert_accessible(axe, page, only="color-contrast")
    client.patch(f"{API}/{playlist}", json={"query": {"where": "genre=rock", "n": 3}})
    page.get_by_role("button", name="Refresh").click()
    page.locator("#facts", has_text="3 tracks").wait_for()
    page.get_by_role("link", name="Playlists").first.click()
    page.locator("#list a", has_text="Jazz").wait_for()
    assert_accessible(axe, page)
    client.patch(f"{API}/{playlist}", json={"query": {"where": "genre=jazz", "n": 2}})
    page.locator("#list a", has_text="Jazz").click()  # it is asked when it is opened
    page.locator("#facts", has_text="2 tracks").wait_for()
    client.delete(f"{API}/{playlist}")
