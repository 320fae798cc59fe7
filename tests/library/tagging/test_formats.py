"""Writing tags changes what was planned and nothing else, in every format."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from support import encode, make_song
from tagging_support import (
    KINDS,
    SUGGESTED,
    TOLD,
    Copy,
    dress,
    packets,
    told,
    write,
)

from linernotes.audio import load
from linernotes.errors import AudioError
from linernotes.library.file_tags import clean, read_file_tags
from linernotes.library.tagging.errors import (
    TagDamagedError,
    TagFormatError,
)
from linernotes.library.tagging.planning import plan_tags
from linernotes.library.tagging.undo import Undone, undo_tags
from linernotes.library.tagging.vorbis import ogg_edits
from linernotes.library.tagging.writing import write_tags


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dressed", [False, True])
@pytest.mark.slow
def test_writing_changes_what_was_planned_and_nothing_else(
    kind: str, dressed: bool, copy: Copy, log: Path
) -> None:
    path = copy(kind)
    if dressed:
        dress(kind, path)
    before, bytes_before = told(path), path.read_bytes()
    sound, samples = packets(path), load(path).samples
    path.chmod(0o640)
    os.utime(path, ns=(10**18, 10**18))

    plan = plan_tags(path, SUGGESTED)
    assert {change.field: change.new for change in plan.changes} == TOLD
    assert path.read_bytes() == bytes_before
    assert not log.exists()

    assert write_tags(plan, log=log).written
    assert told(path) == before | TOLD
    assert packets(path) == sound
    assert (load(path).samples == samples).all()
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.stat().st_mtime_ns > 10**18
    assert list(path.parent.iterdir()) == [path]
    assert not plan_tags(path, SUGGESTED).changes

    (undone,) = undo_tags([path], log=log)
    assert isinstance(undone, Undone)
    assert path.read_bytes() == bytes_before
    assert path.stat().st_mtime_ns == 10**18
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("kind", KINDS)
def test_all_other_tags_are_bit_for_bit_the_same(kind: str, copy: Copy, log: Path) -> None:
    path = copy(kind)
    dress(kind, path)
    before = path.read_bytes()
    write(path, log)
    (entry,) = map(json.loads, log.read_text().splitlines())
    # Taking out what was put in, and putting back the few bytes of sizes and checksums.
    replaced = sum(length for _, length, _ in entry["edits"])
    assert replaced < 1500
    assert len(path.read_bytes()) - len(before) < 1000
    after = path.read_bytes()
    # Whatever is not touched, such as the cover in pieces of Ogg pages, is still there.
    assert sum(before[at : at + 64] in after for at in range(0, 40_000, 640)) >= 58


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("unsynchronised", [False, True])
def test_id3_keeps_its_version(
    version: int, unsynchronised: bool, song_files: dict[str, Path], tmp_path: Path, log: Path
) -> None:
    texts = [(b"TIT2", b"\1\xff\xfeC\0"), (b"TPE1", b"\0Ann"), (b"XYZ9", b"\xff\xe0\xff\0\xff")]
    by_frame = version == 4 and unsynchronised
    body = b""
    for name, text in texts:
        contents = text.replace(b"\xff", b"\xff\0") if by_frame else text
        if version == 2:
            name_of_three = {b"TIT2": b"TT2", b"TPE1": b"TP1", b"XYZ9": b"XYZ"}[name]
            body += name_of_three + len(contents).to_bytes(3, "big") + contents
        else:
            body += name + len(contents).to_bytes(4, "big") + bytes([0, 2 * by_frame]) + contents
    if version < 4 and unsynchronised:
        body = body.replace(b"\xff", b"\xff\0")
    body += bytes(50)
    header = b"ID3" + bytes(
        [version, 0, 0x80 * unsynchronised, 0, 0, len(body) >> 7, len(body) & 127]
    )
    path = tmp_path / "a.mp3"
    path.write_bytes(header + body + song_files["mp3"].read_bytes())
    before = path.read_bytes()
    write(path, log, **{**SUGGESTED, "mood": ["düster", "ruhig"]})
    after = path.read_bytes()
    assert after[:6] == before[:6]
    assert told(path) == {"title": "C", "artist": "Ann", **TOLD, "mood": "düster; ruhig"}
    assert body[: len(body) - 50].rstrip(b"\0") in after
    (undone,) = undo_tags(log=log)
    assert isinstance(undone, Undone)
    assert path.read_bytes() == before


def test_id3_with_sizes_of_the_wrong_version(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    # As some programs do: a 2.4 tag with plain sizes.
    long = b"TIT2" + (300).to_bytes(4, "big") + b"\0\0\0" + b"x" * 299
    other = b"TPE1" + (4).to_bytes(4, "big") + b"\0\0\0Ann"
    body = long + other
    header = b"ID3\4\0\0" + bytes([0, 0, len(body) >> 7, len(body) & 127])
    path.write_bytes(header + body + path.read_bytes())
    assert read_file_tags(path)["artist"] == "Ann"
    write(path, log)
    assert told(path) == {"title": "x" * 299, "artist": "Ann", **TOLD}


def test_a_first_id3_tag_does_not_hide_the_older_kind(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    old = b"TAG" + b"Old title".ljust(30, b"\0") + b"Old artist".ljust(30, b"\0") + bytes(30)
    path.write_bytes(path.read_bytes() + old + b"1959" + bytes(30) + b"\xff")
    write(path, log)
    assert id3.ID3(path, load_v1=False)["TIT2"].text == ["Old title"]
    assert told(path) == {"title": "Old title", "artist": "Old artist", "date": "1959", **TOLD}
    assert path.read_bytes().endswith(old + b"1959" + bytes(30) + b"\xff")


def test_mp4_with_its_index_in_front(tmp_path: Path, log: Path) -> None:
    options = {"movflags": "faststart"}
    path = encode(tmp_path / "a.m4a", make_song(), 44100, "aac", options)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    samples = load(path).samples
    write(path, log)
    assert (load(path).samples == samples).all()
    assert told(path).items() >= TOLD.items()
    assert all(isinstance(result, Undone) for result in undo_tags(log=log))
    assert path.read_bytes() == data


def test_mp4_in_fragments_is_left_alone(tmp_path: Path) -> None:
    options = {"movflags": "frag_keyframe+empty_moov"}
    path = encode(tmp_path / "a.m4a", make_song(), 44100, "aac", options)
    with pytest.raises(TagFormatError, match="fragments"):
        plan_tags(path, SUGGESTED)


@pytest.mark.parametrize("kind", ["ogg", "opus"])
@pytest.mark.parametrize("size", [64_000, 64_800, 65_000, 130_000, 195_500])
def test_ogg_pages_that_run_over(kind: str, size: int, copy: Copy, log: Path) -> None:
    path = copy(kind)
    ogg = {"ogg": OggVorbis, "opus": OggOpus}[kind](path)
    ogg["lyrics"] = "la " * (size // 3)
    ogg.save(padding=lambda _: 0)
    before, samples = path.read_bytes(), load(path).samples
    write(path, log, **SUGGESTED, LINERNOTES_MORE=["x" * 900])
    assert told(path).items() >= TOLD.items()
    assert (load(path).samples == samples).all()
    numbers = page_numbers(path.read_bytes())
    assert numbers == list(range(len(numbers)))
    (undone,) = undo_tags(log=log)
    assert isinstance(undone, Undone)
    assert path.read_bytes() == before


def page_numbers(data: bytes) -> list[int]:
    """The pages' numbers, after a look at every checksum by the definition."""
    numbers = []
    position = 0
    while position < len(data):
        lacing = data[position + 27 : position + 27 + data[position + 26]]
        end = position + 27 + len(lacing) + sum(lacing)
        numbers.append(int.from_bytes(data[position + 18 : position + 22], "little"))
        if len(numbers) < 4:
            page = bytearray(data[position:end])
            stated = int.from_bytes(page[22:26], "little")
            page[22:26] = bytes(4)
            crc = 0
            for byte in page:
                crc ^= byte << 24
                for _ in range(8):
                    crc = (crc << 1 ^ (0x04C11DB7 if crc & 1 << 31 else 0)) & 0xFFFFFFFF
            assert crc == stated
        position = end
    return numbers


def test_ogg_pages_keep_their_cuts(copy: Copy) -> None:
    path = copy("ogg")
    dress("ogg", path)
    with path.open("rb") as file:
        edits = ogg_edits(file, SUGGESTED)
    assert sum(len(edit.old) for edit in edits) < 600


def test_flac_behind_an_id3_tag_and_without_comments(copy: Copy, log: Path) -> None:
    path = copy("flac")
    data = path.read_bytes()
    streaminfo = data[:4] + b"\x80" + data[5:42]
    position, last = 4, 0
    while not last:
        last = data[position] & 0x80
        position += 4 + int.from_bytes(data[position + 1 : position + 4], "big")
    tag = b"ID3\4\0\0\0\0\0\x10" + bytes(16)
    path.write_bytes(tag + streaminfo + data[position:])
    before, samples = path.read_bytes(), load(path).samples
    write(path, log)
    assert told(path) == TOLD
    assert (load(path).samples == samples).all()
    assert path.read_bytes().startswith(tag)
    list(undo_tags(log=log))
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["wma", "aac"])
def test_formats_that_are_not_written_say_so(kind: str, song_files: dict[str, Path]) -> None:
    with pytest.raises(TagFormatError, match="mp3, flac"):
        plan_tags(song_files[kind], SUGGESTED)


@pytest.mark.parametrize("kind", ["wav", "aiff", "m4a"])
def test_files_behind_a_foreign_tag_are_left_alone(kind: str, copy: Copy) -> None:
    path = copy(kind)
    path.write_bytes(b"ID3\3\0\0\0\0\0\x0a" + bytes(10) + path.read_bytes())
    before = path.read_bytes()
    with pytest.raises(TagFormatError, match="stands before"):
        write_tags(plan_tags(path, SUGGESTED))
    assert path.read_bytes() == before


def test_what_is_no_audio_is_told_by_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_text("no music")
    os.mkfifo(tmp_path / "c.mp3")
    odd = {"a.mp3": "not-audio", "b.mp3": "unreadable", "c.mp3": "unreadable", "": "unreadable"}
    for name, code in odd.items():
        with pytest.raises(AudioError) as caught:
            plan_tags(tmp_path / name, SUGGESTED)
        assert caught.value.code == code


def test_damaged_tags_are_left_alone(copy: Copy) -> None:
    path = copy("mp3")
    dress("mp3", path)
    data = bytearray(path.read_bytes())
    data[30:200] = b"\xf0" * 170
    path.write_bytes(data)
    with pytest.raises(TagDamagedError):
        write_tags(plan_tags(path, SUGGESTED))
    assert path.read_bytes() == data
    cut = copy("wav")
    cut.write_bytes(cut.read_bytes()[:-1000])
    with pytest.raises(TagDamagedError, match="shorter"):
        plan_tags(cut, SUGGESTED)


TEXTS = st.text(min_size=1, max_size=60).map(clean).filter(bool)


@pytest.mark.parametrize("kind", KINDS)
@given(mood=st.lists(TEXTS, min_size=1, max_size=3), own=TEXTS)
@settings(max_examples=12, deadline=None)
def test_any_text_makes_the_round_trip(
    kind: str,
    song_files: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    mood: list[str],
    own: str,
) -> None:
    folder = tmp_path_factory.mktemp("round")
    path = Path(shutil.copy(song_files[kind], folder / "a"))
    before = path.read_bytes()
    write(path, folder / "log", mood=mood, LINERNOTES_GENRE=[own])
    assert told(path)["LINERNOTES_GENRE"] == own
    assert told(path)["mood"] == "; ".join(dict.fromkeys(mood))
    assert all(isinstance(result, Undone) for result in undo_tags([path], log=folder / "log"))
    assert path.read_bytes() == before
