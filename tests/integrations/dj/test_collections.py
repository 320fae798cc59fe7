"""Collections of rekordbox and Traktor: written, read back, and written into again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from linernotes.explore import Library
from linernotes.features.key_notation import KeyNotation, key_name, read_key
from linernotes.integrations.dj.collection_file import DjFileError
from linernotes.integrations.dj.exporting import export_for_djs
from linernotes.integrations.dj.listening import BeatGrid, Structure
from linernotes.integrations.dj.rekordbox import read_rekordbox, write_rekordbox
from linernotes.integrations.dj.tracks import DjTrack, dj_tracks
from linernotes.integrations.dj.traktor import NmlPlace, read_traktor, write_traktor
from linernotes.library import Collection

FORMAT = {
    **dict.fromkeys(("Name", "Artist", "Composer", "Album", "Genre", "Kind", "Comments"), ".*"),
    **dict.fromkeys(("TrackID", "TotalTime", "DiscNumber", "TrackNumber"), r"\d+"),
    "Year": r"\d{4}", "AverageBpm": r"\d+\.\d\d", "Tonality": r"[A-G][#b]?m?|\d+[ABdm]",
    "Location": "file://localhost/.+",
}  # fmt: skip
STRUCTURE = Structure(BeatGrid(0.25, 128.0), (15.5, 61.0))


@pytest.fixture(scope="module")
def tracks(library: Library) -> list[DjTrack]:
    return dj_tracks(library.collection())


@pytest.fixture
def collection(library: Library) -> Collection:
    return library.collection()


@pytest.mark.parametrize("notation", ["musical", "camelot", "openkey"])
def test_rekordbox_reads_back(
    collection: Collection, tmp_path: Path, notation: KeyNotation
) -> None:
    target = tmp_path / "rekordbox.xml"
    assert export_for_djs(collection, target, notation=notation) == ()
    root = ElementTree.fromstring(target.read_bytes())
    assert (root.tag, root.get("Version")) == ("DJ_PLAYLISTS", "1.0.0")
    entries = root.find("COLLECTION")
    assert entries is not None
    assert entries.get("Entries") == str(len(collection)) == str(len(entries))
    assert [e.get("TrackID") for e in entries] == [str(i + 1) for i in range(len(entries))]
    for entry in entries:
        # As AlphaTheta's list of the format has them.
        assert set(entry.keys()) <= FORMAT.keys()
        assert all(re.fullmatch(FORMAT[name], value) for name, value in entry.items())
    told = read_rekordbox(target)
    assert set(told) == set(collection.path)
    for track in dj_tracks(collection):
        attributes = told[track.heard.path]
        assert attributes["Name"] == track.heard.title
        assert attributes["Location"].startswith("file://localhost/")
        assert not set(attributes["Location"]) & set(' #?<>"\\;&')
        assert unquote(attributes["Location"])[len("file://localhost") :] == track.heard.path
        sure = track.heard.tempo_confidence >= 0.8
        assert attributes.get("AverageBpm") == (f"{track.heard.tempo:.2f}" if sure else None)
        key = read_key(attributes.get("Tonality", ""))
        assert (key and key_name(*key)) == (track.heard.sure_key and track.heard.sure_key.name)
        assert f"[linernotes: energy {track.energy}" in attributes["Comments"]
        assert 1 <= (track.energy or 0) <= 10


def test_traktor_reads_back(collection: Collection, tmp_path: Path) -> None:
    target = tmp_path / "collection.nml"
    export_for_djs(collection, target)
    told = read_traktor(target)
    assert set(told) == set(collection.path)
    for track in dj_tracks(collection):
        entry = told[track.heard.path]
        assert entry.get("TITLE") == track.heard.title
        key = entry.find("MUSICAL_KEY")
        assert (key is None) == (track.key is None)
        if key is not None and track.key is not None:
            number = int(key.get("VALUE", "-1"))
            assert (number % 12, number < 12) == (track.key.tonic, bool(track.key.mode))


def test_what_people_set_stays(tracks: list[DjTrack], tmp_path: Path) -> None:
    target = tmp_path / "rekordbox.xml"
    write_rekordbox(target, [replace(track, structure=STRUCTURE) for track in tracks[:3]])
    root = ElementTree.fromstring(target.read_bytes())
    mine, emptied, untouched = root.iterfind("COLLECTION/TRACK")
    mine.set("Rating", "204")
    mine.set("AverageBpm", "77.00")
    mine.set("Tonality", "Ebm")
    mine.set("Comments", f"my own words {mine.get('Comments')} and more")
    mine.set("Colour", "0xFF007F")
    cue = {"Name": "Drop", "Type": "0", "Start": "64.025", "Num": "0"}
    ElementTree.SubElement(mine, "POSITION_MARK", cue)
    ElementTree.SubElement(mine, "SOMETHING_NEW", Foo="bar")
    for mark in emptied.findall("POSITION_MARK"):
        emptied.remove(mark)
    node = root.find("PLAYLISTS/NODE")
    assert node is not None
    own = ElementTree.SubElement(node, "NODE", Name="My Set", Type="1", KeyType="0", Entries="1")
    ElementTree.SubElement(own, "TRACK", Key="1")
    root.append(ElementTree.Comment(" kept as well "))
    target.write_bytes(ElementTree.tostring(root))
    moved = Structure(BeatGrid(0.1, 99.0), (20.0,))
    write_rekordbox(target, [replace(track, structure=moved) for track in tracks[:5]])
    after = target.read_text(encoding="utf-8")
    assert "kept as well" in after
    root = ElementTree.fromstring(after.encode())
    found = list(root.iterfind("COLLECTION/TRACK"))
    assert [track.get("TrackID") for track in found] == ["1", "2", "3", "4", "5"]
    kept = found[0]
    expected = {"Rating": "204", "AverageBpm": "77.00", "Tonality": "Ebm", "Colour": "0xFF007F"}
    assert {name: kept.get(name) for name in expected} == expected
    comment = kept.get("Comments") or ""
    assert comment.startswith("my own words and more [linernotes: ")
    assert comment.count("[linernotes") == 1
    names = [mark.get("Name") for mark in kept.findall("POSITION_MARK")]
    assert names == ["linernotes 1", "linernotes 2", "Drop"]
    assert kept.find("SOMETHING_NEW") is not None
    assert not found[1].findall("POSITION_MARK")  # they were taken away
    assert [mark.get("Start") for mark in found[2].findall("POSITION_MARK")] == ["20.000"]
    (tempo,) = found[2].findall("TEMPO")
    assert tempo.get("Bpm") == "128.00"
    assert root.find("PLAYLISTS/NODE/NODE/TRACK") is not None
    assert untouched.get("Name") == found[2].get("Name")


def test_what_people_set_in_traktor_stays(tracks: list[DjTrack], tmp_path: Path) -> None:
    target = tmp_path / "collection.nml"
    write_traktor(target, [replace(track, structure=STRUCTURE) for track in tracks[:2]])
    root = ElementTree.fromstring(target.read_bytes())
    mine, other = root.iterfind("COLLECTION/ENTRY")
    info = mine.find("INFO")
    assert info is not None
    info.set("RANKING", "255")
    ElementTree.SubElement(mine, "CUE_V2", NAME="Drop", TYPE="0", START="1.0", HOTCUE="1")
    ElementTree.SubElement(root, "PLAYLISTS").append(ElementTree.Element("NODE", NAME="$ROOT"))
    target.write_bytes(ElementTree.tostring(root))
    write_traktor(
        target, [replace(track, structure=Structure(None, (9.0,))) for track in tracks[:2]]
    )
    mine, other = ElementTree.fromstring(target.read_bytes()).iterfind("COLLECTION/ENTRY")
    assert [c.get("NAME") for c in mine.findall("CUE_V2")][-1] == "Drop"
    assert len(mine.findall("CUE_V2")) == 4
    assert [c.get("START") for c in other.findall("CUE_V2")] == ["250.000000", "9000.000000"]
    info = mine.find("INFO")
    assert info is not None
    assert info.get("RANKING") == "255"
    assert b"$ROOT" in target.read_bytes()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE DJ_PLAYLISTS [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><DJ_PLAYLISTS><COLLECTION>&b;</COLLECTION></DJ_PLAYLISTS>"""
OUTSIDE = b"""<!DOCTYPE NML [<!ENTITY x SYSTEM "file:///etc/passwd">]><NML>&x;</NML>"""
HOSTILE = {
    "a bomb": BOMB, "an entity from outside": OUTSIDE, "no XML": b"TrackID,Name\n1,2\n",
    "nothing": b"", "another root": b"<plist><dict/></plist>", "cut": b"<DJ_PLAYLISTS><COLLECT",
    "deep": b"<NML>" + b"<a>" * 100_000, "a type": b"<!DOCTYPE NML><NML/>",
    "no such encoding": b'<?xml version="1.0" encoding="x"?><NML/>',
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("write", [write_rekordbox, write_traktor])
def test_hostile_files_are_refused_and_left(
    tracks: list[DjTrack], tmp_path: Path, kind: str, write: Callable[..., None]
) -> None:
    target = tmp_path / "collection.xml"
    target.write_bytes(HOSTILE[kind])
    with pytest.raises(DjFileError):
        write(target, tracks)
    assert target.read_bytes() == HOSTILE[kind]
    assert [path.name for path in tmp_path.iterdir()] == ["collection.xml"]


def test_odd_places(collection: Collection, tmp_path: Path) -> None:
    with pytest.raises(DjFileError, match="no folder"):
        export_for_djs(collection, tmp_path / "nowhere" / "a.xml")
    with pytest.raises(DjFileError, match="xml"):
        export_for_djs(collection, tmp_path / "a.txt")
    (tmp_path / "folder.xml").mkdir()
    with pytest.raises(DjFileError, match="no collection"):
        export_for_djs(collection, tmp_path / "folder.xml")


@pytest.mark.parametrize(
    "path", ["C:/Music/a b.mp3", "/Volumes/My Stick/a:b/c.mp3", "/Users/me/Überschall/ä#1.mp3"]
)
def test_traktors_places_lead_back(path: str) -> None:
    assert NmlPlace.of(path).path == path


def test_a_tag_that_xml_cannot_hold_is_left_out(tracks: list[DjTrack], tmp_path: Path) -> None:
    odd = replace(tracks[0].heard, title="a\0\x1b[31mb\ud800c\ufffe<&>\"'")
    target = tmp_path / "rekordbox.xml"
    write_rekordbox(target, [replace(tracks[0], heard=odd)])
    (told,) = read_rekordbox(target).values()
    assert told["Name"] == "a[31mbc<&>\"'"
