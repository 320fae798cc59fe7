"""Which item of a service is the recording, and which is another version of it."""

from __future__ import annotations

import pytest

from linernotes.collect.matching import Offer, Wanted, match
from linernotes.collect.versions import versions_of

SONG = Wanted("Once in a Lifetime", "Talking Heads", "Remain in Light", 259.0, ("USSI18000001",))


def offer(
    title: str = "Once In A Lifetime", artist: str = "Talking Heads", *,
    album: str = "Remain In Light", duration: float | None = 259.0, isrc: str = "",
) -> Offer:  # fmt: skip
    return Offer("deezer", "1", title, artist, album, duration, isrc)


@pytest.mark.parametrize(
    ("found", "version"),
    [
        (offer("Once in a Lifetime (Live)"), "live"),
        (offer("Once in a Lifetime - Live at Wembley"), "live"),
        (offer(album="Stop Making Sense (Live)"), "live"),
        (offer(album="Live at the Hollywood Bowl"), "live"),
        (offer("Once in a Lifetime (Karaoke Version)"), "karaoke"),
        (offer("Once in a Lifetime", "Karaoke All-Stars"), "karaoke"),
        (offer("Once in a Lifetime (Made Famous by Talking Heads)"), "cover"),
        (offer("Once in a Lifetime", "Talking Heads Tribute Band"), "cover"),
        (offer("Once in a Lifetime (2005 Remaster)"), "remaster"),
        (offer("Once in a Lifetime - Remastered 2013"), "remaster"),
        (offer("Once in a Lifetime (Dub Mix)"), "remix"),
        (offer("Once in a Lifetime [Instrumental]"), "instrumental"),
        (offer("Once in a Lifetime (Demo)"), "demo"),
        (offer("Once in a Lifetime (Sped Up)"), "altered"),
        (offer("Once in a Lifetime (Taylor's Version)"), "re-recording"),
        (offer("Once in a Lifetime (Live)", isrc="USSI18000001"), "live"),
    ],
)
def test_another_version_is_not_the_recording(found: Offer, version: str) -> None:
    fit = match(SONG, found)
    assert (fit.accepted, fit.reason) == (False, "wrong-version")
    assert version in fit.detail


@pytest.mark.parametrize(
    "found",
    [
        offer(),
        offer(duration=262.0),
        offer("Once In A Lifetime (feat. Nona Hendryx)"),
        offer(artist="TALKING  HEADS"),
        offer(artist="Talking Heads feat. Adrian Belew"),
        offer("Once in a Lifetime (Album Version)"),
        offer(duration=None),
        offer("Once in a Lifetime [Remain in Light]", isrc="USSI18000001"),
    ],
)
def test_it_is_recognised_however_it_is_written(found: Offer) -> None:
    assert match(SONG, found).accepted


@pytest.mark.parametrize(
    "found",
    [
        offer("Twice in a Lifetime", "The Others"),
        offer("Crosseyed and Painless"),
        offer(artist="Smashing Pumpkins"),
        offer(duration=330.0),
        offer(duration=330.0, isrc="USSI18000001"),
        offer("Psycho Killer", "Somebody", isrc="USSI18000001", duration=250),
    ],
)
def test_another_song_is_not_taken(found: Offer) -> None:
    fit = match(SONG, found)
    assert (fit.accepted, fit.reason) == (False, "other-song")


def test_versions_may_be_allowed() -> None:
    found = offer("Once in a Lifetime (2005 Remaster)")
    assert match(SONG, found, allowed=frozenset({"remaster"})).accepted
    live = Wanted("Once in a Lifetime", "Talking Heads", note="live, 1983-12: Pantages Theatre")
    assert match(live, offer("Once in a Lifetime (Live)")).accepted
    assert not match(live, offer()).accepted


@pytest.mark.parametrize(
    "title",
    ["Live and Let Die", "Live Forever", "Cover Me", "Remix to Ignition Road", "The Demo", "Alive",
     "Acoustic Ladyland", "Karaoke Queen", "(I Can't Get No) Satisfaction", "Delivery - Olive",
     "Tribute", "Interview with the Vampire"],
)  # fmt: skip
def test_words_of_a_song_are_no_version(title: str) -> None:
    assert versions_of(title, album="Born to Live") == frozenset()


def test_unicode_and_directions() -> None:
    wanted = Wanted("שיר הליווי", "להקת הים", duration=200)
    assert match(wanted, offer("\u200f" + wanted.title, "להקת הים", duration=201)).accepted
    assert not match(wanted, offer("שיר אחר לגמרי", "להקת הים", duration=201)).accepted
    assert match(Wanted("!!!", "???", duration=200), offer("!!!", "???", duration=200)).accepted
    # As one letter, or as letter and accent.
    composed, apart = "Ágætis", "A\u0301gætis"
    assert match(Wanted(composed, "x", duration=1), offer(apart, "x", duration=1)).score == 1
