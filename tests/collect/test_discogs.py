"""Credits from Discogs, and its token."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from collect.servers.discogs import TOKEN, Discogs

from linernotes.collect.discogs import work_about
from linernotes.collect.http import Manners, RefusedError, Session, Settings


def test_credits_of_an_album(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Discogs() as server, caplog.at_level(logging.DEBUG):
        settings = Settings(
            contact="test@example.org", cache=tmp_path, manners=Manners(backoff=0.01),
            services={"discogs": {"url": server.url, "requests": 1000.0, "seconds": 1.0}},
        )  # fmt: skip
        with Session(settings=settings) as session:
            work = work_about(session, "Album", "Band", token=TOKEN)
            assert work is not None
            assert [(claim.producer, claim.job) for claim in work.claims] == [
                ("Brian Eno", "producer"), ("David", "executive producer"),
            ]  # fmt: skip
            assert work.claims[0].url == "https://www.discogs.com/release/7"
            assert work_about(session, "Another", "Band", token=TOKEN) is None
            with pytest.raises(RefusedError, match="check the key"):
                work_about(session, "A third", "Band", token="wrong-token")
    assert TOKEN not in caplog.text
    assert "wrong-token" not in caplog.text
