"""XSPF and JSPF: written for players, and read from strangers."""

from __future__ import annotations

import contextlib
import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linernotes.library.playlists import (
    PlaylistEntry,
    PlaylistError,
    PlaylistFile,
    read_playlist,
    write_playlist,
)
from linernotes.library.playlists.files import format_playlist, parse_playlist

MBID = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"
NAMES = ["a.mp3", "#1 100% é.mp3", "new\nline.mp3", " lead & <b>.mp3", os.fsdecode(b"caf\xe9.mp3")]
KINDS = [".xspf", ".jspf"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_read(kind: str, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    entries = []
    for i, name in enumerate(NAMES):
        path = tmp_path / "music" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        entries.append(
            PlaylistEntry(str(path), 60.5 + i, "Ann & Bob", f"<{i}>", "Così", MBID if i else None)
        )
    out = tmp_path / "lists" / f"mix{kind}"
    assert write_playlist(out, entries, title="Blue & <so>", comment="of an\nevening") == ()
    read = read_playlist(out)
    assert list(read.entries) == entries
    assert (read.title, read.comment) == ("Blue & <so>", "of an evening")
    assert b"../music/a.mp3" in out.read_bytes()
    absolute, _ = format_playlist(PlaylistFile(entries), kind)
    assert list(parse_playlist(absolute, kind).entries) == entries
    assert f"file://{tmp_path}".encode() in absolute


def test_other_programs_read_them(tmp_path: Path) -> None:
    entry = PlaylistEntry("/music/a b.mp3", 1.5, "Nina", "Sinnerman", recording=MBID)
    xspf = ET.fromstring(format_playlist(PlaylistFile([entry], "Blue"), ".xspf")[0])
    space = {"x": "http://xspf.org/ns/0/"}
    track = xspf.find("x:trackList/x:track", space)
    assert track is not None
    assert track.findtext("x:location", None, space) == "file:///music/a%20b.mp3"
    assert track.findtext("x:duration", None, space) == "1500"
    jspf = json.loads(format_playlist(PlaylistFile([entry], "Blue"), ".jspf")[0])["playlist"]
    assert jspf["track"][0]["identifier"] == [f"https://musicbrainz.org/recording/{MBID}"]
    assert jspf["title"] == "Blue"


@pytest.mark.parametrize("kind", [".m3u8", *KINDS])
@given(text=st.text(), duration=st.none() | st.floats(0, 1e5))
def test_any_text_leaves_the_playlist_whole(kind: str, text: str, duration: float | None) -> None:
    entry = PlaylistEntry("/a.mp3", duration, text, text, text)
    data, _ = format_playlist(PlaylistFile([entry, entry], text, text), kind)
    read = parse_playlist(data, kind)
    assert [found.path for found in read.entries] == ["/a.mp3"] * 2


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a;" * 9) for i in range(9))
    + b"]><playlist>&a8;</playlist>"
)
OUTSIDE = (
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b"<playlist><title>&e;</title><trackList/></playlist>"
)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (".xspf", BOMB), (".xspf", OUTSIDE), (".xspf", b"<a>" * 100_000), (".xspf", b""),
        (".xspf", b"<playlist>"), (".xspf", b'<?xml version="1.0" encoding="x-odd"?><playlist/>'),
        (".jspf", b"[" * 100_000), (".jspf", b"{}"), (".jspf", b"\xff\xfe"),
        (".jspf", b'{"playlist": {"track": 3}}'), (".m3u8", bytes(33 << 20)), (".txt", b""),
    ],
)  # fmt: skip
def test_hostile_playlists_are_refused(kind: str, data: bytes) -> None:
    with pytest.raises(PlaylistError):
        parse_playlist(data, kind)


@given(data=st.binary())
@pytest.mark.parametrize("kind", [".m3u", *KINDS])
def test_any_bytes_are_read_or_refused(kind: str, data: bytes) -> None:
    with contextlib.suppress(PlaylistError):
        parse_playlist(data, kind)


def test_odd_entries_are_left_out() -> None:
    odd = {"playlist": {"title": 3, "track": [
        None, 3, {}, {"location": "file:///%00"}, {"location": [4, "s3://bucket/a.mp3"]},
        {"title": "known by its name", "duration": -1}, {"identifier": f"x/recording/{MBID}"},
        {"location": "file://host/a.mp3", "duration": True},
    ]}}  # fmt: skip
    read = parse_playlist(json.dumps(odd).encode(), ".jspf")
    assert [entry.path for entry in read.entries] == ["s3://bucket/a.mp3", "", "", "/a.mp3"]
    assert read.entries[2].recording == MBID
    assert {entry.duration for entry in read.entries} == {None}


def test_old_m3u_is_read(tmp_path: Path) -> None:
    (tmp_path / "mix.m3u").write_bytes(b"\xef\xbb\xbf#EXTM3U\r\n#PLAYLIST:Blue\r\n\r\na/b.mp3\r\n")
    read = read_playlist(tmp_path / "mix.m3u")
    assert (read.title, read.entries[0].path) == ("Blue", str(tmp_path / "a" / "b.mp3"))
    assert parse_playlist(b"caf\xe9.mp3", ".m3u").entries[0].path == "café.mp3"
    with pytest.raises(PlaylistError, match="cannot be read"):
        read_playlist(tmp_path / "none.m3u")
