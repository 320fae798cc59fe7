"""A library in an object store: the same code, and the same answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from library_support import made_up, write_songs

from linernotes.cli.explore import show_similar
from linernotes.cli.library import scan_folders, show_status
from linernotes.explore import Library
from linernotes.library.errors import LibraryError, LibraryNotFoundError
from linernotes.library.playlists import PlaylistChangedError
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

A, B = ("a" * 32, "b" * 32)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server on this machine that speaks S3."""
    server_module = pytest.importorskip("moto.server")
    server = server_module.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a new bucket, which the environment tells how to reach."""
    options = {
        "AWS_ENDPOINT": server,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "anybody",
        "AWS_SECRET_ACCESS_KEY": "anything",
    }
    for name, value in options.items():
        monkeypatch.setenv(name, value)
    name = request.node.name.replace("_", "-")[:60]
    urlopen(Request(f"{server}/{name}", method="PUT")).close()
    return f"s3://{name}"


@pytest.mark.slow
def test_what_was_written_is_read(bucket: str) -> None:
    place = f"{bucket}/library"
    with pytest.raises(LibraryNotFoundError):
        Library(place).status()
    store = Store(place, create=True)
    store.write({A: made_up(1)}, [FileRow("/music/1.mp3", 10, 1, A)])
    store.write({A: made_up(5), B: made_up(2)}, [FileRow("/music/2.mp3", 1, 1, B)])
    store.optimise()
    library = Library(place)
    assert library.collection().track_id == (A, B)
    assert library.status().as_dict()["analysed"] == 2
    store.forget(["/music/1.mp3"], [A])
    assert library.collection().track_id == (B,)


@pytest.mark.slow
def test_scan_status_and_similar(
    bucket: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that is done with a library in a folder, with one that is elsewhere."""
    music, place = tmp_path / "music", f"{bucket}/a/library"
    first, *_ = write_songs(music, ["1.wav", "2.wav", "3.flac"])
    (music / "odd.mp3").write_text("no song")

    def scan(**options: object) -> dict[str, int]:
        options = {"workers": 1, **options}
        scan_folders([str(music)], library=place, as_json=True, options=options)
        result: dict[str, int] = json.loads(capsys.readouterr().out)
        assert result.pop("seconds") > 0
        return {name: count for name, count in result.items() if count}

    assert scan() == {"scanned": 4, "added": 3, "failed": 1}
    show_status(library=place, as_json=True)
    status = json.loads(capsys.readouterr().out)
    assert (status["tracks"], status["analysed"], status["failed"]) == (3, 3, 1)
    assert [failure["code"] for failure in status["failures"]] == ["not-audio"]
    assert (status["library"], status["bytes"]) == (place, None)
    assert show_similar([str(first)], library=place, why=True, as_json=True) == 2
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["title"] for row in rows} == {"2", "3"}
    assert all(row["why"] for row in rows)

    first.rename(music / "moved.wav")
    write_songs(music, ["4.wav"])
    assert scan() == {"scanned": 5, "added": 2, "unchanged": 2, "failed": 1, "removed": 1}
    assert scan(prune=True) == {"scanned": 5, "unchanged": 4, "failed": 1, "removed": 1}
    library = Library(place)
    assert len(library.collection()) == 4
    assert (library.index().fitted, library.index().done) == (3, "nothing")
    assert library.index(refit=True).fitted == len(library.explorer().space.vectors) == 4
    assert not list(tmp_path.glob("*library*"))


def test_a_place_that_cannot_be_reached_is_one_sentence(
    bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_songs(tmp_path, ["1.wav"])
    with pytest.raises(LibraryError, match="s3://nowhere"):
        Library("s3://nowhere/library").scan(tmp_path, workers=1)


@pytest.mark.slow
def test_playlists_are_kept_there_as_well(bucket: str) -> None:
    place = f"{bucket}/library"
    Store(place, create=True)
    made = Library(place).playlists.create("Blue", tracks=[A])
    Library(place).playlists.add(made.id, [B])
    assert Library(place).playlists.all()[0].tracks == (A, B)
    with pytest.raises(PlaylistChangedError):
        Library(place).playlists.change(made.id, name="late", revision=0)
    Library(place).playlists.remove(made.id)
    assert Library(place).playlists.all() == ()
