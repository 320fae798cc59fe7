"""Infoboxes as people write them, and the categories that lead to them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from collect.servers.base import instead
from collect.servers.services import Services, serving
from collect.servers.world import Album, Person, World

from linernotes.collect import wikidata, wikipedia
from linernotes.collect.http import BusyError, ServiceError, Session, read_settings
from linernotes.collect.infobox import read_infobox

ENO, LANOIS = Person("Brian Eno", ("Eno",)), Person("Daniel Lanois")


def producers(text: str) -> list[tuple[str, str]]:
    box = read_infobox(f"{{{{Infobox album\n| name = X\n| artist = Y\n| producer = {text}\n}}}}")
    assert box is not None
    return list(box.producers)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[Brian Eno]]", ["Brian Eno"]),
        ("[[Brian Eno|Eno]], [[Daniel Lanois]]", ["Eno", "Daniel Lanois"]),
        ("{{hlist|[[Brian Eno]]|[[Daniel Lanois|Lanois]]}}", ["Brian Eno", "Lanois"]),
        ("{{flatlist|\n* [[Brian Eno]]\n* Lanois\n}}", ["Brian Eno", "Lanois"]),
        ("{{Plainlist|\n*[[Brian Eno]]\n*Lanois}}", ["Brian Eno", "Lanois"]),
        ("{{ubl|Brian Eno|Lanois}}", ["Brian Eno", "Lanois"]),
        ("Brian Eno<br />Lanois<br>Flood", ["Brian Eno", "Lanois", "Flood"]),
        ("Brian Eno and Lanois", ["Brian Eno", "Lanois"]),
        ("Brian Eno<ref name=a>{{cite|title=a|x=b}}</ref><!-- not | him -->", ["Brian Eno"]),
        ("{{nowrap|Brian Eno}}", ["Brian Eno"]),
        ("Quincy Jones, Jr.", ["Quincy Jones, Jr."]),
        ("", []),
    ],
)
def test_names_in_an_infobox(text: str, expected: list[str]) -> None:
    assert [name for name, _ in producers(text)] == expected


def test_jobs_in_an_infobox() -> None:
    text = "{{hlist|Eno|Geffen (exec.)|Lanois (co.)|{{small|Flood (add.)}}}}"
    assert producers(text) == [
        ("Eno", "producer"), ("Geffen", "executive producer"), ("Lanois", "co-producer"),
        ("Flood", "additional producer"),
    ]  # fmt: skip


def test_pages_without_an_infobox_or_with_half_of_one() -> None:
    assert read_infobox("an article") is None
    assert read_infobox("{{Infobox album | name = X | producer = [[Eno") is not None
    assert read_infobox("{{Infobox person | name = X }}") is None


@pytest.mark.parametrize("piece", ["<!--", "<ref>", "{{", "[[", "<ref name=", "{{Infobox album|"])
def test_a_hostile_page_takes_no_time(piece: str) -> None:
    began = time.process_time()
    read_infobox("{{Infobox album | producer = " + piece * (200_000 // len(piece)))
    assert time.process_time() - began < 5


@pytest.fixture
def services() -> Iterator[Services]:
    albums = [
        Album(f"Album {index}", "Band", 1980, [], infobox="[[Brian Eno]], [[Daniel Lanois]]",
              category=ENO, wikidata=(ENO, LANOIS))
        for index in range(5)
    ]  # fmt: skip
    with serving(World([ENO, LANOIS], albums)) as services:
        yield services


@pytest.fixture
def session(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    path = services.write_settings(tmp_path / "config.toml", tmp_path / "cache")
    monkeypatch.setenv("LINERNOTES_CONFIG", str(path))
    with Session(settings=read_settings()) as session:
        yield session


def test_categories_are_read_to_their_end(session: Session) -> None:
    works = wikipedia.works_by(session, "Brian Eno")
    assert [work.title for work in works] == [f"Album {index}" for index in range(5)]
    assert {claim.producer for claim in works[0].claims} == {"Brian Eno", "Daniel Lanois"}
    assert works[0].level == "release"
    assert works[0].claims[0].url.startswith("https://en.wikipedia.org/wiki/Album_0")


def test_servers_that_are_behind_are_waited_for(services: Services, session: Session) -> None:
    lag = b'{"error": {"code": "maxlag", "info": "Waiting", "lag": 0.1}}'
    services.wikipedia.fault("/w", instead(lag), times=2)
    assert len(wikipedia.works_by(session, "Brian Eno")) == 5
    services.wikipedia.fault("/w", instead(lag.replace(b"0.1", b"9999")))
    with pytest.raises(BusyError):
        wikipedia.works_by(session, "Somebody")
    services.wikipedia.fault("/w", instead(b'{"error": {"code": "badvalue"}}'))
    with pytest.raises(ServiceError, match="badvalue"):
        wikipedia.works_by(session, "Daniel Lanois")


def test_wikidata_tells_everybody(services: Services, session: Session) -> None:
    works = wikidata.works_by(session, ENO.mbid)
    assert len(works) == 5
    assert [claim.producer for claim in works[0].claims] == ["Brian Eno", "Daniel Lanois"]
    assert wikidata.article_about(session, ENO.mbid) == "Brian Eno"
    with pytest.raises(ValueError, match="no MBID"):
        wikidata.works_by(session, '" } # all')
    assert services.wikidata.asked[0].headers["accept"] == "application/sparql-results+json"
