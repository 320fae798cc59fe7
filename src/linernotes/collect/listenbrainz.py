"""ListenBrainz: which release a song is on, by artist and title. No key."""

from __future__ import annotations

from linernotes.collect.http import Service, Session
from linernotes.collect.json_fields import text
from linernotes.collect.musicbrainz import Release
from linernotes.datasets.names import similarity

SERVICE = Service(
    "listenbrainz", "ListenBrainz", "https://api.listenbrainz.org/1", requests=1, seconds=1
)


def release_with(session: Session, title: str, artist: str) -> Release | None:
    """Find a release that a song is on.

    Its answer is a guess; one that is about another song or artist counts as none.
    """
    params = {"artist_name": artist, "recording_name": title}
    row = session.get_json(SERVICE, "/metadata/lookup/", params=params)
    same = min(
        similarity(text(row, "recording_name"), title),
        similarity(text(row, "artist_credit_name"), artist),
    )
    if not text(row, "release_mbid") or same < 0.75:
        return None
    return Release(text(row, "release_mbid"), text(row, "release_name"), artist)
