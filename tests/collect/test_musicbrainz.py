"""Credits from MusicBrainz, and its bursts of refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from collect.servers.base import html, instead, status, truncated
from collect.servers.services import Services, serving
from collect.servers.world import Album, Job, Person, Song, World

from linernotes.collect import musicbrainz
from linernotes.collect.http import BusyError, NotFoundError, Session, read_settings

ENO, OTHER_ENO = Person("Brian Eno", ("Eno", "Brian Peter George")), Person("Brian Eno", (), "DJ")
LANOIS = Person("Daniel Lanois")


def world() -> World:
    songs = [
        Song("One", "Band", 1, jobs=(Job(ENO),), isrc="GBXX10000001"),
        Song("Two", "Band", 2, jobs=(Job(ENO, ("executive",)),)),
        Song("Three", "Band", 3, jobs=(Job(ENO, ("co",)), Job(LANOIS))),
        Song("Film", "Band", 4, jobs=(Job(ENO),), video=True),
    ]
    return World(
        [ENO, OTHER_ENO, LANOIS],
        [
            Album("Album", "Band", 1980, songs, jobs=(Job(LANOIS),)),
            Album("Mix", "Various", 1990, [Song("Four", "Else", 5)], jobs=(Job(ENO),),
                  kinds=("Compilation", "DJ-mix")),
            Album("Concert", "Band", 1985, [Song("One", "Band", 6, note="live, 1985-07-13")],
                  jobs=(Job(ENO),), kinds=("Live",)),
        ],
    )  # fmt: skip


@pytest.fixture
def services() -> Iterator[Services]:
    with serving(world()) as services:
        yield services


@pytest.fixture
def session(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    path = services.write_settings(tmp_path / "config.toml", tmp_path / "cache")
    monkeypatch.setenv("LINERNOTES_CONFIG", str(path))
    with Session(settings=read_settings()) as session:
        yield session


def test_a_person_is_found_and_namesakes_are_told(session: Session) -> None:
    for name in ("brian eno", "ENO", "Brian Peter George", ENO.mbid, ENO.mbid.upper()):
        assert musicbrainz.find_person(session, name).mbid == ENO.mbid
    assert musicbrainz.find_person(session, "Brian Eno").namesakes == (f"{OTHER_ENO.mbid} (DJ)",)
    with pytest.raises(NotFoundError, match="nobody called Nobody"):
        musicbrainz.find_person(session, "Nobody")
    with pytest.raises(NotFoundError, match="did you mean Brian Eno"):
        musicbrainz.find_person(session, "Brian")


def test_jobs_are_kept_apart(session: Session) -> None:
    recordings, releases = musicbrainz.credits_of(session, ENO.mbid)
    assert [(credit.title, credit.job) for credit in recordings] == [
        ("One", "producer"), ("Two", "executive producer"), ("Three", "co-producer"),
        ("Film", "producer"),
    ]  # fmt: skip
    assert [credit.title for credit in releases] == ["Mix", "Concert"]


def test_a_release_tells_both_levels(services: Services, session: Session) -> None:
    album, mix, concert = services.world.albums
    one, two, three, film = musicbrainz.recordings_on(session, album.mbid)
    assert [(claim.producer, claim.job, claim.level) for claim in three.claims] == [
        ("Brian Eno", "co-producer", "recording"), ("Daniel Lanois", "producer", "recording"),
        ("Daniel Lanois", "producer", "release"),
    ]  # fmt: skip
    assert (one.isrcs, one.duration, one.year, one.artist) == (
        ("GBXX10000001",), 200.0, "1980", "Band",
    )  # fmt: skip
    assert film.video
    assert two.claims[0].job == "executive producer"
    # Whoever made a mix chose what is on it.
    assert musicbrainz.recordings_on(session, mix.mbid)[0].claims == ()
    assert musicbrainz.recordings_on(session, concert.mbid)[0].note == "live, 1985-07-13 Live"


def test_releases_of_many_recordings_at_once(services: Services, session: Session) -> None:
    mbids = [song.mbid for song in services.world.songs] * 30
    found = musicbrainz.releases_of(session, mbids)
    assert {release.title for release in found.values()} == {"Album", "Mix", "Concert"}
    assert len(services.musicbrainz.asked) == 4  # 180 identifiers, 50 at once
    assert musicbrainz.find_release(session, "album", "Band") is not None
    assert musicbrainz.find_release(session, 'No "such" album', "Band") is None


def test_bursts_of_refusals_are_sat_out(services: Services, session: Session) -> None:
    services.musicbrainz.fault("/artist", status(503), times=3)
    services.musicbrainz.fault("/artist", html())
    assert musicbrainz.find_person(session, "Eno").mbid == ENO.mbid
    assert len(services.musicbrainz.asked) == 5
    services.musicbrainz.fault("/release", truncated())
    assert len(musicbrainz.recordings_on(session, services.world.albums[0].mbid)) == 4
    services.musicbrainz.fault("/artist", status(503), times=99)
    with pytest.raises(BusyError):
        musicbrainz.credits_of(session, ENO.mbid)


@pytest.mark.parametrize(
    "answer",
    [b"null", b"[]", b"{}", b'{"artists": 3}', b'{"artists": [null, {"name": 7}, {"id": null}]}',
     b'{"media": [{"tracks": [{"recording": 3}, {}]}], "release-group": [], "relations": "x"}'],
)  # fmt: skip
def test_odd_answers_are_empty(answer: bytes, services: Services, session: Session) -> None:
    services.musicbrainz.fault("", instead(answer), times=9)
    assert musicbrainz.recordings_on(session, "x") == []
    assert musicbrainz.credits_of(session, "x") == ([], [])
    assert musicbrainz.releases_of(session, ["x"]) == {}
    with pytest.raises(NotFoundError):
        musicbrainz.find_person(session, "Eno")
