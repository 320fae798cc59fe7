"""Discovering: words, tracks and artists that are liked or not, and sliders, asked together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.artists import artists_in
from linernotes.errors import LinernotesError
from linernotes.explore.explorer import Explorer, TrackNotFoundError
from linernotes.explore.filter_fields import NumberValues
from linernotes.explore.phrases import PhraseError, Understood, read_phrase
from linernotes.explore.query import Query, standard, towards
from linernotes.explore.text_scores import fulfilment

if TYPE_CHECKING:
    from linernotes.explore.leaning import Leaning
    from linernotes.explore.phrases import Wish
    from linernotes.explore.query import Match

#: What sliders move, and between which ends; what is no number is yes or no.
SLIDERS = {
    "energy": (0.0, 1.0), "valence": (0.0, 1.0), "tempo": (60.0, 200.0), "brightness": (0.0, 1.0),
}  # fmt: skip
_VOICE = "voice"
# Deviations of a library beyond which what is far is no farther.
_FAR = 3.0
# Where nothing is liked, how much counts what is not.
_DISLIKE = 0.5


class WishError(LinernotesError):
    """There is no such slider, or it cannot stand there."""

    code = "wish"


@dataclass(frozen=True)
class Discovery:
    """What was found, and how what was asked was understood.

    Parameters
    ----------
    matches
        Best first.
    understood
        What each part of the words was taken for, such as "sad, slow, dark" for "gloomy".
    unknown
        Words that nothing is known by.
    total
        How many tracks pass the filter.
    """

    matches: tuple[Match, ...]
    understood: tuple[Understood, ...] = ()
    unknown: tuple[str, ...] = ()
    total: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it as the API tells it.

        Returns
        -------
        dict
            ``matches``, ``understood``, ``unknown`` and ``total``.
        """
        return {
            "matches": [match.as_dict() for match in self.matches],
            "understood": [each.as_dict() for each in self.understood],
            "unknown": list(self.unknown),
            "total": self.total,
        }


def discover(
    explorer: Explorer,
    *,
    words: str = "",
    tracks: Sequence[str | int] = (),
    unlike: Sequence[str | int] = (),
    artists: Sequence[str] = (),
    unlike_artists: Sequence[str] = (),
    wishes: Mapping[str, float | str] | None = None,
    where: str = "",
    n: int = 50,
    per_artist: int | None = None,
    why: bool = False,
    leaning: Leaning | None = None,
) -> Discovery:
    """Find what fits all that is asked: words, likes, dislikes and sliders count the same.

    Parameters
    ----------
    explorer
        Of the library.
    words
        Such as "rainy night piano"; words that are not known are told, and change nothing.
    tracks, unlike
        Paths, ids or indices of tracks that are liked, and that are not.
    artists, unlike_artists
        Names of artists that are liked, and that are not; each counts as one track. What is found
        is by others.
    wishes
        Where sliders stand, such as ``{"energy": 0.8, "tempo": 124, "voice": "no"}``; the nearest
        come first. ``voice`` is "yes" or "no", and excludes what is not.
    where
        A filter; alone it asks for all that pass it, in the order of their paths.
    n, per_artist, why
        As in `Explorer.similar`.
    leaning
        What is liked besides, to which the result leans; see `linernotes.explore.leaning`.

    Returns
    -------
    Discovery
        Without matches where nothing is asked.

    Raises
    ------
    TrackNotFoundError
        A track or an artist is not in the library.
    FilterError
        The filter cannot be understood.
    WishError
        There is no such slider.

    Examples
    --------
    >>> found = discover(explorer, words="mellow piano", wishes={"energy": 0.2})  # doctest: +SKIP
    >>> [match.title for match in found.matches[:2]]  # doctest: +SKIP
    ['Blue in Green', 'Naima']
    """
    if not len(explorer.collection):
        return Discovery(())
    wishes = dict(wishes or {})
    conditions = [where] if where.strip() else []
    if (voice := wishes.pop(_VOICE, None)) is not None:
        conditions.append(f'voice="{voice}"' if voice in ("yes", "no") else "")
        if not conditions[-1]:
            raise WishError(f"voice is 'yes' or 'no', not {voice!r}")
    passing = _passing(explorer, conditions)
    heard = _Heard.of(explorer, words)
    liked = like(explorer, [*tracks], [*unlike], artists=artists, unlike_artists=unlike_artists)
    query = _blend(explorer, liked, heard, wishes)
    if query is None and conditions and not words.strip():
        query = Query(given=np.zeros(len(explorer.collection), np.float32))
    if query is None or not passing.any():
        return Discovery((), heard.understood, heard.unknown, int(passing.sum()))
    among = np.flatnonzero(passing) if conditions else None
    query = query.leaning(leaning)
    found = explorer.similar(query, n=n, per_artist=per_artist, among=among, why=why)
    if why:
        found = [replace(m, why=_why(explorer, m, [*wishes])) for m in found]
    return Discovery(tuple(found), heard.understood, heard.unknown, int(passing.sum()))


def like(
    explorer: Explorer,
    tracks: Sequence[str | int],
    unlike: Sequence[str | int] = (),
    *,
    artists: Sequence[str] = (),
    unlike_artists: Sequence[str] = (),
) -> Query | None:
    """Ask for what is like tracks and artists, and unlike others.

    Parameters
    ----------
    explorer
        Of the library.
    tracks, unlike, artists, unlike_artists
        As in `discover`.

    Returns
    -------
    Query or None
        ``None`` where nothing is liked or disliked.

    Raises
    ------
    TrackNotFoundError
        A track or an artist is not in the library.
    """
    liked = _groups(explorer, tracks, artists)
    disliked = _groups(explorer, unlike, unlike_artists)
    if not liked and not disliked:
        return None
    space = explorer.space
    rows = list(dict.fromkeys(row for group in liked for row in group))
    left_out = frozenset([*rows, *(row for group in disliked for row in group)])
    if not liked:
        away = -_DISLIKE * standard(space.scores(towards(_middles(space.vectors, disliked),
                                                         space.vectors[:0])))  # fmt: skip
        return Query(given=away.astype(np.float32), left_out=left_out)
    return Query(
        direction=towards(_middles(space.vectors, liked), _middles(space.vectors, disliked)),
        space=space,
        tracks=tuple(rows),
        vectors=space.vectors[rows],
        durations=tuple(float(explorer.collection.duration[i]) for i in rows),
        left_out=left_out,
    )


def tracks_of_artist(explorer: Explorer, name: str) -> list[int]:
    """Return the tracks of an artist, whatever the spelling of the name.

    Parameters
    ----------
    explorer
        Of the library.
    name
        Of one artist.

    Returns
    -------
    list of int
        Rows of the collection; none where there is no such artist.
    """
    wanted = artists_in(name)[:1]
    return [i for i in range(len(explorer.collection)) if (explorer.artist(i),) == wanted]


@dataclass(frozen=True)
class _Heard:
    """Words that were read."""

    wishes: tuple[Wish, ...] = ()
    understood: tuple[Understood, ...] = ()
    unknown: tuple[str, ...] = ()
    #: How well each track fits them, where a network says so.
    fit: NDArray[np.float32] | None = None

    @classmethod
    def of(cls, explorer: Explorer, words: str) -> _Heard:
        """Read words; what nothing is known by is told."""
        names = explorer.collection.tag_names
        if not words.strip():
            return cls()
        if explorer.networks is not None and explorer.networks.hears_words:
            understood = Understood(words.strip(), f"what {explorer.networks.title} hears by it")
            return cls(understood=(understood,), fit=explorer.networks.fit_of_words(words))
        try:
            phrase = read_phrase(words, names)
        except PhraseError:
            return cls(unknown=tuple(words.replace(",", " ").split()))
        return cls(phrase.wishes, phrase.understood, phrase.unknown)


def _passing(explorer: Explorer, conditions: Sequence[str]) -> NDArray[np.bool_]:
    passing = np.ones(len(explorer.collection), np.bool_)
    for condition in conditions:
        passing &= explorer.filters.select(condition)
    return passing


def _groups(
    explorer: Explorer, tracks: Sequence[str | int], artists: Sequence[str]
) -> list[list[int]]:
    """Return the rows of each track and of each artist."""
    found = [list(explorer.like(track).tracks) for track in tracks]
    for name in artists:
        rows = tracks_of_artist(explorer, name)
        if not rows:
            raise TrackNotFoundError(f"there is no artist {name!r} in this library")
        found.append(rows)
    return found


def _middles(vectors: NDArray[np.float32], groups: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Return where groups lie, each of length 1."""
    if not groups:
        return vectors[:0]
    means = np.stack([vectors[list(rows)].mean(axis=0) for rows in groups])
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    middles: NDArray[np.float32] = (means / np.maximum(lengths, 1e-6)).astype(np.float32)
    return middles


def _blend(
    explorer: Explorer,
    liked: Query | None,
    heard: _Heard,
    sliders: Mapping[str, float | str],
) -> Query | None:
    """Return one query of all that is asked."""
    parts = [] if liked is None else [standard(liked.plain_scores)]
    if heard.fit is not None:
        parts.append(standard(heard.fit))
    elif heard.wishes:
        parts.append(standard(fulfilment(heard.wishes, explorer.collection, explorer.scales)))
    if sliders:
        parts.append(_closeness(explorer, sliders))
    if not parts:
        return None
    if liked is not None and len(parts) == 1:
        return liked
    return replace(
        liked or Query(),
        given=np.mean(parts, axis=0).astype(np.float32),
        direction=None,
        wishes=heard.wishes,
    )


def _closeness(explorer: Explorer, sliders: Mapping[str, float | str]) -> NDArray[np.float64]:
    """Return how near tracks are to where sliders stand, in deviations."""
    near = [standard(_near(explorer, *slider)) for slider in sliders.items()]
    mean: NDArray[np.float64] = np.mean(near, axis=0)
    return mean


def _near(explorer: Explorer, name: str, place: float | str) -> NDArray[np.float64]:
    fields = explorer.filters.fields
    told = fields.values(name) if name in SLIDERS else None
    if not isinstance(told, NumberValues) or isinstance(place, str | bool):
        raise WishError(
            f"there is no slider {name!r}; there are {', '.join(SLIDERS)} and {_VOICE}"
            if name not in SLIDERS else f"the slider {name} stands at a number, not at {place!r}"
        )  # fmt: skip
    values = told.values
    low, high = SLIDERS[name]
    place = min(high, max(low, float(place)))
    if name == "tempo":  # to the ear tempi differ by ratios
        values, place = np.log2(np.maximum(values, 1)), float(np.log2(place))
    known = values[np.isfinite(values)]
    spread = float(known.std()) if len(known) else 0.0
    if spread < 1e-9:
        return np.zeros(len(values))
    far = np.minimum(np.abs(values - place) / spread, _FAR)
    return -np.where(np.isfinite(far), far, _FAR)


def _why(explorer: Explorer, match: Match, sliders: Sequence[str]) -> str:
    """Say as well where a track stands."""
    said = [match.why] if match.why else []
    for name in sliders:
        told = explorer.filters.fields.values(name)
        value = told.values[match.index] if isinstance(told, NumberValues) else np.nan
        if np.isfinite(value):
            said.append(f"{value:.0f} BPM" if name == "tempo" else f"{name} {100 * value:.0f} %")
    return "; ".join(said)
