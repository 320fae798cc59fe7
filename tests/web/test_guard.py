"""Attacks: from other pages, other names, other machines, and by what is sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from support import LONG, wait_until

from linernotes.errors import LinernotesError
from linernotes.explore import Library
from linernotes.web import Limits, create_app
from linernotes.web.guard import HEADERS, Hosts

Serve = Callable[[FastAPI], AbstractContextManager[Any]]
TOKEN = "correct horse battery staple"


@pytest.fixture(scope="module")
def client(house: Any) -> Iterator[httpx.Client]:
    with house.client() as found:
        yield found


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "",
        "evil@127.0.0.1", "127.0.0.1:99999999", "192.168.1.5", "[::2]", "127.0.0.1/..", "0.0.0.0",
    ],
)  # fmt: skip
def test_other_names_are_refused(client: httpx.Client, host: str) -> None:
    for path in ("/", "/api/v1/summary", "/static/common.js"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code in (400, 403)
        assert "tracks" not in answer.text


def test_own_names_are_known(client: httpx.Client, house: Any) -> None:
    for host in ("localhost", f"LOCALHOST:{house.port}", "127.0.0.1", "[::1]:80", "localhost."):
        assert client.get("/api/v1/models", headers={"Host": host}).status_code == 200


def test_any_address_is_no_name() -> None:
    everywhere = Hosts(frozenset({"localhost"}), any_address=True)
    assert everywhere.include("192.168.1.5:8000")
    assert everywhere.include("[fe80::1]:8000")
    assert not everywhere.include("evil.example")
    assert not everywhere.include("192.168.1.5.evil.example")
    assert not everywhere.include("0.0.0.0:8000")
    assert not everywhere.include("[::]:8000")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},  # another server on this machine
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    ],
)
def test_other_pages_can_do_nothing(client: httpx.Client, headers: dict[str, str]) -> None:
    requests = [
        ("POST", "/api/v1/scans", {"json": {"folders": [0]}}),
        ("POST", "/api/v1/maps", {}),
        ("POST", "/api/v1/identifications", {"content": b"x"}),
        ("POST", "/api/v1/playlists", {"json": {"name": "x", "tracks": ["1"]}}),
        ("POST", "/api/v1/playlists/export", {"json": {"tracks": ["1"]}}),
        ("PATCH", "/api/v1/playlists/1", {"json": {"name": "x"}}),
        ("DELETE", "/api/v1/playlists/1", {}),
        ("DELETE", "/api/v1/jobs/1", {}),
        ("GET", "/api/v1/tracks", {}),
        ("GET", f"/api/v1/tracks/{1:032x}/audio", {}),
    ]
    for method, path, options in requests:
        answer = client.request(method, path, headers=headers, **options)
        assert answer.status_code == 403, (method, path)
        assert answer.json()["error"]["code"] == "foreign-origin"
        assert "access-control-allow-origin" not in answer.headers


def test_links_from_elsewhere_lead_to_pages(client: httpx.Client) -> None:
    headers = {
        "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
    }  # fmt: skip
    assert client.get("/library", headers=headers).status_code == 200
    framed = {**headers, "Sec-Fetch-Dest": "iframe"}
    assert client.get("/library", headers=framed).status_code == 403


def test_our_own_pages_may_ask(client: httpx.Client, house: Any) -> None:
    headers = {"Origin": house.address, "Sec-Fetch-Site": "same-origin"}
    assert client.get("/api/v1/models", headers=headers).status_code == 200


def test_every_answer_bears_the_rules(client: httpx.Client) -> None:
    for path in ("/", "/api/v1/models", "/nowhere", "/static/common.js", "/api/v1/tracks?limit=0"):
        headers = client.get(path).headers
        for name, value in HEADERS.items():
            assert headers[name] == value
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_pages_hold_no_script_of_their_own_and_name_no_other_host() -> None:
    from linernotes.web.pages import read_assets

    for name, asset in read_assets().items():
        if name.endswith(".png"):
            continue
        text = asset.content.decode()
        for address in text.split("http")[1:]:
            assert address.startswith("://www.w3.org/2000/svg") or not address.startswith(
                ("://", "s://")
            ), name
        if name.endswith(".html"):
            assert text.count("<script") == text.count('<script type="module" src="/static/')
            assert " style=" not in text
            assert " onclick" not in text
        if name.endswith(".js"):
            for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
                assert sink not in text, name


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd",
        "/static/.", "/api/v1/tracks/..%2f..%2fetc%2fpasswd/audio",
        "/api/v1/tracks/%2fetc%2fpasswd/audio",
        "/api/v1/models/..%2f..%2fsecret", "/api/v1/models/%2fetc%2fpasswd",
    ],
)  # fmt: skip
def test_no_path_from_outside_is_opened(client: httpx.Client, path: str) -> None:
    request = client.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    answer = client.send(request)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_paths_are_no_ids(client: httpx.Client, music: Path) -> None:
    file = str(music / "01 é #1.ogg")
    assert client.get("/api/v1/similar", params={"track": file}).status_code == 404
    body = {"folders": [str(music)]}
    assert client.post("/api/v1/scans", json=body).status_code == 422


def test_a_server_for_others_wants_a_token(library: Library) -> None:
    for host in ("0.0.0.0", "192.168.1.5", "::", "music.local"):
        with pytest.raises(LinernotesError, match="token"):
            create_app(library, host=host)
    with pytest.raises(LinernotesError, match="too short"):
        create_app(library, token="1234")


def test_the_token_opens(served: Serve, library: Library) -> None:
    with served(create_app(library, token=TOKEN, workers=1)) as home, home.client() as client:
        assert client.get("/api/v1/tracks").json()["error"]["code"] == "token"
        assert client.get("/api/v1/openapi.json").status_code == 401
        for wrong in ("Bearer no", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \xe9"):
            value = wrong.encode("latin-1")
            answer = client.get("/api/v1/tracks", headers=[(b"Authorization", value)])
            assert answer.status_code == 401
        door = client.get("/library")
        assert (door.status_code, "Who is there?" in door.text) == (401, True)
        assert client.get("/static/login.js").status_code == 200
        right = {"Authorization": f"Bearer {TOKEN}"}
        assert client.get("/api/v1/tracks", headers=right).status_code == 200
        forged = {"Cookie": "linernotes=forged"}
        assert client.get("/api/v1/tracks", headers=forged).status_code == 401

        assert client.post("/api/v1/session", json={"token": "wrong"}).status_code == 401
        foreign = client.post(
            "/api/v1/session", json={"token": TOKEN}, headers={"Origin": "http://evil.example"}
        )
        assert foreign.status_code == 403
        entered = client.post("/api/v1/session", json={"token": TOKEN})
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert TOKEN not in cookie
        assert client.get("/library").status_code == 200
        # The browser sends the cookie along whoever asks; the page that asks is looked at.
        answer = client.post("/api/v1/maps", headers={"Origin": "http://evil.example"})
        assert answer.status_code == 403


def test_uploads_are_limited(served: Serve, library: Library, clip: bytes) -> None:
    limits = Limits(upload_bytes=len(clip), uploads_at_once=2, waiting=2, request_bytes=10_000)
    app = create_app(library, limits=limits, workers=1)
    folder = Path(app.state.services.uploads._folder.name)
    with served(app) as home, home.client() as client:
        address = "/api/v1/identifications"
        large = client.post(address, content=clip + b"x")
        assert (large.status_code, large.json()["error"]["code"]) == (413, "too-large")

        def unannounced() -> Iterator[bytes]:
            for _ in range(3):
                yield clip

        assert client.post(address, content=unannounced()).status_code == 413

        body = {"tracks": ["x" * 100] * 200}
        assert client.post("/api/v1/playlists", json=body).status_code == 413
        assert list(folder.iterdir()) == []

        answers: list[int] = []
        several = [
            threading.Thread(
                target=lambda: answers.append(client.post(address, content=clip).status_code)
            )
            for _ in range(8)
        ]
        for thread in several:
            thread.start()
        for thread in several:
            thread.join()
        assert set(answers) == {202, 429}
        assert len(list(folder.iterdir())) <= 2
    assert not folder.exists()


@pytest.mark.parametrize("limit", ["stall_seconds", "upload_seconds"])
def test_uploads_that_are_too_slow_are_given_up(
    limit: str, served: Serve, library: Library
) -> None:
    app = create_app(library, limits=Limits(**{limit: 0.2}), workers=1)
    folder = Path(app.state.services.uploads._folder.name)
    with served(app) as home, socket.create_connection(("127.0.0.1", home.port)) as connection:
        head = (
            f"POST /api/v1/identifications HTTP/1.1\r\nHost: 127.0.0.1:{home.port}\r\n"
            "Content-Length: 1000\r\n\r\n"
        )
        connection.sendall(head.encode() + b"x")
        connection.settimeout(LONG)
        # The rest never comes, and the answer does all the same.
        answer = b""
        while b"too-slow" not in answer:
            piece = connection.recv(65536)
            assert piece, answer
            answer += piece
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert list(folder.iterdir()) == []


def test_a_connection_that_breaks_leaves_nothing(house: Any, clip: bytes) -> None:
    folder = Path(house.app.state.services.uploads._folder.name)
    with socket.create_connection(("127.0.0.1", house.port)) as connection:
        head = (
            f"POST /api/v1/identifications HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\n"
            f"Content-Length: {len(clip)}\r\n\r\n"
        )
        connection.sendall(head.encode() + clip[:1000])
        wait_until(lambda: list(folder.iterdir()))
    wait_until(lambda: not list(folder.iterdir()))


def test_what_takes_too_long_is_given_up(served: Serve, library: Library, clip: bytes) -> None:
    limits = Limits(analysis_seconds=1e-9)
    with served(create_app(library, limits=limits, workers=1)) as home, home.client() as client:
        job = client.post("/api/v1/identifications", content=clip).json()["id"]
        wait_until(lambda: client.get(f"/api/v1/jobs/{job}").json()["ended"])
        told = client.get(f"/api/v1/jobs/{job}").json()
        assert told["state"] == "failed"
        assert told["error"]["code"] in ("time-out", "too-short", "corrupt")
