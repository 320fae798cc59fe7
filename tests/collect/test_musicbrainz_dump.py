"""Credits from dumps made here as MusicBrainz makes them: one document a line."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest
from support import on_linux, peak_memory

from linernotes.collect.musicbrainz_dump import COLUMNS, DumpError, import_credits

ENO, LANOIS, BOSS = (f"{number}0000000-0000-4000-8000-000000000000" for number in (1, 2, 3))
NAMES = {ENO: "Brian Eno", LANOIS: "Daniel Lanois", BOSS: "فيروز"}


def credit(artist: str, *attributes: str, kind: str = "producer") -> dict[str, Any]:
    return {
        "type": kind,
        "type-id": "5c0ceac3-feb4-41f0-868d-dc06f6e27fc0",
        "target-type": "artist",
        "direction": "backward",
        "attributes": list(attributes),
        "begin": None,
        "end": None,
        "ended": False,
        "artist": {"id": artist, "name": NAMES[artist], "sort-name": "x"},
    }


def recording(number: int, *relations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": f"{number:08}-aaaa-4000-8000-000000000000",
        "title": f"Song {number}",
        "length": 215_500,
        "video": False,
        "artist-credit": [
            {"name": "U2", "joinphrase": " & ", "artist": {"id": "u2", "name": "U2"}},
            {"name": "", "joinphrase": "", "artist": {"id": "x", "name": "Sigur Rós"}},
        ],
        "isrcs": ["GBAAN8700002", "GBAAN8700001"],
        "first-release-date": "1987-03-09",
        "relations": list(relations),
        **more,
    }


def release(
    name: str, recordings: list[dict[str, Any]], *relations: dict[str, Any], **more: Any
) -> dict[str, Any]:
    group = {"primary-type": "Album", "secondary-types": [], "first-release-date": "1987-03-09"}
    return {
        "id": f"release-{name}",
        "title": name,
        "status": "Official",
        "date": "1987-03-09",
        "release-group": {**group, **more},
        "media": [{"tracks": [{"id": "t", "recording": each} for each in recordings]}],
        "relations": list(relations),
    }


def lines_of(documents: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)


def write_tar(path: Path, name: str, content: bytes) -> Path:
    """Write a dump as it is published: with a licence and a time stamp beside it."""
    with tarfile.open(path, "w:xz") as tar:
        for member, data in (("TIMESTAMP", b"2026"), ("COPYING", b"CC0"), (name, content)):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not rows or tuple(rows[0]) == COLUMNS
    return rows


@pytest.fixture
def dumps(tmp_path: Path) -> list[Path]:
    recordings = [
        recording(1, credit(ENO), credit(LANOIS, "co"), credit(BOSS, "executive")),
        recording(2, credit(ENO, kind="instrument")),
        recording(3, credit(BOSS)),
        recording(4),
    ]
    bare = [
        {key: value for key, value in each.items() if key != "relations"} for each in recordings
    ]
    releases = [
        release("Best of", bare[:3], credit(LANOIS), **{"secondary-types": ["Compilation"]}),
        release("The Joshua Tree", bare[:2], credit(ENO)),
        release("The Joshua Tree (2007)", bare[:2], **{"first-release-date": "2007"}),
    ]
    return [
        write_tar(tmp_path / "release.tar.xz", "mbdump/release", lines_of(releases)),
        write_tar(tmp_path / "recording.tar.xz", "mbdump/recording", lines_of(recordings)),
    ]


def test_credits_of_recordings_and_releases(dumps: list[Path], tmp_path: Path) -> None:
    output = tmp_path / "out" / "credits.csv"
    read: list[int] = []
    summary = import_credits(dumps, output, progress=read.append)
    found = {(row["producer"], row["job"], row["level"], row["title"]) for row in rows_of(output)}
    assert found == {
        ("Brian Eno", "producer", "recording", "Song 1"),
        ("Daniel Lanois", "co-producer", "recording", "Song 1"),
        ("فيروز", "executive producer", "recording", "Song 1"),
        ("فيروز", "producer", "recording", "Song 3"),
        ("Brian Eno", "producer", "release", "Song 1"),
        ("Brian Eno", "producer", "release", "Song 2"),
    }
    first = rows_of(output)[0]
    assert first["artist"] == "U2 & Sigur Rós"
    assert first["album"] == "The Joshua Tree"
    assert first["isrc"] == "GBAAN8700001 GBAAN8700002"
    assert (first["year"], first["duration"]) == ("1987", "215.5")
    assert next(row for row in rows_of(output) if row["title"] == "Song 3")["album"] == "Best of"
    assert (summary.lines, summary.damaged, summary.credits, summary.recordings) == (7, 0, 6, 3)
    assert summary.producers[("Brian Eno", ENO)] == 2
    assert sum(read) == sum(dump.stat().st_size for dump in dumps)
    assert [path.name for path in output.parent.iterdir()] == ["credits.csv"]


def test_only_the_producers_asked_for(dumps: list[Path], tmp_path: Path) -> None:
    output = tmp_path / "credits.csv"
    summary = import_credits(dumps, output, producers=["brian ENO", BOSS, "Nobody"])
    assert {row["producer"] for row in rows_of(output)} == {"Brian Eno", "فيروز"}
    assert summary.missing == ("Nobody",)
    assert summary.ambiguous == ()


def test_two_of_one_name_are_told(tmp_path: Path) -> None:
    other = {**credit(LANOIS), "artist": {"id": LANOIS, "name": "Brian Eno"}}
    dump = tmp_path / "recording"
    dump.write_bytes(lines_of([recording(1, credit(ENO)), recording(2, other)]))
    summary = import_credits([dump], tmp_path / "c.csv", producers=["Brian Eno"])
    assert summary.ambiguous == ("Brian Eno",)
    assert list(summary.producers.values()) == [1, 1]


def test_the_same_table_from_any_packing_and_order(dumps: list[Path], tmp_path: Path) -> None:
    import_credits(dumps, tmp_path / "a.csv")
    with tarfile.open(dumps[1]) as tar:
        content = tar.extractfile("mbdump/recording")
        assert content is not None
        lines = content.read()
    unpacked = []
    for name, data in (
        ("recording", lines),
        ("recording.gz", gzip.compress(lines)),
        ("recording.xz", lzma.compress(lines)),
    ):
        unpacked.append(tmp_path / name)
        unpacked[-1].write_bytes(data)
    for file in unpacked:
        import_credits([file, dumps[0]], tmp_path / "b.csv")
        assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_damaged_lines_cost_only_themselves(tmp_path: Path) -> None:
    good = lines_of([recording(1, credit(ENO)), recording(2, credit(ENO))]).splitlines()
    odd = [
        b'{"id": "x", "relations": [{"type": "producer", "artist": {"name": 7}}]}',
        b'{"truncated": "producer"',
        b"[" * 100_000 + b'"producer"',
        b'\xff\xfe "producer"',
        b"",
        b'{"id": "y", "title": "t", "relations": 5, "k": "producer"}',
        b'["producer"]',
    ]
    dump = tmp_path / "recording"
    dump.write_bytes(b"\n".join([good[0], *odd, good[1]]))
    summary = import_credits([dump], tmp_path / "c.csv")
    assert len(rows_of(tmp_path / "c.csv")) == 2
    assert (summary.lines, summary.damaged) == (8, 6)


@pytest.mark.parametrize("packing", ["gz", "xz"])
def test_a_dump_that_ends_early_gives_what_it_has(packing: str, tmp_path: Path) -> None:
    lines = lines_of([recording(number, credit(ENO)) for number in range(3000)])
    packed = {"gz": gzip.compress, "xz": lzma.compress}[packing](lines)
    dump = tmp_path / f"recording.{packing}"
    dump.write_bytes(packed[: len(packed) // 2])
    summary = import_credits([dump], tmp_path / "c.csv")
    assert summary.cut_off == (dump.name,)
    assert 0 < summary.credits < 3000


def test_a_stopped_import_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linernotes.collect.musicbrainz_dump._EVERY", 100)
    dump = tmp_path / "recording"
    dump.write_bytes(lines_of([recording(number, credit(ENO)) for number in range(1000)]))
    import_credits([dump], tmp_path / "whole.csv")
    calls = 0

    def stop(_: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt

    output = tmp_path / "stopped.csv"
    with pytest.raises(KeyboardInterrupt):
        import_credits([dump], output, progress=stop)
    assert not output.exists()
    # What was read already would be damage if it were read again.
    content = dump.read_bytes().splitlines(keepends=True)
    stat = dump.stat()
    content[0] = b'{"producer"' + b" " * (len(content[0]) - 12) + b"\n"
    dump.write_bytes(b"".join(content))
    os.utime(dump, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    summary = import_credits([dump], output)
    assert summary.damaged == 0
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    # A dump that has changed is read anew.
    calls = 0
    with pytest.raises(KeyboardInterrupt):
        import_credits([dump], output, progress=stop)
    os.utime(dump)
    assert import_credits([dump], output).damaged == 1


def test_a_dump_that_is_read_is_not_written(tmp_path: Path) -> None:
    dump = tmp_path / "recording"
    dump.write_text(json.dumps({"title": "a", "artist-credit": [], "length": 1, "isrcs": []}))
    before = dump.read_bytes()
    with pytest.raises(DumpError, match="write to another file"):
        import_credits([dump], dump)
    assert dump.read_bytes() == before


def test_something_else_is_refused(tmp_path: Path) -> None:
    for name, content in (("a", b'{"name": "an artist"}\n'), ("b", b""), ("c", b"<html>")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DumpError, match="no dump of recordings or releases"):
            import_credits([tmp_path / name], tmp_path / "c.csv")
    with pytest.raises(DumpError, match="cannot be read"):
        import_credits([tmp_path / "nowhere"], tmp_path / "c.csv")


@on_linux
def test_memory_does_not_grow_with_the_dump(tmp_path: Path) -> None:
    document = lines_of([recording(7, credit(ENO))]).replace(b"00000007", b"%08d")
    peaks = []
    for count in (1_000, 30_000):
        dump = tmp_path / f"recording.{count}"
        with dump.open("wb") as file:
            file.writelines(document % number for number in range(count))
        script = (
            "import sys, pathlib\n"
            "from linernotes.collect.musicbrainz_dump import import_credits\n"
            "print(import_credits([pathlib.Path(sys.argv[1])], pathlib.Path(sys.argv[2])).credits)"
        )
        peak, printed = peak_memory(script, dump, tmp_path / "c.csv")
        assert int(printed) == count
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 16
