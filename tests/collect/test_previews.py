"""Previews from Deezer and iTunes: found by code or by words, fetched once, seen to be audio."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from collect.servers.base import Handler, Reply, cut, endless, instead, redirect, status
from collect.servers.deezer import QUOTA
from collect.servers.services import Services, serving
from collect.servers.world import Album, Song, World, sound

from linernotes.audio import probe
from linernotes.collect import deezer, itunes
from linernotes.collect.http import BusyError, ServiceError, Session, read_settings
from linernotes.collect.matching import Offer, Wanted
from linernotes.collect.previews import (
    FoundPreview,
    Missing,
    PreviewError,
    fetch_preview,
    find_preview,
    suffix_of,
)

QUOTA_BODY = json.dumps(QUOTA).encode()


@pytest.fixture
def services() -> Iterator[Services]:
    songs = [
        Song("One", "Band", 1, isrc="GBXX10000001"),
        Song("Two", "Band", 2),
        Song("Silent", "Band", 3, isrc="GBXX10000003", has_preview=False),
        Song("Old", "Band", 4, deezer_version="(2011 Remaster)"),
        Song("Elsewhere", "Band", 5, deezer_title=None),
    ]
    with serving(World([], [Album("Album", "Band", 1980, songs)])) as services:
        yield services


@pytest.fixture
def session(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    path = services.write_settings(tmp_path / "config.toml", tmp_path / "cache")
    monkeypatch.setenv("LINERNOTES_CONFIG", str(path))
    with Session(settings=read_settings()) as session:
        yield session


def find(
    session: Session, title: str, *isrcs: str, shops: object = (deezer,)
) -> FoundPreview | Missing:
    wanted = Wanted(title, "Band", "Album", 200.0, isrcs)
    return find_preview(session, shops, wanted)  # type: ignore[arg-type]


def found(session: Session, title: str = "One", *isrcs: str) -> FoundPreview:
    result = find(session, title, *isrcs)
    assert isinstance(result, FoundPreview)
    return result


def test_by_code_first_then_by_words(services: Services, session: Session) -> None:
    one = found(session, "One", "GBXX10000001")
    assert (one.how, one.offer.id, one.score) == ("isrc", "1", 1.0)
    assert services.deezer.paths() == ["/track/isrc:GBXX10000001"]
    two = found(session, "Two", "GBXX19999999")
    assert (two.how, two.offer.id) == ("search", "2")


def test_why_there_is_none(session: Session) -> None:
    assert find(session, "Silent", "GBXX10000003") == Missing("no-preview")
    assert find(session, "Old") == Missing("wrong-version", "remaster")
    assert find(session, "Elsewhere") == Missing("not-found")


def test_the_second_service_is_asked_for_what_the_first_has_not(session: Session) -> None:
    result = find(session, "Elsewhere", shops=(deezer, itunes))
    assert isinstance(result, FoundPreview)
    assert result.offer.service == "itunes"
    assert probe(fetch_preview(session, itunes, result.offer)).duration > 1


def test_a_preview_is_fetched_once(services: Services, session: Session) -> None:
    offer = found(session).offer
    files = {fetch_preview(session, deezer, offer) for _ in range(3)}
    (file,) = files
    assert file.read_bytes() == sound(1)
    assert suffix_of(file) == ".mp3"
    assert services.previews.paths() == ["/1.mp3"]


def test_addresses_that_expire_are_not_kept(services: Services, session: Session) -> None:
    fetch_preview(session, deezer, found(session).offer)
    kept = b"".join(
        path.read_bytes() for path in (session.cache.folder / "answers").rglob("*")
        if path.is_file()
    )  # fmt: skip
    assert b"has_preview" in kept
    assert b"hdnea" not in kept


def test_an_expired_address_is_asked_for_anew(services: Services, session: Session) -> None:
    offer = found(session).offer
    asked = len(services.deezer.asked)
    services.deezer.lifetime = -10

    def last_time(handler: Handler, reply: Reply) -> None:
        services.deezer.lifetime = 300
        handler.reply(reply)

    services.deezer.fault("/track/1", last_time)
    assert fetch_preview(session, deezer, offer).read_bytes() == sound(1)
    assert len(services.deezer.asked) == asked + 2
    assert len(services.previews.asked) == 2


def test_an_empty_address_is_told(services: Services, session: Session) -> None:
    offer = found(session).offer
    services.world.songs[0].has_preview = False
    with pytest.raises(PreviewError, match="no preview"):
        fetch_preview(session, deezer, offer)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (instead(b"<html>Sorry</html>" * 100, "audio/mpeg"), "not audio"),
        (instead(b"\xff\xfb\x90\x00" + b"\0" * 5000, "audio/mpeg"), "not audio"),
        (instead(b"ID3\x04" + b"\0" * 5000, "audio/mpeg"), "not audio"),
        (instead(b"{}" * 100, "application/json"), "application/json"),
        (instead(b"", "audio/mpeg"), "not audio"),
        (status(403), "refuses"),
        (status(404), "nothing"),
        (redirect("http://169.254.169.254/a.mp3"), "169.254.169.254"),
        (redirect("https://elsewhere.example/a.mp3"), "elsewhere.example"),
    ],
)
def test_what_is_no_preview_is_remembered(
    fault: object, sentence: str, services: Services, session: Session
) -> None:
    def check(path: Path) -> None:
        probe(path)

    offer = found(session).offer
    services.previews.fault("/1.mp3", fault, times=9)  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(PreviewError, match=sentence):
            fetch_preview(session, deezer, offer, check=check)
    assert len(services.previews.asked) == 2  # both for the first time
    assert not list((session.cache.folder / "previews").rglob("*.partial"))


def test_an_endless_preview_is_broken_off(services: Services, session: Session) -> None:
    offer = found(session).offer
    services.previews.fault("/1.mp3", endless(), times=9)
    with pytest.raises(PreviewError, match="MiB"):
        fetch_preview(session, deezer, offer)


def test_a_reset_in_the_middle_is_mended(services: Services, session: Session) -> None:
    offer = found(session).offer
    services.previews.fault("/1.mp3", cut(after=1000), times=2)
    assert fetch_preview(session, deezer, offer).read_bytes() == sound(1)


def test_the_quota_within_a_good_answer_is_waited_for(services: Services, session: Session) -> None:
    services.deezer.fault("/track", instead(QUOTA_BODY), times=2)
    assert found(session, "One", "GBXX10000001").how == "isrc"
    services.deezer.fault("/search", instead(QUOTA_BODY), times=99)
    with pytest.raises(BusyError, match="quota"):
        find(session, "Two")
    services.deezer.fault("/search", instead(QUOTA_BODY), times=0)


@pytest.mark.parametrize("answer", [b"[]", b"null", b"3", b'{"error": {"code": 500}}'])
def test_other_errors_are_told(answer: bytes, services: Services, session: Session) -> None:
    services.deezer.fault("/search", instead(answer), times=9)
    with pytest.raises(ServiceError):
        find(session, "Two")


def test_an_odd_number_is_no_path(session: Session) -> None:
    with pytest.raises(PreviewError, match="odd"):
        fetch_preview(session, deezer, Offer("deezer", "../../x", "One", "Band"))


@pytest.mark.parametrize(
    "answer", [b"{}", b'{"data": [null, 3, {"id": [], "artist": 5, "title": null}]}']
)
def test_odd_answers_are_no_tracks(answer: bytes, services: Services, session: Session) -> None:
    services.deezer.fault("/search", instead(answer), times=9)
    assert find(session, "Two") == Missing("not-found")
