"""Sound and covers: whole, in ranges, in other formats; and players that go away."""

from __future__ import annotations

import asyncio
import io
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import psutil
import pytest
from subsonic_support import SECONDS, SOUNDS, App, failed, track_id
from support import wait_until

from linernotes.integrations.subsonic.errors import SubsonicError
from linernotes.integrations.subsonic.transcoding import (
    FORMATS,
    Transcoders,
    TranscodingOrder,
    choose_format,
)


def heard(data: bytes) -> tuple[str, float]:
    """Return what codec a sound has, and how long it is."""
    with av.open(io.BytesIO(data)) as opened:
        name = opened.streams.audio[0].codec_context.name
        return name, sum(f.samples / f.sample_rate for f in opened.decode(audio=0))


def path_of(app: App, i: int) -> Path:
    collection = app.served.app.state.services.shelf.now().collection
    return Path(collection.path[collection.track_id.index(track_id(i))])


@pytest.mark.parametrize("i", range(len(SOUNDS)))
def test_a_track_as_it_is(client: httpx.Client, app: App, i: int) -> None:
    whole = path_of(app, i).read_bytes()
    asked = {"id": track_id(i)}
    for method in ("stream", "download"):
        answer = client.get(f"/rest/{method}", params=asked)
        assert answer.content == whole
        assert answer.headers["content-type"].startswith("audio/")
    assert "attachment" in answer.headers["content-disposition"]
    part = client.get("/rest/stream", params=asked, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    part = client.get("/rest/stream", params=asked, headers={"Range": "bytes=-50"})
    assert part.content == whole[-50:]
    head = client.head("/rest/stream", params=asked)
    assert (head.content, int(head.headers["content-length"])) == (b"", len(whole))


@pytest.mark.parametrize(
    "asked",
    ["bytes=", "bytes=9-1", "bytes=-", "items=0-1", "bytes=99999999999-", "bytes=0-1,2-3,4-5",
     "bytes=a-b", "bytes=-0", "x" * 5000, "bytes=" + "0-1," * 2000],
)  # fmt: skip
def test_odd_ranges_break_nothing(client: httpx.Client, asked: str) -> None:
    answer = client.get("/rest/stream", params={"id": track_id(0)}, headers={"Range": asked})
    assert answer.status_code in (200, 206, 400, 416)


@pytest.mark.parametrize(
    ("form", "codec"), [("mp3", "mp3float"), ("opus", "opus"), ("aac", "aac"), ("m4a", "aac")]
)
def test_other_formats(client: httpx.Client, form: str, codec: str) -> None:
    asked = {"id": track_id(0), "format": form, "maxBitRate": 96}
    answer = client.get("/rest/stream", params=asked)
    assert answer.headers["content-type"] == FORMATS.get(form, FORMATS["aac"]).media_type
    found, seconds = heard(answer.content)
    assert found.removesuffix("float") == codec.removesuffix("float")
    assert abs(seconds - SECONDS) < 0.2
    assert len(answer.content) < 1.15 * SECONDS * 96 * 125


def test_a_place_to_begin_and_a_length_that_is_kept(client: httpx.Client) -> None:
    asked = {"id": track_id(2), "timeOffset": 5, "format": "mp3", "estimateContentLength": "true"}
    answer = client.get("/rest/stream", params=asked)
    assert len(answer.content) == int(answer.headers["content-length"])
    assert abs(heard(answer.content.rstrip(b"\0"))[1] - (SECONDS - 5)) < 0.2
    head = client.head("/rest/stream", params=asked)
    assert head.headers["content-length"] == answer.headers["content-length"]
    assert head.content == b""


def test_what_needs_no_change_is_not_changed(client: httpx.Client, app: App) -> None:
    for asked in ({"format": "raw"}, {"format": "flac"}, {"maxBitRate": 0}, {"maxBitRate": 5000},
                  {"format": "made up"}, {"format": ""}, {"timeOffset": 10**9}):  # fmt: skip
        answer = client.get("/rest/stream", params={"id": track_id(0), **asked})
        assert answer.content == path_of(app, 0).read_bytes()


@pytest.mark.parametrize(
    ("own", "wanted", "expected"),
    [
        (("mp3", 320), (None, 128), ("mp3", 128)), (("mp3", 100), ("mp3", 128), None),
        (("flac", 900), ("opus", 0), ("opus", 128)), (("flac", 900), (None, 192), ("mp3", 192)),
        (("ogg", 256), (None, 96), ("opus", 96)), (("ogg", 64), ("mp3", 320), ("mp3", 64)),
        (("mp3", 64), ("opus", 320), ("opus", 64)), (("flac", 900), ("mp3", 1), ("mp3", 32)),
        (("flac", 900), ("mp3", 9999), ("mp3", 320)), (("flac", 0), (None, 128), None),
    ],
)  # fmt: skip
def test_the_format_is_chosen(own: Any, wanted: Any, expected: Any) -> None:
    found = choose_format(suffix=own[0], kilobits=own[1], wanted=wanted[0], most=wanted[1], start=0)
    assert (None if found is None else (found[0].name, found[1])) == expected


def test_names_of_files_are_bytes() -> None:
    order = TranscodingOrder(os.fsdecode(b"/m/\xff.mp3"), "mp3", 128, 1.5)
    assert TranscodingOrder.from_json(order.as_json()) == order


def test_a_file_that_is_gone_or_broken_is_told(client: httpx.Client, app: App) -> None:
    for method in ("stream", "download"):
        assert failed(client.get(f"/rest/{method}", params={"id": track_id(40)})) == 70
    path = path_of(app, 5)
    whole = path.read_bytes()
    try:
        path.write_bytes(b"no music" * 1000)
        asked = {"id": track_id(5), "format": "opus", "maxBitRate": 64}
        assert failed(client.get("/rest/stream", params=asked)) == 0
    finally:
        path.write_bytes(whole)


def children() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children():
        try:
            if any("transcoder" in word for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def endless(app: App) -> Iterator[None]:
    """A track so long that its player is gone before it has ended."""
    import numpy as np
    import soundfile

    path = path_of(app, 3)
    whole = path.read_bytes()
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (44100 * 600, 1)).astype(np.float32)
    soundfile.write(path, noise, 44100)
    yield
    path.write_bytes(whole)


def begin(app: App) -> socket.socket:
    """Begin to play, and take no more than the beginning."""
    player = socket.create_connection(("127.0.0.1", app.served.port))
    player.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    query = f"id={track_id(3)}&format=mp3&maxBitRate=320&apiKey={app.password.api_key}"
    player.sendall(
        f"GET /rest/stream?{query} HTTP/1.1\r\nHost: 127.0.0.1:{app.served.port}\r\n\r\n".encode()
    )
    assert player.recv(100).startswith(b"HTTP/1.1 200")
    return player


def test_a_player_that_goes_away_leaves_nothing(app: App, endless: None) -> None:
    for _ in range(2):
        player = begin(app)
        assert len(children()) == 1
        player.close()
        wait_until(lambda: not children())


def test_so_many_are_converted_at_once(place: Path) -> None:
    path = next((place / "music" / "00").glob("00*"))
    order = TranscodingOrder(str(path), "mp3", 64)

    async def one_by_one() -> list[int]:
        transcoders = Transcoders(most=1, patience=0.05)
        sizes = []
        async with transcoders.run(order):
            with pytest.raises(SubsonicError, match="too many"):
                async with transcoders.run(order):
                    pass
            assert len(transcoders.running) == 1
        assert not transcoders.running
        patient = Transcoders(most=1)
        for _ in range(2):
            async with patient.run(order) as chunks:
                sizes.append(sum([len(chunk) async for chunk in chunks]))
        return sizes

    sizes = asyncio.run(one_by_one())
    assert sizes[0] == sizes[1] > SECONDS * 64 * 120
    assert not children()


def test_covers(client: httpx.Client) -> None:
    found = client.get("/rest/getAlbumList2", params={"type": "alphabeticalByName"}).json()
    albums = found["subsonic-response"]["albumList2"]["album"]
    for item in (albums[0]["coverArt"], track_id(0), albums[0]["artistId"]):
        for size in (1, 96, 300, 10**9):
            answer = client.get("/rest/getCoverArt", params={"id": item, "size": size})
            assert answer.headers["content-type"] == "image/jpeg"
            assert answer.content[:3] == b"\xff\xd8\xff"
    assert failed(client.get("/rest/getCoverArt", params={"id": albums[5]["id"]})) == 70
    assert failed(client.get("/rest/getCoverArt", params={"id": "../../etc/passwd"})) == 70
