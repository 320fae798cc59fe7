"""Spotify's client (the real spotipy) against a stand-in."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from collect.servers.base import cut, drip, endless, html, redirect, status, truncated
from collect.servers.spotify import KEY, SECRET, TOKEN, SpotifyServer

from linernotes.collect.http import (
    AnswerError,
    BusyError,
    Manners,
    OfflineError,
    RefusedError,
    ResponseTooLargeError,
    ServiceError,
    Session,
    Settings,
    SettingsError,
    UnreachableError,
)
from linernotes.collect.spotify import Spotify

PLAYLIST = "37i9dQZF1DXcBWIGoYBM5M"


def settings_for(server: SpotifyServer, folder: Path, **more: Any) -> Settings:
    keys = {"spotify_client_id": KEY, "spotify_client_secret": SECRET}
    options: dict[str, Any] = {
        "contact": "test@example.org",
        "keys": keys,
        "manners": Manners(connect=2, read=2, total=3, retries=2, backoff=0.01, patience=3),
        "services": {
            "spotify": {"url": f"{server.url}/v1", "requests": 1e6},
            "spotify-accounts": {"url": server.url, "requests": 1e6},
        },
        "cache": folder / "cache",
    }
    return Settings(**{**options, **more})


@pytest.fixture(params=[True, False], ids=["old", "new"])
def server(request: pytest.FixtureRequest) -> Iterator[SpotifyServer]:
    with SpotifyServer(old=request.param) as server:
        yield server


@pytest.fixture
def session(server: SpotifyServer, tmp_path: Path) -> Iterator[Session]:
    with Session(settings=settings_for(server, tmp_path)) as session:
        yield session


def test_tracks_of_a_genre(server: SpotifyServer, session: Session) -> None:
    offers = list(Spotify(session).genre_offers("hip hop"))
    assert len(offers) == 24
    first = offers[0]
    assert (first.offer.artist, first.offer.isrc) == ("Artist 0, فنان", "USABC0000000")
    assert (first.offer.album, first.offer.year, first.offer.duration) == ("Album 0", "1990", 200.0)
    assert first.offer.has_preview == server.old
    assert first.why == ("" if server.old else "no-preview")
    searches = [asked for asked in server.asked if asked.path == "/v1/search"]
    assert [asked.params["q"] for asked in searches] == ['genre:"hip hop"'] * 3
    assert searches[0].headers["user-agent"].endswith("( test@example.org )")
    again = list(Spotify(session).genre_offers("hip hop"))
    assert again == offers
    assert len([asked for asked in server.asked if asked.path == "/v1/search"]) == 3


def test_tracks_of_a_playlist_without_local_files(session: Session) -> None:
    offers = list(Spotify(session).playlist_offers(PLAYLIST))
    assert [each.offer.title for each in offers] == [f"Song {number}" for number in range(24)]


def test_a_playlist_that_is_not_shown(session: Session) -> None:
    with pytest.raises(RefusedError, match="same playlist at Deezer"):
        list(Spotify(session).playlist_offers("Private00000000000000A"))


def test_features_where_they_are_still_given(server: SpotifyServer, session: Session) -> None:
    ids = [track["id"] for track in server.tracks] * 5
    client = Spotify(session)
    if server.old:
        found = client.features(ids[:120])
        assert found[ids[0]] == {"danceability": 0.5, "key": 5.0}
        assert len(found) == 24
    else:
        with pytest.raises(RefusedError, match=r"no longer.*Deezer") as raised:
            client.features(ids)
        assert "27 November 2024" in str(raised.value)


@pytest.mark.parametrize("server", [False], indirect=True)
def test_faults_are_survived_or_told(server: SpotifyServer, session: Session) -> None:
    client = Spotify(session)
    for number, fault in enumerate(
        (status(503), status(429, Retry_After="1"), status(500), html(), truncated(), cut())
    ):
        server.fault("/v1/search", fault, times=1)
        assert list(client.genre_offers(f"genre {number}"))
    for fault, error in (
        (status(429, Retry_After="86400"), BusyError),
        (redirect("http://169.254.169.254/"), RefusedError),
        (endless(), ResponseTooLargeError),
        (status(400), ServiceError),
        (html(), AnswerError),
        (status(403), RefusedError),
    ):
        server.fault("/v1/search", fault, times=9)
        with pytest.raises(error):
            list(client.genre_offers("jazz"))
        server._faults.clear()


@pytest.mark.parametrize("server", [False], indirect=True)
def test_a_slow_drip_ends(server: SpotifyServer, tmp_path: Path) -> None:
    manners = Manners(connect=2, read=2, total=0.3, retries=0, backoff=0.01, patience=3)
    with Session(settings=settings_for(server, tmp_path, manners=manners)) as session:
        server.fault("/v1/search", drip(), times=1)
        with pytest.raises(UnreachableError, match="bytes kept coming"):
            list(Spotify(session).genre_offers("jazz"))


@pytest.mark.parametrize("server", [False], indirect=True)
def test_keys_are_never_shown(
    server: SpotifyServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Session(settings=settings_for(server, tmp_path)) as session:
        list(Spotify(session).genre_offers("jazz"))
        server.fault("/v1/search", status(400), times=9)
        with pytest.raises(ServiceError) as raised:
            list(Spotify(session).genre_offers("rock"))
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    told = caplog.text + str(raised.value) + kept.decode(errors="replace")
    assert SECRET not in told
    assert TOKEN not in told
    assert not Path(".cache").exists()  # where spotipy keeps its token unless told otherwise


@pytest.mark.parametrize("server", [False], indirect=True)
def test_wrong_keys_none_and_offline(server: SpotifyServer, tmp_path: Path) -> None:
    wrong = {"spotify_client_id": KEY, "spotify_client_secret": "wrong"}
    with (
        Session(settings=settings_for(server, tmp_path, keys=wrong)) as session,
        pytest.raises(ServiceError, match="check the key"),
    ):
        list(Spotify(session).genre_offers("jazz"))
    with (
        Session(settings=settings_for(server, tmp_path, keys={})) as session,
        pytest.raises(SettingsError, match=r"developer\.spotify\.com"),
    ):
        Spotify(session)
    with Session(settings=settings_for(server, tmp_path)) as session:
        found = list(Spotify(session).genre_offers("jazz"))
    count = len(server.asked)
    with Session(settings=settings_for(server, tmp_path, keys={}), offline=True) as session:
        assert list(Spotify(session).genre_offers("jazz")) == found
        with pytest.raises(OfflineError, match="--offline"):
            list(Spotify(session).genre_offers("rock"))
    assert len(server.asked) == count
