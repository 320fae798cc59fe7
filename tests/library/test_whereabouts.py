"""A library through life: its music moves, drives come and go, names change their form."""

from __future__ import annotations

import os
import shutil
import tempfile
import unicodedata
from pathlib import Path
from typing import Any

import lance
import pytest
from library_support import DESCRIPTORS, Scan, analysed_at, counts, made_up, write_songs
from old_library_support import SONGS, open_old_library, write_old_music
from scan_support import quick_work
from support import as_nobody, write_companions

from linernotes.explore import Library
from linernotes.library import Progress
from linernotes.library import scanning as scanning_module
from linernotes.library.analyses import versions
from linernotes.library.errors import FolderNotFoundError
from linernotes.library.jobs import AnalysisJob
from linernotes.library.playlists import PlaylistEntry, write_playlist
from linernotes.library.rows import FileRow
from linernotes.library.store import SCHEMA_VERSION, Store

pytestmark = pytest.mark.usefixtures("in_this_process")

NFC, NFD = (unicodedata.normalize(form, "Café/Björk.wav") for form in ("NFC", "NFD"))


@pytest.fixture
def quick(in_this_process: list[AnalysisJob], monkeypatch: pytest.MonkeyPatch) -> list[AnalysisJob]:
    """Do not listen; return the jobs."""
    monkeypatch.setattr(scanning_module, "work", quick_work)
    return in_this_process


def listened(jobs: list[AnalysisJob]) -> list[str]:
    return [Path(job.path).name for job in jobs if job.analyses]


def read(jobs: list[AnalysisJob]) -> list[str]:
    return [Path(job.path).name for job in jobs if not job.analyses]


def paths_known(library: Library) -> set[str]:
    return set(Store(library.location, create=False).files())


def test_a_folder_full_of_companions_scans_without_a_failure(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    write_companions(tmp_path / "music")
    (song,) = write_songs(tmp_path / "music", ["1.wav"])
    shutil.copy(song, tmp_path / "music" / "no suffix")
    assert counts(scan()) == {"added": 2}
    assert (library.status().failures, library.status().duplicates) == ((), 1)
    # One that is named by hand is told what it is, until its folder is scanned again.
    assert counts(scan(folder=tmp_path / "music" / "cover.jpg")) == {"failed": 1}
    assert [failure.code for failure in library.status().failures] == ["not-audio"]
    assert counts(scan()) == {"unchanged": 2}
    assert library.status().failures == ()


def test_a_folder_that_moved_is_followed(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    music, drive = tmp_path / "music", tmp_path / "drive"
    write_songs(music / "album", ["1.wav", "2.wav"])
    shutil.copy(music / "album" / "1.wav", music / "copy.wav")
    assert counts(scan()) == {"added": 3}
    before = analysed_at(library)
    quick.clear()

    shutil.move(music, drive)
    status = library.status()
    assert (status.files, status.missing, status.moved, status.tracks) == (0, 3, 0, 2)
    assert status.lost == (str(music),)

    assert counts(scan(folder=drive)) == {"added": 3, "removed": 3}
    assert (sorted(read(quick)), listened(quick)) == (["1.wav", "2.wav", "copy.wav"], [])
    assert analysed_at(library) == before
    status = library.status()
    assert (status.files, status.tracks, status.duplicates) == (3, 2, 1)
    assert (status.missing, status.moved, status.lost) == (3, 3, ())
    assert library.find(music / "copy.wav") == library.find(drive / "copy.wav")

    # A copy of it in the old place is as good as what was there.
    shutil.copytree(drive, music)
    status = library.status()
    assert (status.files, status.tracks, status.duplicates, status.missing) == (6, 2, 4, 0)
    shutil.rmtree(music)

    assert counts(scan(folder=drive, prune=True)) == {"unchanged": 3, "removed": 3}
    assert paths_known(library) == {str(path) for path in drive.rglob("*.wav")}
    assert analysed_at(library) == before


def test_pruning_keeps_what_is_known_of_a_track_that_moved(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    music = tmp_path / "music"
    first, second = write_songs(music, ["1.wav", "2.wav"])
    scan()
    before = analysed_at(library)
    shutil.move(first, music / "new.wav")
    second.unlink()
    quick.clear()
    assert counts(scan(prune=True)) == {"added": 1, "removed": 2}
    assert listened(quick) == []
    after = analysed_at(library)
    assert list(after) == [library.find(music / "new.wav")]
    assert after.items() <= before.items()


def test_of_the_files_of_a_track_one_is_named_that_is_there(
    library: Library, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.mp3", tmp_path / "b.mp3"
    second.touch()
    alone = FileRow("/music of a drive/c.mp3", 1, 1, "other")
    rows = [FileRow(str(path), 1, 1, "same") for path in (first, second)]
    Store(library.location, create=True).write(
        {"same": made_up(1), "other": made_up(2)}, [*rows, alone]
    )
    assert set(library.collection().path) == {alone.path, str(second)}
    first.touch()
    assert set(library.collection().path) == {alone.path, str(first)}
    first.unlink()
    second.unlink()
    assert set(library.collection().path) == {alone.path, str(first)}


def test_an_empty_mount_point_forgets_nothing(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    music, away = tmp_path / "music", tmp_path / "away"
    write_songs(music / "here", ["1.wav"])
    write_songs(music / "drive" / "album", ["2.wav", "3.wav"])
    (music / "link").symlink_to(tmp_path / "linked")
    write_songs(tmp_path / "linked", ["4.wav"])
    assert counts(scan()) == {"added": 4}
    before = analysed_at(library)
    shutil.move(music / "drive", away)
    (music / "drive").mkdir()
    shutil.move(tmp_path / "linked", tmp_path / "elsewhere")

    result = scan(prune=True)
    assert counts(result) == {"unchanged": 1, "removed": 3}
    (said,) = result.warnings
    assert said.startswith("3 files are not there now")
    assert str(music / "drive") in said
    assert (library.status().missing, analysed_at(library)) == (3, before)
    assert library.status().lost == (str(music / "drive"), str(music / "link"))

    with pytest.raises(FolderNotFoundError, match="cannot be reached"):
        scan(folder=music / "link")

    (music / "drive").rmdir()
    shutil.move(away, music / "drive")
    shutil.move(tmp_path / "elsewhere", tmp_path / "linked")
    assert (library.status().missing, library.status().tracks) == (0, 4)
    quick.clear()
    assert counts(scan()) == {"unchanged": 1, "updated": 3}
    assert listened(quick) == []
    assert analysed_at(library) == before

    # What was really deleted is forgotten.
    shutil.rmtree(music / "drive" / "album")
    (music / "drive" / "cover.jpg").touch()
    assert counts(scan(prune=True)) == {"unchanged": 2, "removed": 2}
    assert len(analysed_at(library)) == 2


def test_a_drive_that_is_away_is_not_forgotten_with_a_copy_at_hand(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    drive, copy = tmp_path / "drive", tmp_path / "copy"
    (song,) = write_songs(drive / "album", ["1.wav"])
    scan(folder=drive)
    shutil.move(drive / "album", copy)
    assert counts(scan(folder=copy, prune=True)) == {"added": 1}
    assert paths_known(library) == {str(song), str(copy / "1.wav")}
    assert (library.status().missing, library.status().moved) == (1, 1)
    drive.rmdir()
    assert counts(scan(folder=copy, prune=True)) == {"unchanged": 1, "removed": 1}
    assert paths_known(library) == {str(copy / "1.wav")}


def test_a_drive_that_disappears_in_mid_scan_makes_no_failures(
    library: Library,
    scan: Scan,
    quick: list[AnalysisJob],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    music, away = tmp_path / "music", tmp_path / "away"
    write_songs(music, ["0.wav"])
    assert counts(scan()) == {"added": 1}
    write_songs(music, [f"{number}.wav" for number in range(1, 6)])
    os.utime(music / "0.wav", (1, 1))  # so that it is to be read again

    def disconnect(progress: Progress) -> None:
        if progress.phase == "listening" and progress.done == 2 and not away.exists():
            shutil.move(music, away)
            music.mkdir()

    result = scan(progress=disconnect)
    assert (result.scanned, result.failed, result.vanished) == (2, 0, 4)
    (said,) = result.warnings
    assert said.startswith("4 files are not there any more")
    assert library.status().failures == ()
    assert analysed_at(library).keys() >= {library.find(music / "0.wav")}

    music.rmdir()
    shutil.move(away, music)
    assert scan().failed == 0
    assert (library.status().tracks, library.status().missing) == (6, 0)


def test_what_cannot_be_read_for_a_while_is_read_again(
    library: Library,
    scan: Scan,
    quick: list[AnalysisJob],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A drive with errors, as work meets it: files are listed, and reading them fails."""
    music = tmp_path / "music"
    known, _ = write_songs(music, ["1.wav", "2.wav"])
    scan(folder=known)
    track = library.find(known)
    os.utime(known, (1, 1))

    def failing(job: AnalysisJob) -> Any:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(scanning_module, "work", failing)
    assert counts(scan()) == {"failed": 2}
    (failure,) = library.status().failures
    assert (Path(failure.file or "").name, failure.code) == ("2.wav", "unreadable")
    assert "Input/output error" in failure.message
    assert library.find(known) == track
    monkeypatch.setattr(scanning_module, "work", quick_work)
    assert counts(scan()) == {"updated": 2}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows knows no such user")
def test_a_folder_that_cannot_be_read_is_told(quick: list[AnalysisJob]) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o777)
        library, music = Library(place / "library"), place / "music"
        write_songs(music / "a", ["1.wav"])
        write_songs(music / "b", ["2.wav"])
        with as_nobody():
            assert counts(library.scan(music, analyses=DESCRIPTORS)) == {"added": 2}
        (music / "b").chmod(0)
        with as_nobody():
            result = library.scan(music, analyses=DESCRIPTORS, prune=True)
        (music / "b").chmod(0o755)
        assert counts(result) == {"unchanged": 1}
        said = f"{music / 'b'} cannot be read; what is known of the files in there was kept"
        assert result.warnings == (said,)
        assert (library.status().tracks, library.status().missing) == (2, 0)


@pytest.mark.parametrize(("before", "after"), [(NFC, NFD), (NFD, NFC)])
def test_a_name_in_another_form_is_the_same_file(
    before: str, after: str, library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    music = tmp_path / "music"
    (song,) = write_songs((music / before).parent, [Path(before).name])
    scan()
    track = library.find(song)
    assert track is not None
    assert library.find(music / after) == track
    (music / after).parent.mkdir()
    shutil.move(song, music / after)
    song.parent.rmdir()
    write_playlist(tmp_path / "mix.m3u8", [PlaylistEntry(str(song))])
    written = (tmp_path / "mix.m3u8").read_text().splitlines()[2]
    assert written == f"music/{after}"
    assert (tmp_path / written).exists()

    quick.clear()
    scan()
    assert listened(quick) == []
    assert paths_known(library) == {str(music / after)}
    assert (library.status().files, library.status().missing) == (1, 0)
    assert library.find(song) == track


def test_two_files_whose_names_differ_in_form_or_case_are_two(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    music = tmp_path / "music"
    names = [Path(NFC).name, Path(NFD).name, "a.wav", "A.wav"]
    write_songs(music, names)
    if len(list(music.iterdir())) < len(names):
        pytest.skip("this file system takes such names for the same")
    assert counts(scan()) == {"added": 4}
    assert counts(scan()) == {"unchanged": 4}
    assert len({library.find(music / name) for name in names}) == 4
    (music / "A.wav").rename(music / "b.wav")
    assert counts(scan()) == {"added": 1, "unchanged": 3, "removed": 1}


def test_a_name_that_only_changed_its_case_is_the_same_file(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    (song,) = write_songs(tmp_path / "music", ["song.wav"])
    scan()
    song.rename(tmp_path / "music" / "Song.WAV")
    scan()
    assert paths_known(library) == {str(tmp_path / "music" / "Song.WAV")}
    assert library.status().missing == 0


def test_links_in_circles_end(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    music = tmp_path / "music"
    (song,) = write_songs(music / "album", ["1.wav"])
    (music / "a").symlink_to(music)
    (music / "album" / "up").symlink_to("..")
    (music / "one.mp3").symlink_to("two.mp3")
    (music / "two.mp3").symlink_to("one.mp3")
    (music / "self").symlink_to("self")
    assert counts(scan()) == {"added": 1, "failed": 2}
    assert library.find(song) is not None
    assert {failure.code for failure in library.status().failures} == {"unreadable"}


def test_a_file_in_anothers_place_is_noticed_with_the_same_size_and_time(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    first, second = write_songs(tmp_path / "music", ["1.wav", "2.wav"])
    assert counts(scan()) == {"added": 2}
    old, other = first.stat(), library.find(second)
    shutil.copy(second, tmp_path / "copy.wav")
    os.utime(tmp_path / "copy.wav", ns=(old.st_atime_ns, old.st_mtime_ns))
    (tmp_path / "copy.wav").replace(first)
    assert (first.stat().st_size, first.stat().st_mtime_ns) == (old.st_size, old.st_mtime_ns)
    assert counts(scan()) == {"updated": 1, "unchanged": 1}
    assert library.find(first) == other

    # Written into the same file, too.
    other_sound = bytes(reversed(second.read_bytes()[1000:]))
    with first.open("r+b") as file:
        file.seek(1000)
        file.write(other_sound)
    os.utime(first, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert counts(scan()) == {"updated": 1, "unchanged": 1}
    assert library.find(first) != other
    # What only its permissions changed of is read once, and not listened to.
    quick.clear()
    first.chmod(0o600)
    assert counts(scan()) == {"updated": 1, "unchanged": 1}
    assert (read(quick), listened(quick)) == (["1.wav"], [])
    assert counts(scan()) == {"unchanged": 2}


def test_a_path_of_thousands_of_characters(
    library: Library, scan: Scan, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    music = tmp_path / "music"
    (song,) = write_songs(music, ["1.wav"])
    deep = music
    while len(str(deep)) < 3900:
        deep = deep / ("x" * min(200, 3960 - len(str(deep))))
        deep.mkdir()
    deep = deep / f"{'y' * (4000 - len(str(deep)) - 5)}.wav"
    assert len(str(deep)) == 4000
    shutil.copy(song, deep)
    assert counts(scan()) == {"added": 2}
    assert library.find(deep) == library.find(song)
    write_playlist(music / "mix.m3u8", [PlaylistEntry(str(deep))])
    named = (music / "mix.m3u8").read_text().splitlines()[2]
    assert (music / named).samefile(deep)
    assert counts(scan(folder=[music, str(deep)])) == {"unchanged": 2}


def test_a_library_of_version_0_1_0_opens_and_grows(
    library: Library, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    old = Library(open_old_library(tmp_path))
    status = old.status()
    assert (status.tracks, status.files, status.missing) == (2, 1, 3)
    assert [failure.code for failure in status.failures] == ["empty"]
    assert status.lost == ("/music",)
    tracks = {name: old.find(f"/music/{name}") for name in SONGS}
    assert tracks["one.wav"] == tracks["album/copy.wav"] != tracks["two.wav"]

    def computed() -> dict[str, Any]:
        table = lance.dataset(f"{old.location}/descriptors-1.lance").to_table()
        return {row["track_id"]: row for row in table.to_pylist()}

    before = computed()
    assert set(before) == {tracks["one.wav"], tracks["two.wav"]}
    if versions() == {"networks": "musicnn-1.1", "descriptors": "1"}:
        assert old.collection().path == ("/music/album/copy.wav", "/music/two.wav")

    # Its music lies elsewhere by now.
    music = tmp_path / "elsewhere"
    write_old_music(music)
    result = old.scan(music, analyses=DESCRIPTORS, workers=1)
    assert counts(result) == {"added": 3, "failed": 1, "removed": 3}
    if versions()["descriptors"] == "1":
        assert listened(quick) == []
    assert {name: old.find(music / name) for name in SONGS} == tracks
    assert computed() == before
    store = Store(old.location, create=False)
    assert store.files()[str(music / "one.wav")].ctime_ns == (music / "one.wav").stat().st_ctime_ns
    assert store.files()["/music/one.wav"].ctime_ns is None
    assert counts(old.scan(music, analyses=DESCRIPTORS, workers=1)) == {"unchanged": 3, "failed": 1}
    # The version that cannot read it any more is told so.
    meta = lance.dataset(f"{old.location}/library.lance").to_table()
    assert max(meta["schema_version"].to_pylist()) == SCHEMA_VERSION == 2


def test_files_of_an_old_library_are_not_read_again_where_they_are(
    scan: Scan, library: Library, quick: list[AnalysisJob], tmp_path: Path
) -> None:
    """Rows without the third stamp are trusted, and get it."""
    (song,) = write_songs(tmp_path / "music", ["1.wav"])
    stamp = song.stat()
    row = FileRow(str(song), stamp.st_size, stamp.st_mtime_ns, "track")
    Store(library.location, create=True).write({"track": made_up(1)}, [row])
    assert counts(scan()) == {"unchanged": 1}
    assert quick == []
    known = Store(library.location, create=False).files()[str(song)]
    assert known.ctime_ns == stamp.st_ctime_ns
