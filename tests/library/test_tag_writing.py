"""Writing tags: nothing else in the file changes, whatever happens meanwhile."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen import id3
from mutagen.aiff import AIFF
from mutagen.flac import FLAC, Picture
from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from support import as_nobody, encode, make_song

from linernotes.audio import load
from linernotes.errors import AudioError, Failure
from linernotes.library.file_tags import clean, read_file_tags
from linernotes.library.tag_errors import (
    ChangedError,
    InUseError,
    NoSpaceError,
    NotVerifiedError,
    ReadOnlyError,
    TagDamagedError,
    TagFormatError,
    UndoLogError,
)
from linernotes.library.tag_planning import TagPlan, plan_tags, suggest_fields
from linernotes.library.tag_undo import Undone, undo_tags
from linernotes.library.tag_vorbis import ogg_edits
from linernotes.library.tag_writing import write_all, write_tags

KINDS = ("mp3", "flac", "ogg", "opus", "m4a", "alac", "wav", "aiff")
SUGGESTED = {
    "genre": ("jazz",),
    "mood": ("sad", "mellow"),
    "bpm": ("121",),
    "key": ("F#m",),
    "LINERNOTES_GENRE": ("jazz 0.83; blues 0.07",),
    "LINERNOTES_VERSION": ("0.1.0",),
}
TOLD = {field: "; ".join(values) for field, values in SUGGESTED.items()}
OURS = ("LINERNOTES_GENRE", "LINERNOTES_VERSION")
COVER = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 300

Copy = Callable[[str], Path]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "state" / "undo.jsonl"


@pytest.fixture
def copy(song_files: dict[str, Path], tmp_path: Path) -> Copy:
    """A copy of the song in a format, in a folder of its own."""

    def make(kind: str) -> Path:
        folder = tmp_path / "music"
        folder.mkdir(exist_ok=True)
        return Path(shutil.copy(song_files[kind], folder / f"song{song_files[kind].suffix}"))

    return make


def dress(kind: str, path: Path) -> None:
    """Put all kinds of things into the tags of a file that must not change."""
    frames = [
        id3.TIT2(encoding=1, text=["One", "Zwei"]),
        id3.TPE1(encoding=0, text="Ann"),
        id3.APIC(encoding=0, mime="image/jpeg", type=3, desc="front", data=COVER),
        id3.TXXX(encoding=3, desc="mine", text=["a", "b"]),
        id3.CHAP(element_id="c1", start_time=0, end_time=4000, sub_frames=[id3.TIT2(text="Intro")]),
        id3.PRIV(owner="somebody", data=bytes(range(256))),
        id3.POPM(email="me", rating=200, count=7),
    ]
    if kind == "mp3":
        tags = id3.ID3()
        for frame in frames:
            tags.add(frame)
        tags.save(path, v1=2, padding=lambda _: 777)
        # A frame that nobody knows, before the padding.
        data = bytearray(path.read_bytes())
        size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
        unknown = b"XYZ1\0\0\0\x05\0\0hello"
        data[10 + size - 777 : 10 + size - 777] = unknown
        size += len(unknown)
        data[6:10] = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
        path.write_bytes(data)
    elif kind in ("wav", "aiff"):
        chunked = {"wav": WAVE, "aiff": AIFF}[kind](path)
        chunked.add_tags()
        for frame in frames:
            chunked.tags.add(frame)
        chunked.save()
        data = path.read_bytes()
        order = "<I" if kind == "wav" else ">I"
        extra = b"what" + struct.pack(order, 3) + b"odd\0"
        path.write_bytes(
            data[:4] + struct.pack(order, len(data) + len(extra) - 8) + data[8:] + extra
        )
    elif kind == "flac":
        flac = FLAC(path)
        flac["title"], flac["artist"], flac["mine"] = ["One", "Zwei"], "Ann", ["a", "b"]
        flac.add_picture(picture())
        flac.save(padding=lambda _: 777)
    elif kind in ("ogg", "opus"):
        ogg = {"ogg": OggVorbis, "opus": OggOpus}[kind](path)
        ogg["title"], ogg["artist"], ogg["mine"] = ["One", "Zwei"], "Ann", ["a", "b"]
        ogg["metadata_block_picture"] = picture().write().hex()
        ogg.save()
    else:
        mp4 = MP4(path)
        mp4["©nam"], mp4["©ART"], mp4["covr"] = ["One", "Zwei"], ["Ann"], [MP4Cover(COVER)]
        mp4["----:com.example:mine"] = [MP4FreeForm(b"a", AtomDataType.UTF8), MP4FreeForm(b"\1", 0)]
        mp4["trkn"], mp4["cpil"] = [(3, 12)], True
        mp4.save()


def picture() -> Picture:
    made = Picture()
    made.type, made.mime, made.desc, made.data = 3, "image/jpeg", "front", COVER
    return made


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def packets(path: Path) -> bytes:
    with path.open("rb") as file, av.open(file) as container:
        return b"".join(bytes(packet) for packet in container.demux(container.streams.audio[0]))


def write(path: Path, log: Path, *, overwrite: bool = False, **fields: Any) -> TagPlan:
    plan = plan_tags(path, fields or SUGGESTED, overwrite=overwrite)
    return write_tags(plan, log=log)


def told(path: Path) -> dict[str, str]:
    return read_file_tags(path, custom=OURS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dressed", [False, True])
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


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_file_says_stays_unless_overwritten(kind: str, copy: Copy, log: Path) -> None:
    path = copy(kind)
    dress(kind, path)
    write(path, log, genre=["folk"], bpm=["90"], LINERNOTES_GENRE=["folk 0.9"])
    plan = plan_tags(path, SUGGESTED)
    assert {kept.field: (kept.old, kept.new) for kept in plan.kept} == {
        "genre": ("folk", "jazz"), "bpm": ("90", "121"),
    }  # fmt: skip
    write_tags(plan, log=log)
    assert told(path)["genre"] == "folk"
    assert told(path)["LINERNOTES_GENRE"] == TOLD["LINERNOTES_GENRE"]
    write(path, log, overwrite=True, **SUGGESTED)
    assert {field: told(path)[field] for field in TOLD} == TOLD
    # Once more without change: there is nothing to do.
    assert not plan_tags(path, SUGGESTED, overwrite=True).changes


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


def test_one_failure_costs_itself_alone(copy: Copy, log: Path) -> None:
    paths = [copy("mp3"), copy("flac"), copy("ogg")]
    plans = [plan_tags(path, SUGGESTED) for path in paths]
    paths[1].chmod(0o444)
    results = list(write_all(plans, log=log))
    assert [getattr(result, "written", result) for result in results] == [
        True, Failure(str(paths[1]), "read-only", results[1].message), True,  # type: ignore[union-attr]
    ]  # fmt: skip
    # They are one run, which is undone as a whole.
    assert [Path(result.file or "") for result in undo_tags(log=log)] == [paths[2], paths[0]]
    assert list(undo_tags(log=log)) == []


def test_runs_are_undone_one_after_the_other(copy: Copy, log: Path) -> None:
    path = copy("flac")
    states = [path.read_bytes()]
    for tempo in ("90", "91", "92"):
        write(path, log, overwrite=True, bpm=[tempo])
        states.append(path.read_bytes())
    for state in states[-2::-1]:
        assert [result.file for result in undo_tags(log=log)] == [str(path)]
        assert path.read_bytes() == state
    assert list(undo_tags(log=log)) == []


def test_read_only_folder(song_files: dict[str, Path]) -> None:
    # Where nobody may look into: pytest's own folders are for their owner alone.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = Path(shutil.copy(song_files["mp3"], folder / "a.mp3"))
        path.chmod(0o666)
        before = path.read_bytes()
        folder.chmod(0o555)
        with as_nobody(), pytest.raises(ReadOnlyError, match="folder"):
            write(path, folder / "undo.jsonl")
        folder.chmod(0o700)
        assert path.read_bytes() == before


def test_somebody_elses_file_does_not_change_its_owner(copy: Copy, log: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    path = copy("mp3")
    os.chown(path, 12345, 12346)
    write(path, log)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12346)


def test_extended_attributes_stay(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    try:
        os.setxattr(path, "user.mine", b"value")
    except (OSError, AttributeError):
        pytest.skip("there are no extended attributes here")
    write(path, log)
    assert os.getxattr(path, "user.mine") == b"value"


def test_full_disk(copy: Copy, log: Path) -> None:
    resource = pytest.importorskip("resource")
    path = copy("wav")
    plan, before = plan_tags(path, SUGGESTED), path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(NoSpaceError):
            write_tags(plan, log=log)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_written_that_could_not_be_undone(copy: Copy, tmp_path: Path) -> None:
    path = copy("mp3")
    before = path.read_bytes()
    (tmp_path / "file").touch()
    with pytest.raises(UndoLogError):
        write(path, tmp_path / "file" / "undo.jsonl")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_in_use_is_left_alone(copy: Copy, log: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    path = copy("mp3")
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(InUseError):
            write(path, log)
    write(path, log)


def test_a_link_is_followed_and_other_names_are_told(copy: Copy, log: Path, tmp_path: Path) -> None:
    path = copy("mp3")
    link = tmp_path / "link.mp3"
    link.symlink_to(path)
    write(link, log)
    assert link.is_symlink()
    assert told(path) == TOLD
    assert [result.file for result in undo_tags([link], log=log)] == [str(link)]
    assert told(path) == {}
    other = tmp_path / "other name.mp3"
    other.hardlink_to(path)
    (warning,) = write(path, log).warnings
    assert "hard links" in warning
    assert told(other) == {}


def test_a_plan_that_is_out_of_date_is_not_done(copy: Copy, log: Path) -> None:
    path = copy("flac")
    plan = plan_tags(path, SUGGESTED)
    flac = FLAC(path)
    flac["genre"] = "Folk"
    flac.save()
    with pytest.raises(ChangedError):
        write_tags(plan, log=log)
    assert told(path) == {"genre": "Folk"}


def test_what_does_not_read_back_is_not_kept(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    before = path.read_bytes()
    with pytest.raises(NotVerifiedError):
        write(path, log, genre=["17"])  # which everybody reads as the number of a genre
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_undo_leaves_changed_and_unknown_files_alone(copy: Copy, log: Path) -> None:
    path, unknown = copy("mp3"), copy("flac")
    write(path, log)
    tags = id3.ID3(path)
    tags.add(id3.TIT2(encoding=3, text="Mine"))
    tags.save()
    after = path.read_bytes()
    results = list(undo_tags([path, unknown, path.with_name("no.mp3")], log=log))
    assert [result.code for result in results if isinstance(result, Failure)] == [
        "changed", "nothing-to-undo", "nothing-to-undo",
    ]  # fmt: skip
    assert path.read_bytes() == after


def test_a_renamed_file_is_undone_by_its_new_name(copy: Copy, log: Path) -> None:
    path = copy("ogg")
    before = path.read_bytes()
    write(path, log)
    moved = path.rename(path.with_name("new name.ogg"))
    (failure,) = undo_tags(log=log)
    assert isinstance(failure, Failure)
    assert failure.code == "unreadable"
    (undone,) = undo_tags([moved], log=log)
    assert isinstance(undone, Undone)
    assert moved.read_bytes() == before


def test_a_torn_log_is_read_and_goes_on(copy: Copy, log: Path) -> None:
    first, second = copy("mp3"), copy("flac")
    write(first, log)
    with log.open("ab") as file:
        file.write(b'{"version": 1, "id": "torn')
    write(second, log)
    assert [type(result) for result in undo_tags([first, second], log=log)] == [Undone, Undone]
    with log.open("ab") as file:
        file.write(b'{"version": 99, "id": "later"}\n')
    with pytest.raises(UndoLogError, match="newer"):
        list(undo_tags(log=log))


KILLED = """
import sys, time
from pathlib import Path
from linernotes.library import tag_replacing
from linernotes.library.tag_planning import plan_tags
from linernotes.library.tag_writing import write_tags

def hang(*_):
    print("now", flush=True)
    time.sleep(60)

setattr(tag_replacing, sys.argv[3], hang)
write_tags(plan_tags(sys.argv[1], {"genre": ["jazz"]}), log=Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moment", ["_copy_status", "_check_unchanged"])
def test_kill_in_the_middle(moment: str, copy: Copy, log: Path) -> None:
    path = copy("mp3")
    before = path.read_bytes()
    command = [sys.executable, "-c", KILLED, str(path), str(log), moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "now\n"
        with pytest.raises(InUseError):  # nobody else writes it meanwhile
            write(path, log)
        os.kill(process.pid, signal.SIGKILL)
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 2
    # A write that did not come to its end is no harm to undo.
    assert all(isinstance(result, Undone) for result in undo_tags(log=log))
    assert path.read_bytes() == before
    write(path, log, genre=["jazz"])
    assert list(path.parent.iterdir()) == [path]
    assert told(path) == {"genre": "jazz"}


def test_another_run_s_file_is_no_leftover(copy: Copy, log: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    path = copy("mp3")
    other = path.with_name(".linernotes-0123456789ab.tmp")
    other.touch()
    with other.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write(path, log, genre=["jazz"])
        assert other.exists()
    write(path, log, bpm=["90"])
    assert not other.exists()


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


def test_suggestions_leave_out_what_is_not_sure() -> None:
    assert suggest_fields() == {}
    sure = suggest_fields(
        genre=[("jazz", 0.83), ("blues", 0.07)],
        models={"my genres": [("jazz", 0.83), ("blues", 0.07), ("pop", 0.01)]},
        tags=[("guitar", 0.9), ("happy", 0.2), ("sad", 0.3), ("party", 0.05)],
        descriptors={"tempo": 127.6, "key_tonic": 10, "key_mode": 1, "key_confidence": 0.1},
    )
    assert sure.pop("LINERNOTES_VERSION")
    assert sure == {
        "genre": ("Jazz",), "mood": ("sad", "happy"), "bpm": ("128",), "key": ("Bb",),
        "LINERNOTES_MY_GENRES": ("jazz 0.83; blues 0.07",),
    }  # fmt: skip
    unsure = suggest_fields(
        genre=[("jazz", 0.43)],
        descriptors={"tempo": 0, "key_tonic": 0, "key_mode": 1, "key_confidence": 0},
    )
    assert unsure == {}


def test_what_says_the_same_is_left_alone(copy: Copy) -> None:
    path = copy("flac")
    flac = FLAC(path)
    flac["genre"], flac["bpm"], flac["key"] = "Jazz", "130.000", "Nonsense"
    flac.save()
    suggested = {"genre": ["jazz"], "bpm": ["130"], "key": ["Am"]}
    plan = plan_tags(path, suggested)
    assert plan.changes == ()
    assert [kept.field for kept in plan.kept] == ["key"]
    assert [change.field for change in plan_tags(path, suggested, overwrite=True).changes] == [
        "key"
    ]


def test_plans_and_results_are_json(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    written = write(path, log, genre=["jazz"])
    assert json.loads(json.dumps(written.as_dict())) == {
        "file": str(path), "error": None, "kept": [], "written": True, "warnings": [],
        "changes": [{"field": "genre", "old": None, "new": "jazz"}],
    }  # fmt: skip
    (undone,) = undo_tags(log=log)
    assert undone.as_dict()["changes"] == [{"field": "genre", "old": "jazz", "new": None}]


def test_names_that_are_no_unicode(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    odd = path.with_name(os.fsdecode(b"caf\xe9.mp3"))
    try:
        path.rename(odd)
    except OSError:
        pytest.skip("this file system takes Unicode only")
    assert write(odd, log).written
    assert all(isinstance(result, Undone) for result in undo_tags(log=log))
