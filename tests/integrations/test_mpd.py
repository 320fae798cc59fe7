"""MPD itself, started here on a socket of its own, asked by another client what it was told."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from support import LONG, wait_until
from typer.testing import CliRunner

from linernotes.cli.app import app
from linernotes.explore import Library
from linernotes.integrations.heard import HeardTrack, heard_tracks
from linernotes.integrations.mpd import (
    MpdMusic,
    Pushed,
    music_of,
    playlist_name,
    push_playlists,
    push_stickers,
    stickers_of,
)
from linernotes.integrations.mpd_client import MpdClient, MpdError, MpdRefusedError

MPD = shutil.which("mpd") or "/usr/bin/mpd"
with_mpd = pytest.mark.skipif(
    not Path(MPD).exists(), reason="there is no mpd here: apt-get install mpd"
)


@contextmanager
def running(folder: Path, music: Path, settings: str = "") -> Iterator[str]:
    """Run MPD on a socket, with the music that it has scanned; yield the socket's path."""
    place = str(folder / "socket")
    (folder / "lists").mkdir(parents=True)
    (folder / "mpd.conf").write_text(
        f'music_directory "{music}"\nbind_to_address "{place}"\ndb_file "{folder}/db"\n'
        f'playlist_directory "{folder}/lists"\nlog_file "{folder}/log"\nauto_update "no"\n'
        'zeroconf_enabled "no"\naudio_output {\n type "null"\n name "none"\n}\n'
        f"{settings}\n",
        encoding="utf-8",
    )
    with (folder / "said").open("wb") as said:
        mpd = subprocess.Popen(
            [MPD, "--no-daemon", str(folder / "mpd.conf")],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        wait_until(lambda: mpd.poll() is not None or _answers(place))
        assert mpd.poll() is None, (folder / "said").read_text() + (folder / "log").read_text()
        yield place
    finally:
        mpd.terminate()
        mpd.wait(timeout=LONG)


def push_playlist(
    mpd: MpdClient, music: MpdMusic, name: str, paths: list[str], *, overwrite: bool = False
) -> Pushed:
    """Push one playlist; raise what refuses it."""
    (told,) = push_playlists(mpd, music, [(name, paths)], overwrite=overwrite)
    if isinstance(told, MpdRefusedError):
        raise told
    return told


def _answers(place: str) -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        try:
            one.connect(place)
        except OSError:
            return False
    return True


def updated(place: str, password: str | None = None) -> None:
    with MpdClient(place, password=password) as mpd:
        mpd.call("update")
        wait_until(lambda: "updating_db" not in dict(mpd.call("status")))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("m")
    return folder


@pytest.fixture(scope="module")
def place(home: Path, music: Path) -> Iterator[str]:
    with running(home, music, f'sticker_file "{home}/stickers"') as place:
        updated(place)
        yield place


@pytest.fixture(scope="module")
def heard(library: Library) -> list[HeardTrack]:
    # MPD writes each sticker to the disk by itself.
    return list(heard_tracks(library.collection()))[-16:]


@with_mpd
def test_stickers_are_what_is_heard(place: str, heard: list[HeardTrack]) -> None:
    mpd2 = pytest.importorskip("mpd")
    with MpdClient(place) as mpd:
        music = music_of(mpd)  # MPD tells it
        gone = replace(heard[0], path=str(music.folder / "not there.flac"))
        outside = replace(heard[0], path="/elsewhere/a.flac")
        broken = replace(heard[0], path=str(music.folder / "line\nbreak.flac"))
        before = [replace(heard[0], mood="tense", tags=("odd",)), replace(heard[1], genre=None)]
        before.append(replace(heard[2], energy=None))
        for tracks in ([*before, *heard[3:]], heard, heard):  # as often as one likes
            pushed = push_stickers(mpd, music, [gone, *tracks, outside, broken])
            assert pushed.done == len(heard)
            assert {f.file for f in pushed.failures} == {gone.path, outside.path, broken.path}
    other = mpd2.MPDClient()
    other.connect(place)
    for track in heard:
        song = str(Path(track.path).relative_to(music.folder))
        assert other.sticker_list("song", song) == {
            name: value for name, value in stickers_of(track).items() if value
        }
    loud = {t.path for t in heard if t.energy is not None and t.energy > 0.8}
    found = other.sticker_find("song", "", "energy", ">", "0.800")
    assert {str(music.folder / each["file"]) for each in found} == loud
    other.disconnect()


@with_mpd
def test_playlists_of_many_tracks(place: str, heard: list[HeardTrack]) -> None:
    mpd2 = pytest.importorskip("mpd")
    other = mpd2.MPDClient()
    other.connect(place)
    many = [heard[i % len(heard)].path for i in range(10_000)]
    with MpdClient(place) as mpd:
        music = music_of(mpd)
        assert push_playlist(mpd, music, "All / day", many).done == 10_000
        names = {each["playlist"] for each in other.listplaylists()}
        assert names == {playlist_name("All / day")}
        with pytest.raises(MpdRefusedError, match="--overwrite"):
            push_playlist(mpd, music, "All / day", many[:2])
        assert len(other.listplaylist(playlist_name("All / day"))) == 10_000
        few = [heard[2].path, str(music.folder / "not there.flac"), heard[0].path]
        pushed = push_playlist(mpd, music, "All / day", few, overwrite=True)
        assert (pushed.done, [f.file for f in pushed.failures]) == (2, few[1:2])
        # Two whose names MPD cannot tell apart are not put over each other.
        twice = [("A/B", few[:1]), ("A B", few[2:])]
        first, second = push_playlists(mpd, music, twice, overwrite=True)
        assert isinstance(first, Pushed)
        assert isinstance(second, MpdRefusedError)
    told = other.listplaylist(playlist_name("All / day"))
    assert told == [str(Path(few[i]).relative_to(music.folder)) for i in (0, 2)]
    other.disconnect()


@with_mpd
@pytest.mark.parametrize("name", ["日本語 ✓", 'say "hi" \\ there', "\0\x1b[31m", "..", "x" * 500])
def test_odd_names_of_playlists(place: str, heard: list[HeardTrack], name: str) -> None:
    with MpdClient(place) as mpd:
        music = music_of(mpd)
        assert push_playlist(mpd, music, name, [heard[0].path], overwrite=True).done == 1
        told = mpd.call("listplaylist", playlist_name(name))
        assert told == [("file", music.song(heard[0].path))]
        mpd.call("rm", playlist_name(name))


@with_mpd
def test_what_mpd_lacks_is_told(tmp_path: Path, music: Path, heard: list[HeardTrack]) -> None:
    closed = 'password "open sesame@read,add,control,admin"\ndefault_permissions "read"\n'
    with running(tmp_path, music, closed) as place:
        updated(place, "open sesame")
        with MpdClient(place) as mpd:
            with pytest.raises(MpdError, match=r"sticker_file|password"):
                push_stickers(mpd, MpdMusic(music), heard[:2])
            with pytest.raises(MpdError, match="--password"):
                push_playlist(mpd, MpdMusic(music), "a", [heard[0].path])
            with pytest.raises(MpdError, match="--music"):
                music_of(mpd, "/no such folder")
        with pytest.raises(MpdRefusedError, match="password"):
            MpdClient(place, password="wrong")
        with MpdClient(f"open sesame@{place}") as mpd:
            assert push_playlist(mpd, MpdMusic(music), "a", [heard[0].path]).done == 1


@with_mpd
def test_the_command_pushes_both(place: str, library: Library) -> None:
    made = library.playlists.create("Pushed", tracks=library.collection().track_id[-3:])
    try:
        command = ["push", "mpd", "--library", library.location, "--host", place]
        done = CliRunner().invoke(app, [*command, "--playlist", "pushed"])
        assert (done.exit_code, "3 tracks: Pushed" in done.stderr) == (0, True)
        again = CliRunner().invoke(app, [*command, "--playlist", made.id])
        assert (again.exit_code, "--overwrite" in again.stderr) == (3, True)
        with MpdClient(place) as mpd:
            assert len(mpd.call("listplaylist", "Pushed")) == 3
            mpd.call("rm", "Pushed")
    finally:
        library.playlists.remove(made.id)


def answering(*answers: bytes) -> tuple[int, Callable[[], None]]:
    """Answer one client on loopback with these bytes, one for each time that it says something."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(LONG)

    def serve() -> None:
        with listener:
            client, _ = listener.accept()
            with client:
                client.settimeout(LONG)
                for i, answer in enumerate(answers):
                    client.sendall(answer)
                    if i + 1 < len(answers):
                        client.recv(1 << 20)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener.getsockname()[1], lambda: thread.join(timeout=LONG)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), "is no MPD"),
        ((b"OK MPD 0.23.5\n", b""), "went away"),
        ((b"OK MPD 0.23.5\n", b"volume"), "went away"),
        ((b"OK MPD 0.23.5\n", b"x" * 70_000 + b"\n"), "went away"),
        ((b"OK MPD 0.23.5\n", b"what is this\n"), "does not speak"),
        ((b"OK MPD 0.23.5\n", b"ACK [5@0] {x} unknown command\n"), "unknown command"),
    ],
)
def test_a_player_that_speaks_otherwise_or_goes_away(
    answers: tuple[bytes, ...], told: str, heard: list[HeardTrack]
) -> None:
    port, ended = answering(*answers)
    with pytest.raises(MpdError, match=told), MpdClient("127.0.0.1", port) as mpd:
        mpd.call("status")
    ended()


def test_nobody_there(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for host in ("127.0.0.1", str(tmp_path / "no such socket"), "x" * 300, "a\0b"):
        with pytest.raises(MpdError, match="no MPD at"):
            MpdClient(host, port)


def test_songs_are_called_as_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "a.mp3").touch()
    music = MpdMusic(tmp_path / "link")
    for path in (tmp_path / "link" / "a.mp3", tmp_path / "real" / "a.mp3"):
        assert music.song(str(path)) == "a.mp3"
    assert music.song(str(tmp_path / "other.mp3")) is None
    assert music.song(f"{tmp_path}/linked/a.mp3") is None
