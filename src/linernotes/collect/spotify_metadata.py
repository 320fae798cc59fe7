"""Spotify's metadata of listed tracks, as a table; with audio features where it gives them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from linernotes.collect.collection_folder import write_table
from linernotes.collect.http import RefusedError, Session
from linernotes.collect.labelled_offer import LabelledOffer
from linernotes.collect.spotify import Spotify
from linernotes.datasets.spotify_table import FEATURES

_COLUMNS = ("track_id", "label", "title", "artist", "album", "year", "isrc")


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
