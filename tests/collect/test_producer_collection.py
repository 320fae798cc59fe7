"""Collecting producers, against stand-ins for all services at once."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from collect.servers.base import endless, html, instead, status
from collect.servers.deezer import QUOTA
from collect.servers.services import Services, serving
from collect.servers.world import Album, Job, Person, Song, World

from linernotes.collect import deezer
from linernotes.collect.collection_folder import COLUMNS
from linernotes.collect.http import Session, read_settings
from linernotes.collect.producer_collection import Collector
from linernotes.collect.producer_rules import ProducerCollection, Rules
from linernotes.collect.request_estimate import estimate

ENO = Person("Brian Eno", ("Eno",))
LANOIS = Person("Daniel Lanois")
MASSY = Person("Sylvia Massy")
RUBIN = Person("Rick Rubin")
ALL = ["Brian Eno", "Daniel Lanois"]


def world() -> World:
    counter = iter(range(1, 1000))

    def songs(count: int, artist: str, *jobs: Job, **more: Any) -> list[Song]:
        return [
            Song(f"Song {number}", artist, number, jobs=jobs, **more)
            for number in (next(counter) for _ in range(count))
        ]

    eno = Job(ENO)
    return World(
        [ENO, LANOIS, MASSY, RUBIN],
        [
            Album("Clear", "A", 1980, songs(4, "A", eno)),
            Album("Executive", "B", 1981, songs(2, "B", Job(ENO, ("executive",)))),
            Album("Both", "C", 1982, songs(2, "C", eno, Job(LANOIS))),
            Album("With a third", "D", 1983, songs(2, "D", eno, Job(MASSY))),
            Album("Contradicted", "E", 1984, songs(2, "E", eno), wikidata=(LANOIS,),
                  infobox="[[Daniel Lanois]]", category=LANOIS),
            Album("Page says", "N", 1993, songs(1, "N", eno), infobox="[[Flood (producer)|Flood]]"),
            Album("Agreed", "F", 1985, songs(2, "F", eno), wikidata=(ENO,),
                  infobox="[[Brian Eno]] & Nobody", category=ENO),
            Album("By release", "G", 1986, songs(3, "G"), jobs=(eno,)),
            Album("Only on Wikipedia", "H", 1987, songs(2, "H"), infobox="[[Brian Eno]]",
                  category=ENO),
            Album("Live at Home", "I", 1988, songs(1, "I", eno), kinds=("Live",)),
            Album("Remastered", "J", 1989,
                  songs(2, "J", eno, deezer_version="(2011 Remaster)")),
            Album("Silent", "K", 1990, songs(1, "K", eno, has_preview=False)),
            Album("Nowhere", "L", 1991, songs(1, "L", eno, deezer_title=None)),
            Album("A song of it", "O", 1992,
                  [*songs(1, "O", wikidata=(ENO,)), *songs(1, "O")]),
            Album("His", "M", 1992, songs(3, "M", Job(LANOIS))),
        ],
    )  # fmt: skip


@pytest.fixture
def services() -> Iterator[Services]:
    with serving(world()) as services:
        yield services


Collect = Callable[..., ProducerCollection]


@pytest.fixture
def collect(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collect:
    path = services.write_settings(tmp_path / "config.toml", tmp_path / "cache")
    monkeypatch.setenv("LINERNOTES_CONFIG", str(path))

    def run(
        *names: str, to: str = "out", offline: bool = False, credit_table: Path | None = None,
        **rules: Any,
    ) -> ProducerCollection:  # fmt: skip
        with Session(settings=read_settings(), offline=offline) as session:
            collector = Collector(
                session=session, shops=[deezer], rules=Rules(per_artist=9, per_album=9, **rules),
                folder=tmp_path / to, credit_table=credit_table,
            )  # fmt: skip
            return collector.collect(names or ALL)

    return run


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def albums(result: ProducerCollection, label: str = "Brian Eno") -> dict[str, int]:
    return dict(Counter(track.album for track in result.tracks if track.label == label))


def test_what_is_taken_and_why_the_rest_is_not(collect: Collect, tmp_path: Path) -> None:
    result = collect()
    assert albums(result) == {
        "Clear": 4, "Agreed": 2, "By release": 3, "Only on Wikipedia": 2, "A song of it": 1,
    }  # fmt: skip
    assert albums(result, "Daniel Lanois") == {"His": 3}
    eno, lanois = result.producers
    assert dict(eno.missing) == {
        ("other-job", "executive producer"): 2, ("shared", ""): 4, ("conflict", ""): 3,
        ("wrong-version", "live"): 1, ("wrong-version", "remaster"): 2, ("no-preview", ""): 1,
        ("not-found", ""): 1,
    }  # fmt: skip
    assert (eno.found, eno.collected, eno.complete) == (26, 12, True)
    assert lanois.missing["conflict", ""] == 2
    # Everybody is told apart by all that is said of everything.
    claims = rows_of(tmp_path / "out" / "claims.csv")
    told = {
        (row["source"], row["level"], row["producer"]) for row in claims
        if row["album"] == "Contradicted" and row["label"] == "Brian Eno"
    }  # fmt: skip
    assert told == {
        ("musicbrainz", "recording", "Brian Eno"), ("wikidata", "release", "Daniel Lanois"),
        ("wikipedia", "release", "Daniel Lanois"),
    }  # fmt: skip
    missing = rows_of(tmp_path / "out" / "missing.csv")
    details = {row["album"]: row["detail"] for row in missing if row["label"] == "Brian Eno"}
    assert "Daniel Lanois asked for as well" in details["Both"]
    assert details["With a third"] == "Brian Eno, Sylvia Massy"


def test_contradictions_are_shown(collect: Collect, tmp_path: Path) -> None:
    collect()
    missing = rows_of(tmp_path / "out" / "missing.csv")
    (detail,) = {row["detail"] for row in missing if row["reason"] == "conflict"
                 and row["label"] == "Daniel Lanois"}  # fmt: skip
    assert detail == "musicbrainz (recording): Brian Eno"


def test_the_folder(collect: Collect, tmp_path: Path) -> None:
    result = collect()
    rows = rows_of(tmp_path / "out" / "tracks.csv")
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(result.tracks) == 15
    for row in rows:
        assert (tmp_path / "out" / row["path"]).is_file()
    first = rows[0]
    assert (first["artist"], first["album"], first["year"]) == ("A", "Clear", "1980")
    assert first["sources"] == "musicbrainz:recording"
    assert "not to pass on" in first["licence"]
    by_album = {row["album"]: row for row in rows}
    assert by_album["Agreed"]["sources"].split() == [
        "musicbrainz:recording", "wikidata:release", "wikipedia:release",
    ]  # fmt: skip
    assert by_album["Only on Wikipedia"]["sources"] == "wikipedia:release"
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["producers"][0]["missing"]["wrong-version"] == {
        "count": 3, "of which": {"live": 1, "remaster": 2},
    }  # fmt: skip


def test_rules_can_be_relaxed(collect: Collect) -> None:
    result = collect(keep_shared=True, keep_conflicts=True, allowed=frozenset({"remaster", "live"}))
    # What both of those asked for produced stays out: it is in neither class alone.
    assert albums(result) == {
        "Clear": 4, "With a third": 2, "Contradicted": 2, "Page says": 1, "Agreed": 2,
        "By release": 3, "Only on Wikipedia": 2, "A song of it": 1, "Live at Home": 1,
        "Remastered": 2,
    }  # fmt: skip
    alone = collect("Brian Eno", to="alone", keep_shared=True)
    assert albums(alone)["Both"] == 2


def test_balance(collect: Collect, tmp_path: Path) -> None:
    result = collect(balance=True)
    assert Counter(track.label for track in result.tracks) == dict.fromkeys(ALL, 3)
    assert result.producers[0].missing["balance", ""] == 9
    assert len(list((tmp_path / "out").rglob("*.mp3"))) == 6


def test_caps(services: Services, tmp_path: Path, collect: Collect) -> None:
    collect("Sylvia Massy")  # the settings are those of the fixture
    with Session(settings=read_settings()) as session:
        rules = Rules(per_producer=10)  # a fifth of an artist, a tenth of an album
        collector = Collector(session=session, shops=[deezer], rules=rules, folder=None)
        result = collector.collect(["Brian Eno"])
    assert set(albums(result).values()) == {1}
    assert result.producers[0].missing["album-cap", ""] == 7
    assert services.asked() > 0
    assert tmp_path.is_dir()


def test_the_same_again_asks_for_nothing(services: Services, collect: Collect) -> None:
    first = collect()
    asked = services.asked()
    assert collect(to="other").tracks == first.tracks
    assert collect(to="offline", offline=True).tracks == first.tracks
    assert services.asked() == asked


def test_nobody_and_twice_the_same(collect: Collect) -> None:
    result = collect("Nobody", "Eno", "Brian Eno", ENO.mbid, per_producer=2)
    assert [(one.asked, one.collected) for one in result.producers] == [("Nobody", 0), ("Eno", 2)]
    assert "nobody called Nobody" in result.producers[0].notes[0]


def test_without_wikidata_and_wikipedia_it_goes_on_and_says_so(
    services: Services, collect: Collect
) -> None:
    services.wikidata.fault("", html(), times=99)
    services.wikipedia.fault("", status(500), times=99)
    result = collect("Brian Eno")
    notes = " ".join(result.producers[0].notes)
    assert "without Wikidata: it sent a page" in notes
    assert "without Wikipedia: it has trouble" in notes
    assert "Contradicted" in albums(result)


def test_a_service_that_stays_away_stops_the_run_and_nothing_is_lost(
    services: Services, collect: Collect, tmp_path: Path
) -> None:
    services.musicbrainz.fault("/release/" + services.world.albums[2].mbid, status(503), times=99)
    result = collect()
    assert result.stopped.startswith("MusicBrainz: it is asked too much")
    assert "Clear" in albums(result)
    assert rows_of(tmp_path / "out" / "tracks.csv")
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["stopped"]
    services.musicbrainz._faults.clear()
    assert not collect().stopped
    assert len(rows_of(tmp_path / "out" / "tracks.csv")) == 15


def test_a_run_that_is_stopped_early_leaves_a_longer_table_alone(
    services: Services, collect: Collect, tmp_path: Path
) -> None:
    collect()
    before = (tmp_path / "out" / "tracks.csv").read_bytes()
    for path in (tmp_path / "cache" / "answers" / "musicbrainz").rglob("*"):
        if path.is_file():
            path.unlink()
    services.musicbrainz.fault("/release/", status(503), times=99)
    result = collect()
    assert result.stopped
    assert result.before == 15
    assert (tmp_path / "out" / "tracks.csv").read_bytes() == before
    assert collect(offline=True).before == 15
    assert (tmp_path / "out" / "tracks.csv").read_bytes() == before


def test_a_shorter_run_deletes_nothing_and_says_what_else_is_there(
    collect: Collect, tmp_path: Path
) -> None:
    assert collect().unlisted == 0
    result = collect(per_producer=2)
    assert (len(result.tracks), result.unlisted) == (4, 11)
    assert len(rows_of(tmp_path / "out" / "tracks.csv")) == 4
    assert len(list((tmp_path / "out").rglob("*.mp3"))) == 15
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["unlisted"] == 11
    assert collect().unlisted == 0


def test_one_bad_preview_costs_itself_alone(services: Services, collect: Collect) -> None:
    services.previews.fault("/2.mp3", instead(b"<html>" * 99, "audio/mpeg"), times=99)
    services.previews.fault("/3.mp3", endless(), times=99)
    result = collect("Brian Eno")
    assert albums(result)["Clear"] == 2
    missing = result.producers[0].missing
    assert missing["preview", ""] + missing["service-too-large", ""] == 2


def test_one_track_that_is_not_answered_for_is_tried_again(
    services: Services, collect: Collect
) -> None:
    quota = instead(json.dumps(QUOTA).encode())
    services.deezer.fault("/track/2", quota, times=5)  # as often as it is tried
    result = collect("Brian Eno")
    (eno,) = result.producers
    assert albums(result)["Clear"] == 3
    assert (eno.missing["service-busy", ""], eno.complete, result.stopped) == (1, False, "")
    assert collect("Brian Eno").producers[0].complete
    assert albums(collect("Brian Eno"))["Clear"] == 4


def test_changed_files_are_left_as_they_are(collect: Collect, tmp_path: Path) -> None:
    result = collect("Brian Eno")
    mine = tmp_path / "out" / result.tracks[0].path
    mine.write_bytes(b"changed on purpose")
    collect("Brian Eno")
    assert mine.read_bytes() == b"changed on purpose"
    mine.unlink()
    collect("Brian Eno")
    assert mine.stat().st_size > 1000


def test_an_estimate_sends_nothing_and_knows_what_is_here(
    services: Services, collect: Collect
) -> None:
    collect("Brian Eno", per_producer=3)
    asked = services.asked()
    rules = Rules(per_producer=50, per_artist=9, per_album=9)
    with Session(settings=read_settings(), offline=True) as session:
        found, here = estimate(
            ["Brian Eno", "Daniel Lanois"], session=session, shops=[deezer], rules=rules
        )
    assert services.asked() == asked
    assert here == 3
    requests = {entry.service: entry.requests for entry in found}
    assert requests["Wikidata"] == 2  # of Lanois alone
    assert 200 < requests["Deezer"] < 500
    with Session(settings=read_settings()) as session, pytest.raises(ValueError, match="offline"):
        estimate(["x"], session=session, shops=[deezer], rules=rules)


def test_credits_from_a_table(services: Services, collect: Collect, tmp_path: Path) -> None:
    table = tmp_path / "credits.csv"
    columns = ("producer,producer_mbid,job,level,title,artist,album,year,isrc,mbid,"
               "release_mbid,duration,source")  # fmt: skip
    lines = [columns]
    for album in services.world.albums:
        for song in album.songs:
            lines += [
                f"{job.person.name},{job.person.mbid},"
                f"{'executive producer' if job.attributes else 'producer'},recording,{song.title},"
                f"{song.artist},{album.title},{album.year},{song.isrc},{song.mbid},{album.mbid},"
                f"{song.seconds},musicbrainz-dump"
                for job in song.jobs
            ]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = collect("Brian Eno", credit_table=table)
    assert albums(result) == {"Clear": 4, "Contradicted": 2, "Page says": 1, "Agreed": 2}
    assert result.producers[0].missing["shared", ""] == 4
    assert not services.musicbrainz.asked
    assert "no credits of Nobody" in collect("Nobody", credit_table=table).producers[0].notes[0]
