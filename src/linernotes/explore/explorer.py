"""Similar tracks: by tracks, by sounds from elsewhere, or by a few words.

Up to 100,000 tracks the search is exact: one matrix product over all of them. Beyond, an index
says which are worth a closer look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import LinernotesError
from linernotes.explore import phrases, reasons
from linernotes.explore.copies import same_recording
from linernotes.explore.filter_fields import Fields
from linernotes.explore.filters import Filters
from linernotes.explore.index import Index
from linernotes.explore.names import artist_of, shown_artist, shown_title
from linernotes.explore.query import Indices, Match, Query, standard, towards
from linernotes.explore.ranking import choose, looked_at
from linernotes.explore.space import Floats, Space, fit_space
from linernotes.explore.text_scores import fulfilment
from linernotes.explore.traits import Scales
from linernotes.library.presence import same_path

if TYPE_CHECKING:
    from linernotes.explore.network_ears import NetworkEars
    from linernotes.library.collection import Collection

Mask = NDArray[np.bool_]

#: Tracks up to which all of them are looked at.
EXACT_UP_TO = 100_000

# Where one track in so many is let through or wanted, looking at all costs no more than an index.
_FEW = 8


class TrackNotFoundError(LinernotesError):
    """The collection has no such track."""

    code = "track-not-found"


@dataclass(frozen=True, eq=False)
class Explorer:
    """Finds what sounds alike in a collection.

    Parameters
    ----------
    collection
        The tracks.
    exact_up_to
        Tracks up to which a search is exact; of more, an index says which are worth a look.
    further
        Returns what models say of the tracks, for filters and colours; asked when they want it.
    kept_space
        Returns the space of the collection where it is kept, else ``None``; without it, and where
        there is none, the space is fitted.
    networks
        Installed networks that say what is alike, and where words are among sounds.

    Examples
    --------
    >>> explorer = Explorer(library.collection())  # doctest: +SKIP
    >>> [match.title for match in explorer.similar(explorer.like("a.mp3"), n=3)]  # doctest: +SKIP
    ['So What', 'Blue in Green', 'Naima']
    """

    collection: Collection
    exact_up_to: int = EXACT_UP_TO
    further: Callable[[Collection], Fields] | None = None
    kept_space: Callable[[Collection], Space | None] | None = None
    networks: NetworkEars | None = None

    @cached_property
    def space(self) -> Space:
        """The space that tracks are compared in."""
        if self.networks is not None and self.networks.says_alike:
            return self.networks.fit_space(self.collection)
        kept = self.kept_space(self.collection) if self.kept_space is not None else None
        return fit_space(self.collection) if kept is None else kept

    @cached_property
    def heard(self) -> Fields:
        """What models say of all tracks, by name; they are asked once."""
        return self.further(self.collection) if self.further is not None else {}

    @cached_property
    def scales(self) -> Scales:
        """The scales of this collection: what is slow or fast, dark or bright in it."""
        return Scales.of(self.collection.descriptors)

    @cached_property
    def _index(self) -> Index:
        return Index.of(self.space)

    @cached_property
    def filters(self) -> Filters:
        """Filters on the collection, for file tags and for what is heard."""
        return Filters(self.collection, lambda: self.heard)

    @cached_property
    def _places(self) -> dict[str, int]:
        # Of several the first counts.
        last_first = range(len(self.collection) - 1, -1, -1)
        places = dict(zip(self.collection.path[::-1], last_first, strict=True))
        places.update(zip(self.collection.track_id[::-1], last_first, strict=True))
        return places

    @cached_property
    def _artists(self) -> dict[int, str | None]:
        return {}

    @cached_property
    def _usual_tags(self) -> Floats:
        """The probabilities that three of four tracks stay below, shape (tags,)."""
        if not len(self.collection.tags):
            return np.zeros(len(self.collection.tag_names), np.float32)
        usual: Floats = np.percentile(self.collection.tags, 75, axis=0).astype(np.float32)
        return usual

    def find(self, name: str) -> int:
        """Return the place of a track.

        Parameters
        ----------
        name
            Its path, its id, or the beginning of its id, at least four characters long.

        Returns
        -------
        int
            Row of the collection.

        Raises
        ------
        TrackNotFoundError
            There is none, or an id has several endings.
        """
        if name in self._places:
            return self._places[name]
        if (path := same_path(name, self.collection.path)) is not None:
            return self._places[path]
        found = {own for own in self.collection.track_id if len(name) >= 4 and own.startswith(name)}
        if len(found) == 1:
            return self._places[found.pop()]
        if found:
            raise TrackNotFoundError(f"{len(found)} tracks have ids that begin with {name!r}")
        raise TrackNotFoundError(f"there is no track {name!r} in this library")

    def like(self, *liked: str | int, disliked: Sequence[str | int] = ()) -> Query:
        """Ask for what is like some tracks and unlike others (Rocchio's mean of vectors).

        Parameters
        ----------
        *liked
            Paths, ids or indices.
        disliked
            The same.

        Returns
        -------
        Query
            What `similar` takes.

        Raises
        ------
        TrackNotFoundError
            One of them is not in the collection.
        ValueError
            Nothing is liked.
        """
        likes = tuple(dict.fromkeys(self._place(each) for each in liked))
        dislikes = tuple(dict.fromkeys(self._place(each) for each in disliked))
        vectors = self.space.vectors[list(likes)]
        against = self.space.vectors[list(dislikes)]
        return Query(
            direction=towards(vectors, against),
            space=self.space,
            tracks=likes,
            vectors=vectors,
            durations=tuple(float(self.collection.duration[i]) for i in likes),
            left_out=frozenset(likes + dislikes),
        )

    def like_other(self, other: Collection, *, disliked: Sequence[str | int] = ()) -> Query:
        """Ask for what is like tracks that are not in the collection.

        Parameters
        ----------
        other
            The tracks, with the same tags.
        disliked
            Paths, ids or indices of tracks in this collection.

        Returns
        -------
        Query
            What `similar` takes.
        """
        if other.tag_names != self.collection.tag_names:
            raise ValueError("The other tracks have other tags.")
        dislikes = [self._place(each) for each in disliked]
        raw = other if self.networks is None else self.networks.with_others(other)
        vectors = self.space.fit.project(raw.embedding, raw.descriptors)
        own = [self._places[name] for name in other.track_id if name in self._places]
        return Query(
            direction=towards(vectors, self.space.vectors[dislikes]),
            space=self.space,
            vectors=vectors,
            durations=tuple(map(float, other.duration)),
            left_out=frozenset([*dislikes, *own]),
            descriptors=other.descriptors,
            tags=other.tags,
        )

    def described(self, text: str) -> Query:
        """Ask for what a few words describe: "mellow jazz piano, no vocals, slow".

        Parameters
        ----------
        text
            A few words: tags, traits such as "slow" or "bright", and "no" before what is not
            wanted.

        Returns
        -------
        Query
            What `similar` takes.

        Raises
        ------
        PhraseError
            None of the words is known; those that are not while others are come back in the
            query's ``unknown``, and how the others were understood in ``understood``.
        """
        if self.networks is not None and self.networks.hears_words:
            return Query(given=self.networks.fit_of_words(text))
        phrase = phrases.read_phrase(text, self.collection.tag_names)
        return Query(
            given=fulfilment(phrase.wishes, self.collection, self.scales),
            wishes=phrase.wishes,
            unknown=phrase.unknown,
            understood=phrase.understood,
        )

    def blend(self, one: Query, other: Query) -> Query:
        """Ask for what fits two queries, both counting the same.

        Parameters
        ----------
        one, other
            Two queries, at most one of them made of tracks.

        Returns
        -------
        Query
            What `similar` takes.
        """
        both = standard(one.plain_scores) + standard(other.plain_scores)
        first, second = (one, other) if one.vectors is not None else (other, one)
        if second.vectors is not None:
            raise ValueError("Only one of the two can be made of tracks.")
        return replace(
            first,
            given=(both / 2).astype(np.float32),
            direction=None,
            wishes=one.wishes + other.wishes,
            unknown=one.unknown + other.unknown,
            understood=one.understood + other.understood,
        )

    def similar(
        self,
        query: Query,
        *,
        n: int = 20,
        per_artist: int | None = None,
        where: str | Sequence[str] | None = None,
        among: Indices | None = None,
        why: bool = False,
    ) -> list[Match]:
        """Return the tracks that fit a query best, best first.

        Copies of what is liked, and of tracks further up, are left out: the same recording in
        another format or folder.

        Parameters
        ----------
        query
            From `like`, `like_other` or `described`.
        n
            At most so many tracks.
        per_artist
            At most so many of one artist; tracks without an artist are not counted.
        where
            Filters on file tags, all of which have to hold; see `linernotes.explore.filters`.
        among
            Indices of the only tracks that come into question, such as an index found.
        why
            Whether to say what agrees.

        Returns
        -------
        list of Match
            At most ``n``, best first.

        Raises
        ------
        FilterError
            A filter cannot be understood.
        """
        allowed = self._allowed(where, among)
        chosen: list[int] = []
        for rows in self._looks(query, allowed, n):
            chosen = choose(
                query, rows, self.collection, self.space,
                n=n, artist=self.artist, per_artist=per_artist,
            )  # fmt: skip
            if len(chosen) >= n:
                break
        scores = query.shown(query.scores_of(np.array(chosen, np.intp)))
        return [
            self.match(i, score, self._why(query, i) if why else "")
            for i, score in zip(chosen, scores.tolist(), strict=True)
        ]

    def match(self, index: int, score: float, why: str = "") -> Match:
        """Describe a track of the collection.

        Parameters
        ----------
        index
            Row of the collection.
        score
            How well it fits, 0 to 1.
        why
            What agrees, in words.

        Returns
        -------
        Match
            The track with its path, artist and title.
        """
        return Match(
            index=index,
            track_id=self.collection.track_id[index],
            path=self.collection.path[index],
            score=score,
            artist=shown_artist(self.collection, index),
            title=shown_title(self.collection, index),
            why=why,
        )

    def artist(self, index: int) -> str | None:
        """Return by what a track's artist is known, ``None`` where nothing tells.

        Parameters
        ----------
        index
            Row of the collection.

        Returns
        -------
        str or None
            The name as it is compared, see `linernotes.datasets.artists`.
        """
        if index not in self._artists:
            self._artists[index] = artist_of(self.collection, index)
        return self._artists[index]

    def agreement(self, one: int, other: int) -> str:
        """Say what two tracks of the collection have in common.

        Parameters
        ----------
        one, other
            Rows of the collection.

        Returns
        -------
        str
            Tags that both have, tempo and key where they agree.
        """
        rows = [one, other]
        return reasons.agreement(
            self.collection.tags[rows],
            self.collection.descriptors[rows],
            names=self.collection.tag_names,
            usual=self._usual_tags,
            scales=self.scales,
        )

    def copies(self, index: int) -> set[int]:
        """Return the tracks that hold the same recording as one, itself included.

        Parameters
        ----------
        index
            Row of the collection.

        Returns
        -------
        set of int
            Rows of the collection.
        """
        vectors, durations = self.space.vectors, self.collection.duration
        alike = same_recording(vectors[index], float(durations[index]), vectors, durations)
        return {index, *np.flatnonzero(alike).tolist()}

    def _place(self, track: str | int) -> int:
        if isinstance(track, str):
            return self.find(track)
        if not 0 <= track < len(self.collection.path):
            raise TrackNotFoundError(f"there is no track number {track} in this library")
        return int(track)

    def _allowed(self, where: str | Sequence[str] | None, among: Indices | None) -> Mask | None:
        conditions = [where] if isinstance(where, str) else list(where or ())
        if not conditions and among is None:
            return None
        allowed = np.ones(len(self.collection.path), np.bool_)
        if among is not None:
            allowed[:] = False
            allowed[among] = True
        for condition in conditions:
            allowed &= self.filters.select(condition)
        return allowed

    def _looks(self, query: Query, allowed: Mask | None, n: int) -> Iterator[Indices | None]:
        """Yield which tracks to choose from: those an index finds, and, should they not do, all."""
        size = len(self.collection.path)
        many = size if allowed is None else int(np.count_nonzero(allowed))
        count = looked_at(query, n)
        worth_it = size > self.exact_up_to and many > size // _FEW and many > _FEW * count
        if query.direction is not None and worth_it:
            yield self._index.nearest(query.direction, count, allowed)
        yield None if allowed is None else np.flatnonzero(allowed)

    def _why(self, query: Query, i: int) -> str:
        return reasons.why_found(
            query, i, self.collection, self.space.vectors if query.vectors is not None else None,
            usual=self._usual_tags, scales=self.scales,
        )  # fmt: skip
