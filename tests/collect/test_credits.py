"""Who produced a track: the rules, one by one."""

from __future__ import annotations

import pytest

from linernotes.collect.credits import Claim, judge


def claim(
    producer: str = "Eno", job: str = "producer", level: str = "recording",
    source: str = "musicbrainz",
) -> Claim:  # fmt: skip
    return Claim(producer, job, level, source, "")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ([claim()], ""),
        ([claim(job="co-producer")], ""),
        ([claim(level="release")], ""),
        ([claim("Brian ENO")], ""),  # another name of his
        # Other jobs are no production, and no obstacle to one.
        ([claim(job="executive producer")], "other-job"),
        ([claim(job="additional producer"), claim("Lanois")], "other-job"),
        ([claim(), claim("Geffen", "executive producer")], ""),
        ([claim(), claim("Lanois", "additional producer")], ""),
        # The recording outweighs the release.
        ([claim(level="release"), claim("Lanois")], "other-producer"),
        ([claim(), claim("Lanois", level="release")], ""),
        ([claim(), claim("Lanois", level="release", source="wikipedia")], "conflict"),
        ([claim(), claim(level="release", source="wikipedia"),
          claim("Lanois", level="release", source="wikipedia")], ""),
        # Several at once.
        ([claim(), claim("Lanois")], "shared"),
        ([claim(), claim("Lanois", "co-producer")], "shared"),
        ([claim(level="release"), claim("Lanois", level="release")], "shared"),
        ([claim(), claim("Brian Eno", source="wikidata")], ""),
        ([claim(), claim(source="wikidata"), claim("Lanois", source="wikidata")], "shared"),
        # Contradiction.
        ([claim(), claim("Lanois", source="wikidata")], "conflict"),
        ([claim("Lanois")], "other-producer"),
        ([], "other-job"),
    ],
)  # fmt: skip
def test_verdicts(claims: list[Claim], reason: str) -> None:
    for order in (claims, claims[::-1]):
        assert judge(order, ["Eno", "Brian Eno"]).reason == reason


def test_a_conflict_is_told() -> None:
    verdict = judge([claim(), claim("Lanois", source="wikidata")], ["Eno"])
    assert verdict.detail == "wikidata (recording): Lanois"


def test_the_other_asked_for_is_told() -> None:
    verdict = judge([claim(), claim("Lanois")], ["Eno"], others=["Lanois", "Flood"])
    assert verdict.producers == ("Eno", "Lanois")
    assert "Lanois asked for as well" in verdict.detail
