"""Each kind of tag, in the forms in which it is found."""

from __future__ import annotations

import io
import shutil
import struct
import time
import zlib
from pathlib import Path

import av
import mutagen._constants
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.apev2 import APEv2
from mutagen.mp4 import MP4, AtomDataType, MP4FreeForm
from support import encode, make_song

from linernotes.library.file_tags import kind_of, read_file_tags, read_tags
from linernotes.library.tags.id3v1 import GENRES
from linernotes.library.tags.id3v2 import resynchronised, to_synchsafe
from linernotes.library.tags.texts import utf_16

REPLAY_GAIN = ("replaygain_track_gain", "replaygain_album_peak", "r128_track_gain", "comment")


def frame(name: bytes, contents: bytes, *, version: int = 3, flags: int = 0) -> bytes:
    if version == 2:
        return name + len(contents).to_bytes(3, "big") + contents
    size = to_synchsafe(len(contents)) if version == 4 else struct.pack(">I", len(contents))
    return name + size + bytes([0, flags]) + contents


def tag(*frames: bytes, version: int = 3, flags: int = 0) -> bytes:
    body = b"".join(frames)
    header = bytes([version, 0, flags]) + to_synchsafe(len(body))
    footer = b"3DI" + header if flags & 0x10 else b""
    return b"ID3" + header + body + footer


def told(data: bytes, *more: str) -> dict[str, str]:
    return read_file_tags(data, custom=more)


@pytest.fixture
def sound(song_files: dict[str, Path]) -> bytes:
    return song_files["mp3"].read_bytes()


def test_genres_are_those_that_others_know() -> None:
    assert list(GENRES) == mutagen._constants.GENRES


@pytest.mark.parametrize(
    ("text", "genre"),
    [(b"\0(17)Rock", "Rock"), (b"\0(17)", "Rock"), (b"\x0017", "Rock"), (b"\0(4)Eurodisco",
     "Disco; Eurodisco"), (b"\0(51)(39)", "Techno-Industrial; Noise"), (b"\0(RX)", "Remix"),
     (b"\3Jazz\0Blues", "Jazz; Blues"), (b"\x0017\x008", "Rock; Jazz"), (b"\0((Folk)", "(Folk)"),
     (b"\1\xff\xfe(\x001\x007\x00)\0", "Rock"), (b"\x00255", None), (b"\0(17)rock", "Rock")],
)  # fmt: skip
def test_genres_by_number_and_in_words(sound: bytes, text: bytes, genre: str | None) -> None:
    for version in (3, 4):
        data = tag(frame(b"TCON", text, version=version), version=version) + sound
        assert told(data).get("genre") == genre


def test_an_empty_frame_costs_itself_alone(sound: bytes) -> None:
    empty = [frame(name, b"") for name in (b"TXXX", b"COMM", b"TIT1", b"UFID", b"IPLS", b"TCON")]
    one = [frame(name, b"\1") for name in (b"TXXX", b"COMM", b"TIT1", b"UFID", b"IPLS", b"TCON")]
    data = tag(*empty, frame(b"TIT2", b"\0One"), *one, frame(b"TALB", b"\0Two")) + sound
    assert told(data) == {"title": "One", "album": "Two"}


@pytest.mark.parametrize(
    ("text", "title"),
    [(b"\1\xff\xfeA\0b\0", "Ab"), (b"\1\xfe\xff\0A\0b", "Ab"), (b"\1A\0b\0", "Ab"),
     (b"\1\0A\0b", "Ab"), (b"\1\xff\xfeA\0b\0\0", "Ab"), (b"\1\xff\xfeA\0\0\0\xff\xfeb\0", "A; b"),
     (b"\2\0A\0b", "Ab"), (b"\2\xff\xfeA\0b\0", "Ab"), (b"\3A\0b\0", "A; b"), (b"\3\xef\xbb\xbfAb",
     "Ab"), (b"Ab", "Ab"), (b"\1\xff\xfe\x1a\x048\x04", "Ки"), (b"\0\xc3\xa9t\xc3\xa9", "été"),
     (b"\3caf\xe9", "café")],
)  # fmt: skip
def test_texts_in_every_coding(sound: bytes, text: bytes, title: str) -> None:
    assert told(tag(frame(b"TIT2", text)) + sound)["title"] == title


def test_old_code_pages_in_frames_that_claim_latin(sound: bytes) -> None:
    texts = {b"TIT2": "Группа крови", b"TPE1": "Кино", b"COMM": "Текст"}
    frames = [frame(name, (b"\0eng\0" if name == b"COMM" else b"\0") + text.encode("cp1251"))
              for name, text in texts.items()]  # fmt: skip
    found = told(tag(*frames) + sound, "comment")
    assert found == {"title": "Группа крови", "artist": "Кино", "comment": "Текст"}


def test_id3_2_2_knows_all_fields(sound: bytes) -> None:
    texts = {b"TT2": b"\0T", b"TP1": b"\0A", b"TP2": b"\0AA", b"TAL": b"\0B", b"TPA": b"\x001/2",
             b"TCM": b"\0C", b"TRC": b"\0USSM15900113", b"TBP": b"\x00121", b"TKE": b"\0Am",
             b"TYE": b"\x001959", b"TDA": b"\x001708", b"TRK": b"\x003",
             b"UFI": b"http://musicbrainz.org\0abc", b"COM": b"\0eng\0note",
             b"TXX": b"\0ALBUMARTIST\0Other", b"IPL": b"\0producer\0Teo"}  # fmt: skip
    data = tag(*(frame(name, text, version=2) for name, text in texts.items()), version=2) + sound
    assert told(data, "comment") == {
        "title": "T", "artist": "A", "albumartist": "AA", "album": "B", "discnumber": "1/2",
        "composer": "C", "isrc": "USSM15900113", "bpm": "121", "key": "Am", "date": "1959-08-17",
        "tracknumber": "3", "musicbrainz_recordingid": "abc", "comment": "note", "producer": "Teo",
    }  # fmt: skip


@pytest.mark.parametrize("version", [3, 4])
def test_unsynchronisation_and_extended_headers(sound: bytes, version: int) -> None:
    text = b"\1\xff\xfeA\0\xff\0"
    album = frame(b"TALB", b"\0B", version=version)
    extended = b"\0\0\0\6" + bytes(6) if version == 3 else to_synchsafe(6) + b"\1\0"
    if version == 3:
        body = (extended + frame(b"TIT2", text) + frame(b"TALB", b"\0B")).replace(
            b"\xff", b"\xff\0"
        )
        data = tag(body, version=3, flags=0xC0) + sound
    else:
        inner = text.replace(b"\xff", b"\xff\0")
        body = extended + frame(b"TIT2", inner, version=4, flags=2)
        data = tag(body, album, version=4, flags=0x40) + sound
    assert resynchronised(b"\xff\0\xff\0\0") == b"\xff\xff\0"
    assert told(data) == {"title": "Aÿ", "album": "B"}


def test_compressed_counted_and_grouped_frames(sound: bytes) -> None:
    packed = struct.pack(">I", 4) + zlib.compress(b"\0One")
    three = tag(frame(b"TIT2", packed, flags=0x80), frame(b"TALB", b"g\0Two", flags=0x20))
    assert told(three + sound) == {"title": "One", "album": "Two"}
    packed = to_synchsafe(4) + zlib.compress(b"\0One")
    frames = (
        frame(b"TIT2", packed, version=4, flags=0x09),
        frame(b"TALB", b"g" + to_synchsafe(4) + b"\0Two", version=4, flags=0x40),
        frame(b"TPE1", b"e\0secret", version=4, flags=0x04),
    )
    found = told(tag(*frames, version=4) + sound)
    assert found["title"] == "One"
    assert "artist" not in found


def test_tags_one_after_the_other_and_at_the_end(sound: bytes) -> None:
    first = tag(frame(b"TIT2", b"\0One", version=4), version=4, flags=0x10)
    second = tag(frame(b"TIT2", b"\0Two"), frame(b"TALB", b"\0Both"))
    assert told(first + second + sound) == {"title": "One", "album": "Both"}
    last = tag(frame(b"TIT2", b"\0Last", version=4), version=4, flags=0x10)
    assert told(sound + last) == {"title": "Last"}


@pytest.mark.parametrize("kind", ["flac", "ogg", "opus", "wav", "aiff", "m4a", "wma"])
def test_a_tag_before_any_format(kind: str, song_files: dict[str, Path]) -> None:
    for flags, version in ((0, 3), (0x10, 4)):
        front = tag(frame(b"TALB", b"\0Front", version=version), version=version, flags=flags)
        data = front + song_files[kind].read_bytes()
        assert told(data)["album"] == "Front"


def test_several_values_in_ape_and_its_places(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(sound)
    tags = APEv2()
    tags["Artist"], tags["Genre"], tags["Title"] = ["Ann", "Bob"], ["Jazz", "Blues"], "Così"
    tags["REPLAYGAIN_TRACK_GAIN"] = "-7.2 dB"
    tags["Cover Art (Front)"] = mutagen.apev2.APEValue(b"a\0b", 1)
    tags.save(path)
    whole = path.read_bytes()
    bare = whole.removeprefix(sound)
    v1 = b"TAG" + b"Old".ljust(124, b"\0") + b"\xff"
    lyrics = b"LYRICSBEGININD0000200"
    lyrics += f"{len(lyrics):06}".encode() + b"LYRICS200"
    expected = {"title": "Così", "artist": "Ann; Bob", "genre": "Jazz; Blues",
                "replaygain_track_gain": "-7.2 dB"}  # fmt: skip
    for data in (whole, whole + v1, whole + lyrics + v1, bare + sound, sound + v1 + bare):
        assert told(data, *REPLAY_GAIN) == expected
        assert kind_in(data, tmp_path) == "mp3"
    assert [each.kind for each in read_tags(sound + v1 + bare)] == ["ape", "id3v1"]


def kind_in(data: bytes, folder: Path) -> str | None:
    (folder / "kind").write_bytes(data)
    return kind_of(folder / "kind")


def test_id3v1_forms(sound: bytes) -> None:
    padded = b"TAG" + b"Title".ljust(30) + b"Artist".ljust(30) + bytes(30) + b"1999"
    assert told(sound + padded + b"comment".ljust(30) + b"\x08", "comment") == {
        "title": "Title", "artist": "Artist", "genre": "Jazz", "date": "1999", "comment": "comment",
    }  # fmt: skip
    japanese = b"TAG" + "宇多田ヒカル".encode("cp932").ljust(30, b"\0")
    japanese += "花束を君に".encode("cp932").ljust(30, b"\0") + bytes(64) + b"\xff"
    found = told(sound + japanese)
    assert (found["title"], found["artist"]) == ("宇多田ヒカル", "花束を君に")


def test_apple_s_free_atoms_and_genre_by_number(
    song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = Path(shutil.copy(song_files["m4a"], tmp_path / "a.m4a"))
    file = MP4(path)
    free = "----:com.apple.iTunes:"
    file[f"{free}REPLAYGAIN_TRACK_GAIN"] = [MP4FreeForm(b"-7.2 dB")]
    file[f"{free}replaygain_album_peak"] = [MP4FreeForm("0.9".encode("utf-16-be"),
                                                        AtomDataType.UTF16)]  # fmt: skip
    file[f"{free}MOOD"] = [MP4FreeForm(b"sad"), MP4FreeForm(b"calm")]
    file["©cmt"], file["©ART"] = ["a note"], ["Ann", "Bob"]
    file.save()
    assert read_file_tags(path, custom=REPLAY_GAIN) == {
        "artist": "Ann; Bob", "mood": "sad; calm", "comment": "a note",
        "replaygain_track_gain": "-7.2 dB", "replaygain_album_peak": "0.9",
    }  # fmt: skip
    number = struct.pack(">I4sI4sIIH", 26, b"gnre", 18, b"data", 0, 0, 18)
    file = MP4(path)
    file["©gen"] = ["x" * 40]
    file.save()
    changed = path.read_bytes()
    place = changed.index(b"\xa9gen") - 4
    size = int.from_bytes(changed[place : place + 4], "big")
    filler = struct.pack(">I4s", size - len(number), b"free") + bytes(size - len(number) - 8)
    patched = changed[:place] + number + filler + changed[place + size :]
    assert len(patched) == len(changed)
    assert told(patched)["genre"] == "Rock"


def test_matroska(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mka", make_song(duration=1), 44100, "aac")
    tagged = tmp_path / "b.mka"
    with av.open(str(path)) as source, av.open(str(tagged), "w") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        target.metadata.update({"title": "Così", "ARTIST": "Ann", "album": "B", "GENRE": "Jazz"})
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert read_file_tags(tagged) == {
        "title": "Così", "artist": "Ann", "album": "B", "genre": "Jazz",
    }  # fmt: skip
    # A text that is no UTF-8 comes whole or not at all, whatever this version of PyAV makes of it.
    torn = read_file_tags(tagged.read_bytes().replace("Così".encode(), b"Cos\xec!"))
    assert torn.get("title", "Così!") in ("Così!", "Cos\ufffd!")
    assert (torn["artist"], torn["album"]) == ("Ann", "B")


def test_sources_other_than_paths(sound: bytes) -> None:
    data = tag(frame(b"TIT2", b"\0One")) + sound
    file = io.BytesIO(data)
    file.seek(7)
    assert read_file_tags(file) == read_file_tags(bytearray(data)) == {"title": "One"}
    assert file.tell() == 7

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert read_file_tags(Pipe(data)) == {}


SIZES = st.sampled_from([0, 1, 8, 127, 2**14, 2**24, 2**28 - 1, 2**31, 2**32 - 1])
HEADS = st.sampled_from(
    [b"ID3\3\0\0", b"ID3\4\0\x50", b"ID3\2\0\x80", b"fLaC", b"OggS\0\2", b"RIFF\0\0\1\0WAVE",
     b"FORM\0\0\1\0AIFF", b"\0\0\0\x20ftypM4A ", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"APETAGEX",
     b"\x1a\x45\xdf\xa3", b"\xff\xfb\x90\0", b""]
)  # fmt: skip
PIECES = st.one_of(
    st.binary(max_size=60),
    SIZES.map(lambda size: struct.pack(">I", size)),
    SIZES.map(lambda size: struct.pack("<I", size)),
    st.sampled_from([b"TIT2", b"TXXX", b"APETAGEX\xd0\7\0\0", b"TAG", b"moov", b"udta", b"meta",
                     b"ilst", b"data", b"LIST", b"INFO", b"id3 ", b"\3vorbis", b"OpusHead", b"3DI",
                     b"LYRICS200", b"\x01vorbis", b"OggS\0\0"]),
)  # fmt: skip


@given(HEADS, st.lists(PIECES, max_size=12))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_without_an_error(head: bytes, pieces: list[bytes]) -> None:
    start = time.process_time()
    for value in read_file_tags(head + b"".join(pieces), custom=REPLAY_GAIN).values():
        assert value
    assert time.process_time() - start < 5


@given(st.binary(max_size=200))
def test_utf_16_of_any_bytes(data: bytes) -> None:
    assert isinstance(utf_16(data), str)


def hostile() -> dict[str, bytes]:
    many = 3_000_000
    return {
        "frames": tag(b"TIT2\0\0\0\0\0\0" * (many // 10)),
        "tags": b"ID3\3\0\0\0\0\0\0" * (many // 10),
        "bomb": tag(frame(b"TIT2", bytes(4) + zlib.compress(bytes(50_000_000)), flags=0x80)),
        "atoms": b"\0\0\0\x20ftypM4A " + bytes(20) + b"\0\0\0\x08free" * (many // 8),
        "moov": b"\0\0\0\x20ftypM4A " + bytes(20) + struct.pack(">I", many + 8) + b"moov"
                + b"\0\0\0\x08udta" * (many // 8),
        "pages": (b"OggS" + bytes(23)) * (many // 27),
        "chunks": b"RIFF\xff\xff\xff\xffWAVE" + (b"LIST" + bytes(4)) * (many // 8),
        "blocks": b"fLaC" + b"\4\0\0\0" * (many // 4),
        "items": b"APETAGEX" + struct.pack("<4I", 2000, many + 32, 2**32 - 1, 0xA0000000) + bytes(8)
                 + (bytes(8) + b"ab\0") * (many // 11),
    }  # fmt: skip


@pytest.mark.parametrize("kind", sorted(hostile()))
def test_hostile_files_cost_little(kind: str) -> None:
    data = hostile()[kind]
    start = time.process_time()
    read_file_tags(data)
    assert time.process_time() - start < 10
