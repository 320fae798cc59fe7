"""Which release a song is on, after ListenBrainz."""

from __future__ import annotations

import time
from pathlib import Path

from collect.servers.base import status
from collect.servers.listenbrainz import ListenBrainz
from collect.servers.world import Album, Song, World

from linernotes.collect.http import Manners, Session, Settings
from linernotes.collect.listenbrainz import release_with


def test_a_release_is_found_and_guesses_are_not_taken(tmp_path: Path) -> None:
    album = Album("Album", "Band", 1980, [Song("One", "Band", 1)])
    with ListenBrainz(World([], [album])) as server:
        settings = Settings(
            contact="test@example.org", cache=tmp_path, manners=Manners(backoff=0.01),
            services={"listenbrainz": {"url": server.url, "requests": 1000.0}},
        )  # fmt: skip
        # It tells in a header of its own how long it wants to be left alone.
        server.fault("/metadata", status(429, X_RateLimit_Reset_In="1"))
        began = time.monotonic()
        with Session(settings=settings) as session:
            found = release_with(session, "One", "Band")
            assert found is not None
            assert (found.mbid, found.title) == (album.mbid, "Album")
            assert time.monotonic() - began > 0.9
            assert release_with(session, "Two", "Band") is None
            assert release_with(session, "One", "Somebody Else") is None
