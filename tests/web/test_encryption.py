"""Pages by HTTPS on their port, and what becomes of those who come without."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import LONG, wait_until

from linernotes.explore import Library
from linernotes.web import create_app
from linernotes.web.certificates import HouseCertificate, house_certificate
from linernotes.web.encryption import encrypted, kept_fresh

TOKEN = "correct horse battery staple"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> HouseCertificate:
    return house_certificate(tmp_path_factory.mktemp("https"), ["music-box.local"])


@pytest.fixture(scope="module")
def home(made: HouseCertificate, library: Library, served: Any) -> Iterator[Any]:
    context = made.context()
    app = create_app(library, token=TOKEN, certificate=made.authority, workers=1)
    with served(app, http=encrypted(lambda: context), scheme="https") as found:
        yield found


@pytest.fixture
def client(home: Any, made: HouseCertificate) -> Iterator[httpx.Client]:
    trusting = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(made.authority))
    with httpx.Client(base_url=home.address, timeout=LONG, verify=trusting) as found:
        yield found


def speak(home: Any, said: bytes) -> bytes:
    """Say something without encryption, and return the whole answer."""
    with socket.create_connection(("127.0.0.1", home.port)) as connection:
        connection.settimeout(LONG)
        connection.sendall(said)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def test_pages_and_large_uploads_come_encrypted(client: httpx.Client) -> None:
    assert client.get("/library").status_code == 401
    entered = client.post("/api/v1/session", json={"token": TOKEN})
    assert "secure" in entered.headers["set-cookie"].lower()
    assert client.get("/library").status_code == 200
    assert client.get("/api/v1/tracks").json()["total"] == 24
    job = client.post("/api/v1/identifications", content=bytes(3_000_000)).json()["id"]
    wait_until(lambda: client.get(f"/api/v1/jobs/{job}").json()["ended"])


def test_the_authority_can_be_had_without_the_token(
    client: httpx.Client, made: HouseCertificate
) -> None:
    answer = client.get("/certificate")
    assert answer.content == made.authority
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"


def test_who_comes_without_encryption_is_led_to_it(home: Any) -> None:
    host = f"127.0.0.1:{home.port}"
    answer = speak(home, f"GET /library?q=a HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 307 ")
    assert f"\r\nLocation: https://{host}/library?q=a\r\n".encode() in answer


@pytest.mark.parametrize(
    "said",
    [
        b"POST /api/v1/scans HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example/\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /<script> HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"x" * 9000,
    ],
)
def test_all_others_are_told_in_words(home: Any, said: bytes) -> None:
    answer = speak(home, said)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"https://" in answer
    assert b"Location" not in answer


def test_broken_handshakes_harm_nobody(home: Any, client: httpx.Client) -> None:
    for said in (b"\x16\x03\x01\x00\x05hello", b"\x16", b""):
        with socket.create_connection(("127.0.0.1", home.port)) as connection:
            connection.sendall(said)
    assert client.get("/static/format.js").status_code == 200


def test_a_renewed_certificate_is_taken_up(
    made: HouseCertificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = house_certificate(tmp_path, [])
    asked = []

    def renew() -> HouseCertificate:
        asked.append(1)
        if len(asked) == 1:
            raise OSError("the disk is full")
        return other

    context = kept_fresh(made, renew)
    first = context()
    assert not asked
    monkeypatch.setattr("linernotes.web.encryption._HOUR", -1.0)
    assert context() is first
    second = context()
    assert second is not first
    assert context() is second
