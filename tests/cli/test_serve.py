"""``linernotes serve``: it says where it is, is there, and ends when it is told to."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from support import LONG, heeding_ctrl_c

from linernotes.cli.serve import ServeError, serve_pages


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with heeding_ctrl_c():
        process = subprocess.Popen(
        [sys.executable, "-m", "linernotes", "serve", "--port", "0", *arguments],
        stderr=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    try:
        assert process.stderr is not None
        yield process, process.stderr.readline()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_it_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    with serving("--library", str(tmp_path / "library")) as (process, line):
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, line
        page = httpx.get(found[0], timeout=LONG)
        assert (page.status_code, "Choose files" in page.text) == (200, True)
        assert httpx.get(f"{found[0]}api/v1/summary", timeout=LONG).json()["tracks"] == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=LONG) == 0


@pytest.mark.skipif(os.name == "nt", reason="the folder is where the variable says elsewhere")
def test_apps_are_told_their_password_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for times in range(2):
        with serving("--library", str(tmp_path / "library"), "--subsonic") as (process, _):
            assert process.stderr is not None
            line = process.stderr.readline()
        if not times:
            found = re.search(r"server (\S+)  user linernotes  password (\S+)", line)
            assert found, line
        assert (found[2] in line) is not bool(times)
    assert "linernotes subsonic" in line


def test_the_link_bears_the_token_where_only_the_browser_sees_it(tmp_path: Path) -> None:
    token = "correct-horse-battery"
    with serving("--library", str(tmp_path / "library"), "--token", token) as (_, line):
        address, _, mark = line.split()[1].partition("#")
        assert mark == f"token={token}"
        assert httpx.get(f"{address}api/v1/summary", timeout=LONG).status_code == 401


def test_by_https_all_that_it_prints_is_so(tmp_path: Path) -> None:
    library = str(tmp_path / "library")
    with serving("--library", library, "--host", "0.0.0.0", "--https") as (process, line):
        link = line.split()[1]
        assert re.match(r"https://[0-9.]+:\d+/#token=\S+$", link)
        assert process.stderr is not None
        said = line
        while "of this server" not in said:
            said += process.stderr.readline()
        port = int(re.search(r":(\d+)/", link)[1])
        # Whoever has compared the fingerprint trusts the authority, by a name and an address.
        pem = ssl.get_server_certificate(("127.0.0.1", port), timeout=LONG)
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest().hex(":").upper()
        assert digest in said
        authority = httpx.get(f"https://127.0.0.1:{port}/certificate", verify=False, timeout=LONG)
        assert hashlib.sha256(authority.content).digest().hex(":").upper() in said
        trusting = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(authority.content))
        for name in ("localhost", "127.0.0.1"):
            door = httpx.get(f"https://{name}:{port}/library", verify=trusting, timeout=LONG)
            assert door.status_code == 401
        lead = httpx.get(f"http://127.0.0.1:{port}/library", timeout=LONG)
        assert lead.headers["location"] == f"https://127.0.0.1:{port}/library"


def test_what_cannot_be_listened_on_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"port {port}, cannot be listened on"):
            serve_pages(library=str(tmp_path), port=port)
