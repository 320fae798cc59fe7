"""Offers of music services, and whether they are the recording that is looked for."""

from __future__ import annotations

from dataclasses import dataclass

from linernotes.collect.versions import split_title, versions_of
from linernotes.datasets.names import similarity

ACCEPTED = 0.85
"""The score from which an item counts as the recording."""

_CLOSE, _FAR = 3.0, 15.0  # seconds


@dataclass(frozen=True)
class Wanted:
    """A recording to look for.

    Parameters
    ----------
    title, artist, album
        As its catalogue writes them; the artist with guests.
    duration
        Seconds, if known.
    isrcs
        Its International Standard Recording Codes.
    note
        What its catalogue says to tell it from others.
    """

    title: str
    artist: str
    album: str = ""
    duration: float | None = None
    isrcs: tuple[str, ...] = ()
    note: str = ""

    @property
    def versions(self) -> frozenset[str]:
        """Which version of the song it is."""
        return versions_of(self.title, album=self.album, artist=self.artist, note=self.note)


@dataclass(frozen=True)
class Offer:
    """An item of a music service.

    Parameters
    ----------
    service, id
        Where it is.
    title, artist, album
        As the service writes them.
    duration
        Seconds, if known.
    isrc
        Empty where the service does not tell.
    has_preview
        Whether there is something to hear.
    url
        Address of the preview, if it lasts; those that expire are asked for when needed.
    year
        Empty where the service does not tell.
    """

    service: str
    id: str
    title: str
    artist: str
    album: str = ""
    duration: float | None = None
    isrc: str = ""
    has_preview: bool = True
    url: str = ""
    year: str = ""


@dataclass(frozen=True)
class RecordingMatch:
    """How well an item fits.

    Parameters
    ----------
    score
        From 0 to 1; 0 where it is another song, or a wrong version of it.
    reason
        Empty if it fits; otherwise why not: "wrong-version", "other-song".
    detail
        Which version it is.
    """

    score: float
    reason: str = ""
    detail: str = ""

    @property
    def accepted(self) -> bool:
        """Whether it counts as the recording."""
        return not self.reason


def match(wanted: Wanted, offer: Offer, *, allowed: frozenset[str] = frozenset()) -> RecordingMatch:
    """Tell how well an item fits a recording.

    The score is the weighted mean of the similarity of titles (0.4), without what stands in
    brackets, of artists (0.35), and of durations (0.25: full up to 3 seconds apart, nothing
    from 15). With the recording's own ISRC it is enough that it is not plainly another song:
    codes are now and then given to two.

    Parameters
    ----------
    wanted, offer
        The recording, and the item.
    allowed
        Versions that may differ: ``{"remaster"}`` takes remasters of old recordings.

    Examples
    --------
    >>> song = Wanted("Once in a Lifetime", "Talking Heads", duration=259)
    >>> match(song, Offer("deezer", "1", "Once In A Lifetime", "Talking Heads", duration=260)).score
    1.0
    >>> match(song, Offer("deezer", "2", "Once in a Lifetime (Live)", "Talking Heads")).detail
    'live'
    """
    theirs = versions_of(offer.title, album=offer.album, artist=offer.artist)
    differing = (wanted.versions ^ theirs) - allowed
    if differing:
        return RecordingMatch(0.0, "wrong-version", ", ".join(sorted(differing)))
    title = similarity(split_title(wanted.title)[0], split_title(offer.title)[0])
    artist = max(
        similarity(one, other) for one in _ways(wanted.artist) for other in _ways(offer.artist)
    )
    time = _time(wanted.duration, offer.duration)
    score = round(0.4 * title + 0.35 * artist + 0.25 * time, 3)
    if offer.isrc and offer.isrc in wanted.isrcs:
        other = time == 0 or max(title, artist) < 0.5
        return RecordingMatch(0.0 if other else score, "other-song" if other else "")
    other = score < ACCEPTED or min(title, artist) < 0.75 or time == 0
    return RecordingMatch(score, "other-song" if other else "")


def _ways(artist: str) -> tuple[str, ...]:
    """Return an artist with guests, and without."""
    return (artist, split_title(artist)[0])


def _time(one: float | None, other: float | None) -> float:
    if not one or not other:
        return 0.7  # no evidence: as good as 6.6 seconds apart
    apart = abs(one - other)
    return min(1.0, max(0.0, (_FAR - apart) / (_FAR - _CLOSE)))


@dataclass(frozen=True)
class LabelledOffer:
    """A track of a genre or playlist, as its service lists it.

    Parameters
    ----------
    offer
        The track.
    licence
        What may be done with its audio: address of a licence, or a sentence.
    page
        Where people look at it.
    why
        Why there is nothing to hear, as a stable word; empty where there is.
    """

    offer: Offer
    licence: str = ""
    page: str = ""
    why: str = ""
