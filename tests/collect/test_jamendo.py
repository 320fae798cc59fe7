"""Jamendo's client against a stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from collect.servers.base import html, status
from collect.servers.jamendo import KEY, LICENCE, JamendoServer

from linernotes.collect.http import (
    AnswerError,
    BusyError,
    Manners,
    RefusedError,
    Session,
    Settings,
    SettingsError,
)
from linernotes.collect.jamendo import genre_offers, playlist_offers

MANNERS = Manners(connect=2, read=2, total=5, retries=2, backoff=0.01, patience=3)


@pytest.fixture
def server() -> Iterator[JamendoServer]:
    with JamendoServer(count=430) as server:
        yield server


def settings_for(server: JamendoServer, folder: Path, key: str = KEY) -> Settings:
    return Settings(
        contact="test@example.org",
        keys={"jamendo_client_id": key} if key else {},
        manners=MANNERS,
        services={"jamendo": {"url": server.url, "requests": 1e6}},
        cache=folder / "cache",
    )


@pytest.fixture
def session(server: JamendoServer, tmp_path: Path) -> Iterator[Session]:
    with Session(settings=settings_for(server, tmp_path)) as session:
        yield session


def test_tracks_of_a_genre_page_by_page(server: JamendoServer, session: Session) -> None:
    offers = list(genre_offers(session, "Jazz"))
    assert len(offers) == 215  # half of them are only tagged so by others
    assert [asked.params["offset"] for asked in server.asked] == ["0", "200", "400"]
    first = offers[0]
    assert (first.offer.title, first.offer.artist) == ("Песня 1", "אמן 1")
    assert (first.licence, first.offer.year, first.offer.duration) == (LICENCE, "2001", 201)
    closed = [offer for offer in offers if not offer.offer.has_preview]
    assert {offer.why for offer in closed} == {"download-not-allowed"}
    assert all(not offer.offer.url for offer in closed)
    assert len(closed) == 43


def test_tracks_of_a_playlist(session: Session) -> None:
    assert [each.offer.id for each in playlist_offers(session, "77")] == [
        str(1000 + number) for number in range(9)
    ]


def test_nothing_is_asked_twice_and_the_key_is_kept_nowhere(
    server: JamendoServer, session: Session, tmp_path: Path
) -> None:
    before = list(genre_offers(session, "rock"))
    count = len(server.asked)
    assert list(genre_offers(session, "rock")) == before
    assert len(server.asked) == count
    for path in (tmp_path / "cache").rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


def test_a_wrong_key_and_none_at_all(server: JamendoServer, tmp_path: Path) -> None:
    with (
        Session(settings=settings_for(server, tmp_path, "wrong-key")) as session,
        pytest.raises(RefusedError, match="not authorized") as raised,
    ):
        list(genre_offers(session, "rock"))
    assert "wrong-key" not in str(raised.value)
    with (
        Session(settings=settings_for(server, tmp_path, "")) as session,
        pytest.raises(SettingsError, match="LINERNOTES_JAMENDO_CLIENT_ID"),
    ):
        list(genre_offers(session, "rock"))


def test_the_quota_within_http_200_is_waited_for(server: JamendoServer, session: Session) -> None:
    quota = server.failed(6, "Rate limit exceeded.")
    server.fault("/tracks", lambda handler, _: handler.reply(quota), times=2)
    assert next(genre_offers(session, "jazz"))
    server.failing = (6, "Rate limit exceeded.")
    with pytest.raises(BusyError, match="quota"):
        list(genre_offers(session, "rock"))


def test_odd_answers_are_told(server: JamendoServer, session: Session) -> None:
    server.fault("/tracks", html(), times=9)
    with pytest.raises(AnswerError, match="page"):
        list(genre_offers(session, "jazz"))
    server._faults.clear()
    server.fault("/tracks", status(503, Retry_After="0"), times=1)
    assert list(genre_offers(session, "jazz"))
    server.failing = (3, "Type error on limit")
    with pytest.raises(AnswerError, match="Type error"):
        list(genre_offers(session, "blues"))
