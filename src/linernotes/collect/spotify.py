"""Spotify, as far as it still tells, through spotipy.

Applications made after 27 November 2024 get no audio features and no previews, and from 2026
on those in development mode get ten results a search and their owner's playlists alone. Older
applications may still have it all. What is refused is said with its reason, and with what to do
instead; tables of features exported earlier are read by `spotify_export`.
"""

from __future__ import annotations

import json
import logging
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from linernotes.collect.collection_folder import write_table
from linernotes.collect.http import (
    AnswerError,
    NotFoundError,
    OfflineError,
    RefusedError,
    Service,
    Session,
    SettingsError,
)
from linernotes.collect.http.service import DAY
from linernotes.collect.json_fields import item, items, number, text
from linernotes.collect.matching import LabelledOffer, Offer
from linernotes.datasets.spotify_table import FEATURES

SERVICE = Service(
    "spotify",
    "Spotify",
    "https://api.spotify.com/v1",
    requests=3,
    seconds=1,
    hosts=("p.scdn.co",),
    expires=7 * DAY,
)
ACCOUNTS = Service("spotify-accounts", "Spotify", "https://accounts.spotify.com")

LICENCE = "30-second preview from Spotify: to listen to and analyse, not to pass on"
NO_PREVIEWS = (
    "Spotify gives previews no longer to applications made after 27 November 2024; "
    "--deezer-previews takes them from Deezer"
)
NO_FEATURES = (
    "it gives audio features no longer to applications made after 27 November 2024; import a "
    "table exported earlier, or take previews from Deezer and measure: linernotes features "
    "--set spotify"
)
_NO_PLAYLIST = (
    "it shows applications in development mode their owner's playlists alone; use the same "
    "playlist at Deezer, or export it and import the table"
)
_SEARCH_PAGE, _PLAYLIST_PAGE, _FEATURES_PAGE = 10, 50, 100
_LAST_RESULT = 1000

_COLUMNS = ("track_id", "label", "title", "artist", "album", "year", "isrc")


class Spotify:
    """Spotify, asked politely and once.

    Parameters
    ----------
    session
        Whose settings, pace and kept answers are used.

    Raises
    ------
    SettingsError
        There is no key, or spotipy is not installed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._service = session.settings.service(SERVICE)
        self._client: Any = None
        if not session.offline:
            self._client = _client(session)

    def genre_offers(self, genre: str) -> Iterator[LabelledOffer]:
        """List tracks of artists that Spotify calls by a genre, as its search ranks them.

        Raises
        ------
        ServiceError
            One of its kinds.
        """
        query = f'genre:"{genre}"'
        for offset in range(0, _LAST_RESULT, _SEARCH_PAGE):
            answer = self._ask(
                f"/search?q={query}&offset={offset}",
                lambda offset=offset: self._client.search(  # type: ignore[misc]
                    query, limit=_SEARCH_PAGE, offset=offset, type="track"
                ),
            )
            page = item(answer, "tracks")
            yield from map(_offer, items(page, "items"))
            if not page.get("next"):
                return

    def playlist_offers(self, playlist: str) -> Iterator[LabelledOffer]:
        """List the tracks of a playlist, by its id.

        Raises
        ------
        RefusedError
            Spotify does not show it to this application.
        ServiceError
            Another of its kinds.
        """
        offset = 0
        while True:
            answer = self._ask(
                f"/playlists/{playlist}?offset={offset}",
                lambda offset=offset: self._client.playlist_items(  # type: ignore[misc]
                    playlist, limit=_PLAYLIST_PAGE, offset=offset, additional_types=("track",)
                ),
                refused=_NO_PLAYLIST,
            )
            rows = items(answer, "items")
            for row in rows:
                # It was called "track" until 2026; local files and podcasts have no id.
                track = item(row, "item") or item(row, "track")
                if text(track, "id"):
                    yield _offer(track)
            if not rows or not isinstance(answer, dict) or not answer.get("next"):
                return
            offset += len(rows)

    def features(self, ids: Sequence[str]) -> dict[str, dict[str, float]]:
        """Return the audio features of tracks, by id.

        Raises
        ------
        RefusedError
            Spotify gives this application none; the message says what to do instead.
        """
        found = {}
        for first in range(0, len(ids), _FEATURES_PAGE):
            part = ids[first : first + _FEATURES_PAGE]
            answer = self._ask(
                f"/audio-features?ids={','.join(part)}",
                lambda part=part: _without_warning(  # type: ignore[misc]
                    self._client.audio_features, list(part)
                ),
                refused=NO_FEATURES,
            )
            for row in items({"rows": answer}, "rows"):
                numbers = {name: number(row, name) for name in FEATURES}
                found[text(row, "id")] = {
                    name: value for name, value in numbers.items() if value is not None
                }
        return found

    def _ask(self, key: str, ask: Callable[[], Any], *, refused: str = "") -> Any:
        """Take a kept answer, or ask and keep."""
        cache, service = self._session.cache, self._service
        kept = cache.get(service.name, key)
        if kept is not None and (
            self._session.offline or time.time() - kept.time < service.expires
        ):
            return json.loads(kept.body)
        if self._client is None:
            message = "this answer is not kept here; run the command once without --offline"
            raise OfflineError(service.title, message)

        def attempt() -> Any:
            try:
                answer = ask()
            except (NotFoundError, RefusedError) as error:
                # Which of the two Spotify says of what it does not show differs by endpoint.
                raise (RefusedError(service.title, refused) if refused else error) from None
            if not isinstance(answer, dict | list):
                raise AnswerError(service.title, "it sent something else than JSON")
            return answer

        answer = self._session.persist(service, attempt)
        cache.put(service.name, key, service.url + key, 200, json.dumps(answer).encode())
        return answer


def preview_url(session: Session, offer: Offer) -> str:  # noqa: ARG001 - as the others have it
    """Return the address of a preview.

    Raises
    ------
    NotFoundError
        There is none; the message says why, and what to do instead.
    """
    if not offer.url:
        raise NotFoundError(SERVICE.title, NO_PREVIEWS)
    return offer.url


def _client(session: Session) -> Any:
    try:
        import spotipy
    except ImportError:
        raise SettingsError(
            "asking Spotify needs spotipy; call: pip install 'linernotes[collect]'"
        ) from None
    from linernotes.collect.requests_session import PoliteSession

    key = session.settings.key("spotify_client_id")
    secret = session.settings.key("spotify_client_secret")
    if not key or not secret:
        raise SettingsError(
            "Spotify needs an application of yours: make one at developer.spotify.com, and set "
            "LINERNOTES_SPOTIFY_CLIENT_ID and LINERNOTES_SPOTIFY_CLIENT_SECRET"
        )
    session.hide([secret])
    _keep_quiet(("spotipy.client", "spotipy.oauth2"))
    accounts = session.settings.service(ACCOUNTS)
    service = session.settings.service(SERVICE)
    requests = PoliteSession(session.settings, (service, accounts))
    credentials = spotipy.SpotifyClientCredentials(
        key, secret, requests_session=requests, cache_handler=spotipy.MemoryCacheHandler()
    )
    credentials.OAUTH_TOKEN_URL = f"{accounts.url}/api/token"
    client = spotipy.Spotify(auth_manager=credentials, requests_session=requests)
    client.prefix = f"{service.url}/"
    return client


def _keep_quiet(loggers: Iterable[str]) -> None:
    """Let spotipy log nothing: it logs the headers, and with them the keys."""
    for name in loggers:
        logging.getLogger(name).disabled = True


def _without_warning(function: Callable[[Any], Any], argument: Any) -> Any:
    """Call what spotipy warns of: older applications may use it still."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return function(argument)


def _offer(track: dict[str, Any]) -> LabelledOffer:
    album = item(track, "album")
    length = number(track, "duration_ms")
    url = text(track, "preview_url")
    return LabelledOffer(
        Offer(
            SERVICE.name,
            text(track, "id"),
            text(track, "name"),
            ", ".join(text(artist, "name") for artist in items(track, "artists")),
            text(album, "name"),
            duration=length / 1000 if length else None,
            isrc=text(item(track, "external_ids"), "isrc").upper(),
            has_preview=bool(url),
            url=url,
            year=text(album, "release_date")[:4],
        ),
        licence=LICENCE,
        page=text(item(track, "external_urls"), "spotify"),
        why="" if url else "no-preview",
    )


def write_listing(
    path: Path, listed: Sequence[tuple[str, LabelledOffer]], *, session: Session
) -> list[str]:
    """Write tracks and their features to a table, which `read_spotify_table` takes.

    Parameters
    ----------
    path
        The CSV to write.
    listed
        Labels and tracks.
    session
        What asks.

    Returns
    -------
    list of str
        Why there are no features, if there are none.

    Raises
    ------
    ServiceError
        Spotify does not answer as it should.
    """
    offers = [(label, labelled.offer) for label, labelled in listed]
    problems = []
    features: dict[str, dict[str, float]] = {}
    try:
        features = Spotify(session).features([offer.id for _, offer in offers]) if offers else {}
    except RefusedError as error:
        problems.append(str(error))
    columns = (*_COLUMNS, *FEATURES) if features else _COLUMNS
    rows = [
        (offer.id, label, offer.title, offer.artist, offer.album, offer.year, offer.isrc,
         *(features.get(offer.id, {}).get(name, "") for name in (FEATURES if features else ())))
        for label, offer in offers
    ]  # fmt: skip
    write_table(path, columns, rows)
    return problems
