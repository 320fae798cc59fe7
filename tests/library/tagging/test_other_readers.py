"""Writing loses nothing for any reader: what each saw before it sees afterwards."""

from __future__ import annotations

import re
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import mutagen
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC
from mutagen.mp4 import MP4, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from tagging_support import LENIENT, packets, write
from tinytag import ParseError, TinyTag

from linernotes.library.file_tags import clean, read_file_tags
from linernotes.library.tagging.errors import TagFormatError
from linernotes.library.tagging.undo import undo_tags

NEW = {"bpm": ["121"], "mood": ["sad"], "LINERNOTES_GENRE": ["jazz 0.83"]}
NAMES = {
    "Title": "Song", "Artist": ["Singer", "Guest"], "Album": "Both", "Album Artist": "Various",
    "Disc": "2/3", "Track": "5", "Composer": "Bill", "Year": "1999", "Comment": "a comment",
    "REPLAYGAIN_TRACK_GAIN": "-7.2 dB", "MUSICBRAINZ_TRACKID": "9d1d2b2c-0000-4000-8000-00000001",
}  # fmt: skip
V1 = b"TAG" + b"Old title".ljust(30, b"\0") + b"Old artist".ljust(30, b"\0")
V1 += b"Old album".ljust(30, b"\0") + b"1959" + b"Old comment".ljust(28, b"\0") + b"\0\7\x11"
SEEN = set[tuple[str, str]]


def plain_mp3(songs: dict[str, Path]) -> bytes:
    return songs["mp3"].read_bytes()


def v1_of(*texts: bytes) -> bytes:
    fields = (text.ljust(size, b"\0") for text, size in zip(texts, (30, 30, 30), strict=True))
    return b"TAG" + b"".join(fields) + b"1999" + bytes(28) + b"\0\7\x11"


# What makes each file: a function of the encoded songs and of the place.


def only_ape(songs: dict[str, Path], path: Path) -> None:
    path.write_bytes(plain_mp3(songs))
    tags = APEv2()
    for name, value in NAMES.items():
        tags[name] = value
    tags["Cover Art (Front)"] = mutagen.apev2.APEValue(b"cover.jpg\0\xff\xd8", 1)
    tags.save(path)


def ape_before_v1(songs: dict[str, Path], path: Path) -> None:
    only_ape(songs, path)
    path.write_bytes(path.read_bytes() + V1)


def ape_in_front(songs: dict[str, Path], path: Path) -> None:
    only_ape(songs, path)
    tag = path.read_bytes().removeprefix(plain_mp3(songs))
    path.write_bytes(tag + plain_mp3(songs))


def only_v1(songs: dict[str, Path], path: Path) -> None:
    path.write_bytes(plain_mp3(songs) + V1)


def only_v1_with_accents(songs: dict[str, Path], path: Path) -> None:
    v1 = v1_of("Così è la vita".encode("latin-1"), "Motörhead".encode("latin-1"), b"Both")
    path.write_bytes(plain_mp3(songs) + v1)


def all_kinds(version: int) -> Callable[[dict[str, Path], Path], None]:
    def make(songs: dict[str, Path], path: Path) -> None:
        ape_before_v1(songs, path)
        tags = id3.ID3()
        for frame in frames():
            tags.add(frame)
        if version == 3:
            tags.update_to_v23()
        tags.save(path, v2_version=version, v1=1)

    return make


def frames() -> list[Any]:
    return [
        id3.TIT2(encoding=3, text="New title"), id3.TPE2(encoding=3, text="Various"),
        id3.TPOS(encoding=0, text="1/2"), id3.TCOM(encoding=1, text="Bill"),
        id3.COMM(encoding=0, lang="eng", desc="", text="a comment"),
        id3.TXXX(encoding=0, desc="replaygain_track_gain", text="-7.2 dB"),
        id3.UFID(owner="http://musicbrainz.org", data=b"9d1d2b2c"),
    ]  # fmt: skip


def id3_2_2(songs: dict[str, Path], path: Path) -> None:
    texts = ((b"TT2", b"\0Title"), (b"TP1", b"\0Ann"), (b"TYE", b"\x001959"), (b"COM", b"\0eng\0c"))
    body = b"".join(name + len(text).to_bytes(3, "big") + text for name, text in texts)
    path.write_bytes(b"ID3\2\0\0\0\0\0" + bytes([len(body)]) + body + plain_mp3(songs))


def empty_id3_and_v1(songs: dict[str, Path], path: Path) -> None:
    path.write_bytes(b"ID3\3\0\0\0\0\0\x40" + bytes(64) + plain_mp3(songs) + V1)


def wav_with_info(songs: dict[str, Path], path: Path) -> None:
    texts = {
        "INAM": "Name", "IART": "Ann", "IPRD": "Both", "IGNR": "Folk", "ICRD": "1959",
        "ICMT": "a comment", "ICOP": "mine", "IPRT": "3", "IENG": "Fred", "ISFT": "made",
    }  # fmt: skip
    body = b"".join(
        name.encode() + struct.pack("<I", len(text)) + text.encode() + b"\0" * (len(text) % 2)
        for name, text in texts.items()
    )
    data = songs["wav"].read_bytes()
    chunk = b"LIST" + struct.pack("<I", 4 + len(body)) + b"INFO" + body
    path.write_bytes(b"RIFF" + struct.pack("<I", len(data) + len(chunk) - 8) + data[8:] + chunk)


def aiff_with_texts(songs: dict[str, Path], path: Path) -> None:
    data = songs["aiff"].read_bytes()
    texts = ((b"NAME", b"Name"), (b"AUTH", b"Anna"), (b"ANNO", b"note"), (b"(c) ", b"mine"))
    chunks = b"".join(name + struct.pack(">I", len(text)) + text for name, text in texts)
    path.write_bytes(b"FORM" + struct.pack(">I", len(data) + len(chunks) - 8) + data[8:] + chunks)


def comments(kind: str) -> Callable[[dict[str, Path], Path], None]:
    def make(songs: dict[str, Path], path: Path) -> None:
        shutil.copy(songs[kind], path)
        file = {"flac": FLAC, "ogg": OggVorbis, "opus": OggOpus}[kind](path)
        for name, value in NAMES.items():
            file[name] = value
        file["R128_TRACK_GAIN"] = "-512"
        file.save()

    return make


def mp4(songs: dict[str, Path], path: Path) -> None:
    shutil.copy(songs["m4a"], path)
    file = MP4(path)
    file["©nam"], file["aART"], file["disk"], file["©cmt"] = ["N"], ["V"], [(1, 2)], ["c"]
    file["----:com.apple.iTunes:replaygain_track_gain"] = [MP4FreeForm(b"-7.2 dB")]
    file["----:com.example:mine"] = [MP4FreeForm(b"a"), MP4FreeForm(b"b")]
    file.save()


def id3_before_bare_flac(songs: dict[str, Path], path: Path) -> None:
    data = songs["flac"].read_bytes()
    position, last = 4, 0
    while not last:
        last = data[position] & 0x80
        position += 4 + int.from_bytes(data[position + 1 : position + 4], "big")
    path.write_bytes(data[:4] + b"\x80" + data[5:42] + data[position:])
    in_front(path)


def before(kind: str) -> Callable[[dict[str, Path], Path], None]:
    def make(songs: dict[str, Path], path: Path) -> None:
        shutil.copy(songs[kind], path)
        in_front(path)

    return make


def in_front(path: Path) -> None:
    tag = path.with_name("tag")
    tags = id3.ID3()
    for frame in frames():
        tags.add(frame)
    tags.save(tag)
    path.write_bytes(tag.read_bytes() + path.read_bytes())


FILES: dict[str, Callable[[dict[str, Path], Path], None]] = {
    "only ape.mp3": only_ape,
    "ape before v1.mp3": ape_before_v1,
    "ape in front.mp3": ape_in_front,
    "only v1.mp3": only_v1,
    "only v1 with accents.mp3": only_v1_with_accents,
    "all kinds, 2.3.mp3": all_kinds(3),
    "all kinds, 2.4.mp3": all_kinds(4),
    "2.2.mp3": id3_2_2,
    "empty id3 and v1.mp3": empty_id3_and_v1,
    "info.wav": wav_with_info,
    "texts.aiff": aiff_with_texts,
    "comments.flac": comments("flac"),
    "comments.ogg": comments("ogg"),
    "comments.opus": comments("opus"),
    "atoms.m4a": mp4,
    "id3 before bare.flac": id3_before_bare_flac,
    "id3 before.flac": before("flac"),
    "id3 before.ogg": before("ogg"),
}


def by_mutagen(path: Path) -> SEEN:
    try:
        file = mutagen.File(path)
    except mutagen.MutagenError:
        return set()
    # The keys of comments tell from which kind of tag they come.
    return (
        {(key.split(":")[0], str(value)) for key, value in (file.tags or {}).items()}
        if file
        else set()
    )


def by_ffmpeg(path: Path) -> SEEN:
    with path.open("rb") as file, av.open(file, **LENIENT) as container:
        told = [container.metadata, *(stream.metadata for stream in container.streams)]
    # Which reads every text as UTF-8, and old code pages as none.
    torn = re.compile("[\ufffd\udc80-\udcff]")
    return {(k.casefold(), v) for each in told for k, v in each.items() if not torn.search(v)}


def by_taglib(path: Path) -> SEEN:
    taglib = pytest.importorskip("taglib", reason="pytaglib is not installed")
    try:
        with taglib.File(path) as file:
            # What RIFF calls an engineer is an arranger to TagLib.
            names = {"ARRANGER": "ENGINEER"}
            told = file.tags.items()
            return {(names.get(key, key), value) for key, values in told for value in values}
    except OSError:
        return set()


def by_tinytag(path: Path) -> SEEN:
    try:
        told = TinyTag.get(path).as_dict()
    except ParseError:
        return set()
    return {
        (key, str(value))
        for key, values in told.items()
        if key not in ("filename", "filesize", "bitrate", "duration", "samplerate")
        for value in (values if isinstance(values, list) else [values])
    }


READERS = {f.__name__: f for f in (by_mutagen, by_ffmpeg, by_taglib, by_tinytag)}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", FILES)
def test_a_reader_sees_what_it_saw(
    name: str, reader: str, song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / name
    FILES[name](song_files, path)
    see, bytes_before, sound = READERS[reader], path.read_bytes(), packets(path)
    seen, told = see(path), read_file_tags(path)
    assert write(path, tmp_path / "log", **NEW).written
    assert seen - see(path) == set()
    assert read_file_tags(path).items() >= told.items()
    assert read_file_tags(path)["bpm"] == "121"
    assert packets(path) == sound
    list(undo_tags(log=tmp_path / "log"))
    assert path.read_bytes() == bytes_before


@pytest.mark.parametrize("kind", ["wav", "aiff"])
def test_chunks_behind_an_id3_tag_are_left_alone(
    kind: str, song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "a"
    before(kind)(song_files, path)
    data = path.read_bytes()
    with pytest.raises(TagFormatError, match="remove it first"):
        write(path, tmp_path / "log", **NEW)
    assert path.read_bytes() == data
    assert read_file_tags(path)["title"] == "New title"


def test_a_code_page_that_is_sure_is_mended_for_all(
    song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "a.mp3"
    v1 = v1_of("Группа крови".encode("cp1251"), "Кино".encode("cp1251"), b"Best")
    path.write_bytes(plain_mp3(song_files) + v1)
    write(path, tmp_path / "log", **NEW)
    for see in READERS.values():
        assert {"Группа крови", "Кино", "Best"} <= {value for _, value in see(path)}
    assert path.read_bytes().endswith(v1)


def test_a_code_page_that_is_not_sure_is_not_made_permanent(
    song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "a.mp3"
    v1 = v1_of(b"\xa4\xd7 \xd0\xa1", b"\xc5\xbe", b"x")
    data = plain_mp3(song_files) + v1
    path.write_bytes(data)
    with pytest.raises(TagFormatError, match="code page"):
        write(path, tmp_path / "log", **NEW)
    assert path.read_bytes() == data
    # In a tag that is there, what is garbled stays as it is, and is copied nowhere.
    tags = APEv2()
    tags["Title"] = "So What"
    tags.save(path)
    assert path.read_bytes().startswith(data)
    write(path, tmp_path / "log", **NEW)
    assert read_file_tags(path)["title"] == "So What"
    assert read_file_tags(path)["album"] == "x"
    assert path.read_bytes().count(v1) == 1
    assert b"\xa4\xd7" not in path.read_bytes().removeprefix(data)


def test_what_an_ape_tag_says_is_changed_there(song_files: dict[str, Path], tmp_path: Path) -> None:
    for name in ("only ape.mp3", "ape before v1.mp3", "ape in front.mp3"):
        path = tmp_path / name
        FILES[name](song_files, path)
        write(path, tmp_path / "log", overwrite=True, genre=["Jazz", "Blues"], bpm=["90"])
        write(path, tmp_path / "log", overwrite=True, genre=["Folk"], bpm=["91"])
        told = read_file_tags(path)
        assert (told["genre"], told["bpm"]) == ("Folk", "91")
        assert not path.read_bytes().startswith(b"ID3")
        if "front" not in name:
            tags = APEv2(path)
            assert list(tags["genre"]) == ["Folk"]
            assert tags["Cover Art (Front)"].kind == 1
            assert len(tags) == len(NAMES) + 3


TEXTS = st.text(min_size=1, max_size=60).map(clean).filter(bool)


@given(mood=st.lists(TEXTS, min_size=1, max_size=3), own=TEXTS)
@settings(max_examples=12, deadline=None)
def test_any_text_makes_the_round_trip_through_an_ape_tag(
    song_files: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    mood: list[str],
    own: str,
) -> None:
    folder = tmp_path_factory.mktemp("round")
    path = folder / "a.mp3"
    only_ape(song_files, path)
    data = path.read_bytes()
    write(path, folder / "log", mood=mood, LINERNOTES_GENRE=[own])
    told = read_file_tags(path, custom=["LINERNOTES_GENRE"])
    assert told["LINERNOTES_GENRE"] == own
    assert told["mood"] == "; ".join(dict.fromkeys(mood))
    assert list(APEv2(path)["mood"]) == list(dict.fromkeys(mood))
    list(undo_tags([path], log=folder / "log"))
    assert path.read_bytes() == data
