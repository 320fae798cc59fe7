"""Covers in files of every format and in folders, drawn and kept."""

from __future__ import annotations

import base64
import os
import shutil
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2, APEValue
from mutagen.asf import ASF, ASFByteArrayAttribute
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3
from mutagen.mp4 import MP4, MP4Cover
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE
from picture_support import opened, picture, scans_bomb

from linernotes.library import covers as covers_module
from linernotes.library.covers import SIZES, Covers, find_covers, make_room
from linernotes.library.file_tags import read_file_tags

FRONT, BACK = picture("JPEG"), picture("PNG", colour="#206040")


@pytest.fixture(scope="module")
def covers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Covers]:
    made = Covers(tmp_path_factory.mktemp("drawn"))
    yield made
    made.close()


def block(data: bytes, shows: int = 3) -> Picture:
    made = Picture()
    made.type, made.mime, made.desc, made.data = shows, "image/jpeg", "süß", data
    return made


def embed(path: Path, kind: str, data: bytes, other: bytes) -> None:
    """Put a back and a front into a file, as mutagen writes them."""
    if kind in ("mp3", "wav", "aiff"):
        tags = WAVE(path) if kind == "wav" else AIFF(path) if kind == "aiff" else None
        if tags is not None:
            tags.add_tags()
        frames = ID3() if tags is None or tags.tags is None else tags.tags
        frames.add(APIC(encoding=1, mime="image/png", type=4, desc="back", data=other))
        frames.add(APIC(encoding=1, mime="image/jpeg", type=3, desc="süß\0", data=data))
        frames.save(path) if tags is None else tags.save()
    elif kind == "flac":
        flac = FLAC(path)
        flac.add_picture(block(other, 4))
        flac.add_picture(block(data))
        flac.save()
    elif kind in ("ogg", "opus"):
        ogg = OggVorbis(path) if kind == "ogg" else OggOpus(path)
        ogg["metadata_block_picture"] = [
            base64.b64encode(block(each, shows).write()).decode()
            for each, shows in ((other, 4), (data, 3))
        ]
        ogg.save()
    elif kind == "m4a":
        mp4 = MP4(path)
        mp4["covr"] = [MP4Cover(data), MP4Cover(other, MP4Cover.FORMAT_PNG)]
        mp4.save()
    elif kind == "wma":
        asf = ASF(path)
        asf["WM/Picture"] = [
            ASFByteArrayAttribute(
                struct.pack("<BI", shows, len(each))
                + "image/jpeg\0süß\0".encode("utf-16-le")
                + each
            )
            for each, shows in ((other, 4), (data, 3))
        ]
        asf.save()
    else:
        ape = APEv2()
        ape["Cover Art (Back)"] = APEValue(b"back.png\0" + other, 1)
        ape["Cover Art (Front)"] = APEValue(b"front.jpg\0" + data, 1)
        ape.save(path)


KINDS = ("mp3", "wav", "aiff", "flac", "ogg", "opus", "m4a", "wma", "ape")


@pytest.mark.parametrize("kind", KINDS)
def test_the_front_is_found_in_every_kind_of_file(
    kind: str, song_files: dict[str, Path], tmp_path: Path
) -> None:
    source = song_files["mp3" if kind == "ape" else kind]
    path = tmp_path / source.name
    shutil.copy(source, path)
    before = read_file_tags(path)
    assert list(find_covers(str(path))) == []
    embed(path, kind, FRONT, BACK)
    found = list(find_covers(str(path)))
    assert found[0].data == FRONT
    assert found[0].path == str(path)
    assert {cover.data for cover in found} == {FRONT, BACK}
    assert read_file_tags(path) == before  # texts are read as ever


def test_a_large_picture_of_windows_media(song_files: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "song.wma"
    shutil.copy(song_files["wma"], path)
    large = picture("PNG") + bytes(100_000)  # more than the first list of attributes holds
    embed(path, "wma", large, BACK)
    assert next(find_covers(str(path))).data == large


def test_old_id3_pictures(song_files: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    contents = b"\0JPG\3front\0" + FRONT
    body = b"PIC" + len(contents).to_bytes(3, "big") + contents
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\2\0\0" + size + body + song_files["mp3"].read_bytes())
    assert next(find_covers(str(path))).data == FRONT


@pytest.mark.parametrize("description", [b"\0", b"\0\0", b"\xff\xfe\0\0", b"\xff\xfea\0\0\0\0\0"])
def test_descriptions_as_programs_end_them(
    description: bytes, song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "song.mp3"
    contents = b"\1image/jpeg\0\3" + description + FRONT
    body = b"APIC" + len(contents).to_bytes(4, "big") + b"\0\0" + contents
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\3\0\0" + size + body + song_files["mp3"].read_bytes())
    assert next(find_covers(str(path))).data == FRONT


def test_links_to_elsewhere_are_no_pictures(song_files: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    shutil.copy(song_files["mp3"], path)
    tags = ID3()
    tags.add(APIC(encoding=0, mime="-->", type=3, desc="", data=b"http://192.0.2.1/cover.jpg"))
    tags.save(path)
    assert list(find_covers(str(path))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_cut_files_raise_nothing(kind: str, song_files: dict[str, Path], tmp_path: Path) -> None:
    source = song_files["mp3" if kind == "ape" else kind]
    path = tmp_path / source.name
    shutil.copy(source, path)
    embed(path, kind, FRONT, BACK)
    whole = path.read_bytes()
    for part in range(1, 40):
        path.write_bytes(whole[: len(whole) * part // 40])
        list(find_covers(str(path)))
        path.write_bytes(whole[:200] + whole[200 + part * 7 :])
        list(find_covers(str(path)))


def test_pictures_of_the_folder_the_best_name_first(tmp_path: Path) -> None:
    track = tmp_path / "song.mp3"
    for name in ("Album.PNG", "FOLDER.jpg", "back.jpg", "cover.txt", "cover"):
        (tmp_path / name).write_bytes(BACK)
    (tmp_path / "Cover.JPeG").write_bytes(FRONT)
    (tmp_path / "front.jpg").mkdir()
    found = list(find_covers(str(track)))
    assert [Path(cover.path).name for cover in found] == ["Cover.JPeG", "FOLDER.jpg", "Album.PNG"]
    assert found[0].data == FRONT


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_only_files_of_the_folder_itself(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(FRONT)
    album = tmp_path / "album"
    (album / "scans").mkdir(parents=True)
    shutil.copy(secret, album / "scans" / "cover.jpg")
    (album / "cover.jpg").symlink_to(secret)
    (album / "folder.jpg").symlink_to("scans/cover.jpg")
    (album / "front.png").symlink_to("front.png")
    os.mkfifo(album / "front.jpg")
    (album / "album.jpg").write_bytes(b"")
    (album / "album.png").symlink_to("/dev/zero")
    assert list(find_covers(str(album / "song.mp3"))) == []
    (album / "cover.jpg").unlink()
    (album / "art.jpg").write_bytes(BACK)
    (album / "cover.jpg").symlink_to("art.jpg")
    assert [cover.data for cover in find_covers(str(album / "song.mp3"))] == [BACK]


def test_a_picture_beyond_the_bound_is_left_out(tmp_path: Path) -> None:
    with (tmp_path / "cover.jpg").open("wb") as file:
        file.truncate((1 << 24) + 1)
    assert list(find_covers(str(tmp_path / "song.mp3"))) == []


def test_covers_are_drawn_in_their_sizes_and_kept(covers: Covers, tmp_path: Path) -> None:
    track = str(tmp_path / "song.mp3")
    assert covers.draw(track) is None
    (tmp_path / "cover.png").write_bytes(picture(size=(900, 700)))
    drawn = {size: covers.draw(track, size=size) for size in SIZES}
    for size, cover in drawn.items():
        assert cover is not None
        assert max(opened(cover.jpeg).size) == size
        assert covers.draw(track, size=size) == cover
    # The same picture elsewhere is not drawn again, nor is it by whoever comes later.
    (tmp_path / "other").mkdir()
    shutil.copy(tmp_path / "cover.png", tmp_path / "other" / "folder.png")
    later = Covers(covers._folder)
    assert later.draw(str(tmp_path / "other" / "song.mp3"), size=96) == drawn[96]
    assert later._processes is None
    with pytest.raises(ValueError, match="pixels"):
        covers.draw(track, size=97)


def test_a_new_picture_takes_the_place_of_the_old(covers: Covers, tmp_path: Path) -> None:
    track = str(tmp_path / "song.mp3")
    image = tmp_path / "cover.png"
    seen = set()
    for colour in ("#000000", "#ffffff"):
        image.write_bytes(picture(colour=colour))
        cover = covers.draw(track)
        assert cover is not None
        seen.add(cover.key)
    image.unlink()
    assert covers.draw(track) is None
    assert len(seen) == 2


def test_a_broken_cover_leaves_the_next_one(
    covers: Covers, song_files: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "song.mp3"
    shutil.copy(song_files["mp3"], path)
    embed(path, "mp3", FRONT[:300], b"<svg onload='alert(1)'/>")
    assert covers.draw(str(path)) is None
    (tmp_path / "folder.png").write_bytes(BACK)
    cover = covers.draw(str(path))
    assert cover is not None
    assert opened(cover.jpeg).getpixel((190, 150))[1] > 80  # type: ignore[index]


@pytest.mark.slow
def test_what_takes_for_ever_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covers_module, "_SECONDS", 1.0)
    covers = Covers(tmp_path / "drawn")
    (tmp_path / "cover.jpg").write_bytes(scans_bomb(3000, 20_000))
    try:
        assert covers.draw(str(tmp_path / "song.mp3")) is None
        (tmp_path / "cover.jpg").write_bytes(FRONT)
        found = []
        ask = threading.Thread(target=lambda: found.append(covers.draw(str(tmp_path / "a.mp3"))))
        ask.start()
        ask.join()
        assert found[0] is not None  # the next one gets a new process
    finally:
        covers.close()


def test_the_longest_unused_go_when_there_are_too_many(tmp_path: Path) -> None:
    for i in range(10):
        (tmp_path / f"{i}.jpg").write_bytes(bytes(100))
        os.utime(tmp_path / f"{i}.jpg", (1000 + (i if i else 99), 1000 + (i if i else 99)))
    assert make_room(tmp_path, most=1000) == 1000
    assert make_room(tmp_path, most=500) == 400
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{i}.jpg" for i in (0, 7, 8, 9)]


def test_a_folder_that_cannot_be_written_costs_only_the_keeping(tmp_path: Path) -> None:
    (tmp_path / "drawn").write_bytes(b"")  # a file, where a folder should be
    (tmp_path / "cover.jpg").write_bytes(FRONT)
    covers = Covers(tmp_path / "drawn" / "here")
    try:
        assert covers.draw(str(tmp_path / "song.mp3")) is not None
    finally:
        covers.close()
