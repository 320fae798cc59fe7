"""Files that lie elsewhere are listed and fetched, within limits and despite faults."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from scale_support import FaultyProxy, upload

from linernotes.errors import UnreadableError
from linernotes.storage import FetchLimits, StorageError, fetch, list_objects, object_store
from linernotes.storage.errors import ForbiddenError, StoreUnreachableError, TooLargeError


def write(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 100)
    return folder


def test_listing_is_paged_and_leaves_out_what_is_no_music(
    bucket: str, server: FaultyProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{i:02}.mp3" for i in range(5)]
    odd = "Sigur Rós/100% #1?/a b.flac"
    folder = write(tmp_path, *names, odd, "cover.jpg", ".hidden/x.mp3", "@eaDir/x.mp3")
    upload(folder, f"{bucket}/music")
    upload(write(tmp_path / "other", "z.mp3"), f"{bucket}/musical")
    monkeypatch.setattr(object_store, "_PAGE", 2)
    found = list(list_objects(f"{bucket}/music/"))
    assert [each.uri for each in found] == [f"{bucket}/music/{name}" for name in [*names, odd]]
    assert len({each.etag for each in found}) == 6
    assert found[0].size == len(names[0]) * 100
    assert [each.uri for each in list_objects(f"{bucket}/music/00.mp3")] == [found[0].uri]
    assert list(list_objects(f"{bucket}/nothing")) == []
    assert len(list(list_objects(bucket))) == 7

    etag = fetch(found[-1].uri, tmp_path / "copy")
    assert etag == found[-1].etag
    assert (tmp_path / "copy").read_bytes() == odd.encode() * 100


def test_throttling_is_waited_for(bucket: str, server: FaultyProxy, tmp_path: Path) -> None:
    (uri,) = upload(write(tmp_path / "a", "a.mp3"), bucket)
    server.throttled = 3
    assert len(list(list_objects(bucket))) == 1
    server.throttled = 2
    fetch(uri, tmp_path / "copy")
    assert server.throttled == 0
    assert (tmp_path / "copy").stat().st_size == 500


def test_a_store_that_is_gone_for_a_while_is_waited_for(
    bucket: str, server: FaultyProxy, tmp_path: Path
) -> None:
    (uri,) = upload(write(tmp_path / "a", "a.mp3"), bucket)
    server.leave()
    timer = threading.Timer(1.0, server.come_back)
    timer.start()
    fetch(uri, tmp_path / "copy")
    timer.join()
    assert (tmp_path / "copy").stat().st_size == 500


def test_credentials_that_have_expired_are_said(
    bucket: str, server: FaultyProxy, tmp_path: Path
) -> None:
    (uri,) = upload(write(tmp_path / "a", "a.mp3"), bucket)
    server.forbidden = True
    with pytest.raises(ForbiddenError, match="credentials"):
        fetch(uri, tmp_path / "copy")
    with pytest.raises(StorageError, match="credentials"):
        list(list_objects(bucket))


def test_what_is_not_there_or_too_large(bucket: str, tmp_path: Path) -> None:
    (uri,) = upload(write(tmp_path / "a", "a.mp3"), bucket)
    with pytest.raises(UnreadableError, match="no such file"):
        fetch(f"{bucket}/b.mp3", tmp_path / "copy")
    with pytest.raises(TooLargeError):
        fetch(uri, tmp_path / "copy", limits=FetchLimits(largest=499))
    with pytest.raises(UnreadableError, match="no kind of address"):
        fetch("ftp://example.org/a.mp3", tmp_path / "copy")
    with pytest.raises(StorageError, match="no object store"):
        object_store.open_store("ftp://example.org")


class Handler(BaseHTTPRequestHandler):
    """A server that does what paths say."""

    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/").replace("%3A", ":"))
            self.end_headers()
        elif self.path == "/circle":
            self.send_response(302)
            self.send_header("Location", "/circle")
            self.end_headers()
        elif self.path.startswith("/status/"):
            self.send_error(int(self.path.rpartition("/")[2]))
        else:
            self.send_response(200)
            self.send_header("ETag", '"1"')
            size = 5000 if self.path in ("/broken", "/drip") else 1000
            if self.path != "/endless":
                self.send_header("Content-Length", str(size))
            self.end_headers()
            self.wfile.write(b"x" * 1000)
            if self.path == "/drip":
                self.server.release.wait()  # type: ignore[attr-defined]
            while self.path == "/endless":
                try:
                    self.wfile.write(b"x" * 100_000)
                except OSError:
                    return

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.release = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.release.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


HERE = FetchLimits(largest=100_000, private=True)


@pytest.mark.parametrize("path", ["/a b%20c.mp3?x=1", "/to//a.mp3", "/to/../b.mp3"])
def test_a_web_address_is_fetched(web: str, path: str, tmp_path: Path) -> None:
    assert fetch(f"{web}{path}", tmp_path / "copy", limits=HERE) == '"1"'
    assert (tmp_path / "copy").read_bytes() == b"x" * 1000


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/circle", UnreadableError), ("/status/404", UnreadableError),
        ("/status/503", StoreUnreachableError), ("/broken", StoreUnreachableError),
        ("/endless", TooLargeError), ("/to/file:///etc/passwd", ForbiddenError),
    ],
)  # fmt: skip
def test_a_web_address_that_does_not_give_a_file(
    web: str, path: str, error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        fetch(f"{web}{path}", tmp_path / "copy", limits=HERE)


def test_a_server_that_is_too_slow_is_given_up(web: str, tmp_path: Path) -> None:
    limits = FetchLimits(seconds=0.3, private=True)
    with pytest.raises(StoreUnreachableError):
        fetch(f"{web}/drip", tmp_path / "copy", limits=limits)


def test_private_addresses_are_not_asked(web: str, tmp_path: Path) -> None:
    with pytest.raises(ForbiddenError, match="private address"):
        fetch(f"{web}/a.mp3", tmp_path / "copy")
    with pytest.raises(ForbiddenError, match="private address"):
        fetch(web.replace("127.0.0.1", "localhost") + "/a.mp3", tmp_path / "copy")
