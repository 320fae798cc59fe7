"""Playlists on the command line, and what ListenBrainz and MPD are given of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from integrations_support import keep, write_tracks
from typer.testing import CliRunner

from linernotes.cli.app import app
from linernotes.errors import LinernotesError
from linernotes.explore import Library
from linernotes.integrations.listenbrainz import EXTENSION, listenbrainz_playlist
from linernotes.library.playlists import PlaylistEntry, read_playlist


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library whose playlists are changed."""
    folder: Path = tmp_path_factory.mktemp("own")
    return keep(folder / "library", write_tracks(folder / "music", 20))


def call(library: Library, *arguments: str) -> str:
    """Call a command on the library; return what it prints."""
    done = CliRunner().invoke(app, [*arguments, "--library", library.location])
    if isinstance(done.exception, LinernotesError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def listed(library: Library) -> dict[str, dict[str, object]]:
    rows = map(json.loads, call(library, "playlist", "list", "--json").splitlines())
    return {row["name"]: row for row in rows}


def test_a_playlist_from_its_making_to_its_end(own: Library, tmp_path: Path) -> None:
    collection = own.collection()
    first, second, third = collection.path[:3]
    call(own, "playlist", "create", "Blue é", first, collection.track_id[1])
    call(own, "playlist", "add", "blue É", third, first)
    assert listed(own)["Blue é"]["tracks"] == [collection.track_id[i] for i in (0, 1, 2, 0)]
    call(own, "playlist", "remove", "Blue é", first)
    call(own, "playlist", "rename", "Blue é", "Bleu")
    shown = json.loads(call(own, "playlist", "show", "Bleu", "--json"))
    assert [entry["path"] for entry in shown["entries"]] == [second, third]
    for suffix in ("m3u8", "xspf", "jspf"):
        target = tmp_path / f"bleu.{suffix}"
        call(own, "playlist", "export", "Bleu", str(target))
        assert [entry.path for entry in read_playlist(target).entries] == [second, third]
    for wrong in (
        ["playlist", "show", "nothing"],
        ["playlist", "add", "Bleu", "/no/such/file.mp3"],
        ["playlist", "remove", "Bleu", first],
        ["playlist", "refresh", "Bleu"],
        ["playlist", "create", " "],
        ["playlist", "export", "Bleu", str(tmp_path / "bleu.txt")],
        ["playlist", "create", "Both", first, "--words", "slow"],
    ):
        with pytest.raises(LinernotesError):
            call(own, *wrong)
    call(own, "playlist", "create", "Bleu")
    with pytest.raises(LinernotesError, match="2 playlists called"):
        call(own, "playlist", "delete", "Bleu")
    for each in own.playlists.all():
        call(own, "playlist", "delete", each.id)
    assert not listed(own)


def test_a_smart_playlist_is_asked_anew(own: Library) -> None:
    polka = [i for i, g in enumerate(own.collection().metadata["genre"]) if g == "Polka"]
    call(own, "playlist", "create", "Polka", "--where", "genre=polka", "-n", "3")
    made = listed(own)["Polka"]
    assert made["query"] == {"where": "genre=polka", "n": 3}
    assert len(made["tracks"]) == 3  # type: ignore[arg-type]
    own.playlists.change(str(made["id"]), tracks=[])
    call(own, "playlist", "refresh")
    assert listed(own)["Polka"]["tracks"] == made["tracks"]
    call(own, "playlist", "create", "Found", "--words", "mellow piano", "-n", "4", "--once")
    assert listed(own)["Found"]["query"] is None
    like = own.collection().track_id[polka[0]]
    call(own, "playlist", "create", "Alike", "--like", like, "-n", "2", "--per-artist", "1")
    assert like not in listed(own)["Alike"]["tracks"]  # type: ignore[operator]
    with pytest.raises(LinernotesError, match="smart"):
        call(own, "playlist", "add", "Polka", like)
    with pytest.raises(LinernotesError):
        call(own, "playlist", "create", "Wrong", "--where", "genre=(")
    assert "Wrong" not in listed(own)


def test_listenbrainz_is_told_recordings_and_no_paths(own: Library, tmp_path: Path) -> None:
    collection = own.collection()
    ids = collection.metadata["musicbrainz_recordingid"]
    call(own, "playlist", "create", "All", *collection.track_id)
    target = tmp_path / "all.jspf"
    call(own, "playlist", "export", "All", str(target), "--listenbrainz")
    text = target.read_text("ascii")
    told = json.loads(text)["playlist"]
    # As ListenBrainz describes what it imports.
    assert told["title"] == "All"
    assert told["extension"] == {EXTENSION: {"public": False}}
    known = [own_id for own_id in ids if own_id]
    addresses = [f"https://musicbrainz.org/recording/{own_id}" for own_id in known]
    assert [track["identifier"] for track in told["track"]] == [[each] for each in addresses]
    assert all(set(t) == {"identifier", "title", "creator", "album"} for t in told["track"])
    assert "location" not in text
    assert str(tmp_path.parent) not in text
    with pytest.raises(LinernotesError, match="jspf"):
        call(own, "playlist", "export", "All", str(tmp_path / "all.xspf"), "--listenbrainz")
    none = collection.track_id[next(i for i, own_id in enumerate(ids) if not own_id)]
    call(own, "playlist", "create", "None", none)
    with pytest.raises(LinernotesError, match="MusicBrainz"):
        call(own, "playlist", "export", "None", str(tmp_path / "none.jspf"), "--listenbrainz")
    assert not (tmp_path / "none.jspf").exists()


def test_ids_that_are_none_are_left_out() -> None:
    odd = ["", "x" * 36, "../../etc", "<script>", "0" * 36, None]
    entries = [PlaylistEntry("a.mp3", 1.0, "A", "B", None, recording) for recording in odd]
    told, failures = listenbrainz_playlist("a\0b", entries)
    assert told["playlist"]["track"] == []
    assert len(failures) == len(odd)
    assert told["playlist"]["title"] == "ab"
