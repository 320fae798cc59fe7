"""Tracks by genre: lists of genres and playlists from services, and something to hear of each.

A run is a matter of what services listed, which is kept, and of the audio, which is kept as
well: the same command again goes on where it was stopped, and ends in the same folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from linernotes.collect import deezer, spotify
from linernotes.collect.collection_folder import (
    Caps,
    Collected,
    balanced,
    only_one_writer,
    tracks_in,
    write_summary,
    write_table,
    write_tracks,
)
from linernotes.collect.genre_sources import GenreError, GenreRequest, GenreRules, genre_source
from linernotes.collect.http import (
    NotFoundError,
    OfflineError,
    RefusedError,
    ResponseTooLargeError,
    ServiceError,
    Session,
)
from linernotes.collect.matching import LabelledOffer, Wanted
from linernotes.collect.previews import Missing, PreviewError, fetch_preview, find_preview
from linernotes.collect.spotify import write_listing
from linernotes.collect.versions import versions_of
from linernotes.datasets.names import fold

# What is no example of its genre, whatever list it stands in.
_UNWANTED = frozenset({"karaoke", "cover", "altered", "commentary"})
_MISSING = ("label", "title", "artist", "album", "reason", "detail")


@dataclass(frozen=True)
class GenreSummary:
    """The tracks that were found.

    Parameters
    ----------
    service
        Where.
    tracks
        Tracks with audio, by label.
    missing
        Reasons for leaving tracks out, and of how many, by label.
    problems
        What a service refused, and the like: a sentence each.
    stopped
        Why the run ended before its end; empty if it did not.
    unlisted
        Audio files in the folder that its table does not name: of runs that took others.
    """

    service: str
    tracks: dict[str, int]
    missing: dict[str, dict[str, int]]
    problems: tuple[str, ...]
    stopped: str = ""
    unlisted: int = 0


def collect_genres(
    requests: Sequence[GenreRequest],
    service: str,
    folder: Path,
    *,
    session: Session,
    rules: GenreRules | None = None,
    check: Callable[[Path], object] | None = None,
    say: Callable[[str, str], None] = lambda _label, _text: None,
    waiting: Callable[[], None] = lambda: None,
) -> GenreSummary:
    """Collect tracks by genre into a folder that models learn from.

    A song that is listed under two of the classes counts for the first of them alone. Karaoke
    and covers by imitators are left out.

    Parameters
    ----------
    requests
        The classes.
    service
        One of `genre_sources.SERVICES`.
    folder
        Where ``tracks.csv``, ``missing.csv``, ``summary.json`` and a folder a class go; with
        Spotify ``spotify.csv`` as well, with metadata, and features where they are given.
    session
        What asks.
    rules
        How many tracks, and which.
    check
        Called with each audio file; raises a `LinernotesError` if it is none.
    say
        Called with a label and how far it is.
    waiting
        Called if another run writes to the folder; this one waits for it.

    Returns
    -------
    GenreSummary
        If a service fails on the way, what there is is written, and ``stopped`` says why; the
        same call later goes on.

    Raises
    ------
    GenreError
        Two requests have one label, or there is no such service.
    SettingsError
        The service needs a key.
    """
    rules = rules or GenreRules()
    if len({request.label for request in requests}) < len(requests):
        raise GenreError("two classes have the same label; give each its own: label=genre")
    with only_one_writer(folder, session.settings.cache / "locks", waiting=waiting):
        run = _Run(service, session, rules, check, say)
        labels = [request.label for request in requests]
        before, stopped = tracks_in(folder), ""
        try:
            for request in requests:
                run.collect(request)
                if not rules.balance and len(run.tracks) > before:
                    _write(folder, run, run.tracks, run.summary(labels, run.tracks, "unfinished"))
            if service == spotify.SERVICE.name:
                listing = folder / "spotify.csv"
                run.problems += write_listing(listing, run.listed, session=session)
        except ServiceError as error:
            stopped = str(error)
        tracks = balanced(run.tracks) if rules.balance else run.tracks
        summary = run.summary(labels, tracks, stopped)
        if not stopped or len(tracks) >= before:  # else an earlier run came further
            summary = _write(folder, run, tracks, summary)
    return summary


def _write(
    folder: Path, run: _Run, tracks: Sequence[Collected], summary: GenreSummary
) -> GenreSummary:
    try:
        summary = replace(summary, unlisted=write_tracks(folder, tracks))
        write_table(folder / "missing.csv", _MISSING, run.missing)
        write_summary(folder / "summary.json", asdict(summary))
    except OSError as error:
        raise GenreError(f"{folder} cannot be written ({error.strerror or error})") from error
    return summary


class _Run:
    """One run: what was taken so far, and what was not."""

    def __init__(
        self,
        service: str,
        session: Session,
        rules: GenreRules,
        check: Callable[[Path], object] | None,
        say: Callable[[str, str], None],
    ) -> None:
        self._source = genre_source(service, session)
        self._session, self._rules, self._check, self._say = session, rules, check, say
        self._songs: dict[tuple[str, str], str] = {}
        self.tracks: list[Collected] = []
        self.missing: list[tuple[str, ...]] = []
        self.listed: list[tuple[str, LabelledOffer]] = []
        self.problems: list[str] = []

    def collect(self, request: GenreRequest) -> None:
        """Take tracks of one class until there are enough."""
        caps = Caps(per_artist=self._rules.per_artist, per_album=self._rules.per_album)
        count = 0
        seen: set[str] = set()
        try:
            for labelled in self._list(request):
                if count >= self._rules.per_genre:
                    break
                if labelled.offer.id in seen:  # in a chart, and among an artist's own
                    continue
                seen.add(labelled.offer.id)
                taken = self._take(request.label, labelled, caps)
                if isinstance(taken, Missing):
                    offer = labelled.offer
                    self.missing.append((request.label, offer.title, offer.artist, offer.album,
                                         taken.reason, taken.detail))  # fmt: skip
                else:
                    self.tracks.append(taken)
                # What Spotify tells of a track is worth having by itself.
                count += isinstance(taken, Collected) or taken.reason == "listed-only"
                self._say(request.label, f"{count} of {self._rules.per_genre}")
        except (NotFoundError, RefusedError, OfflineError) as error:
            self.problems.append(f"{request.label}: {error}")
        else:
            if not seen:
                self.problems.append(f"{request.label}: {self._source.title} lists no tracks")

    def summary(
        self, labels: Sequence[str], tracks: Sequence[Collected], stopped: str
    ) -> GenreSummary:
        """Tell how it went, by label."""
        counts = Counter(track.label for track in tracks)
        reasons = {label: Counter[str]() for label in labels}
        for label, *_, reason, _detail in self.missing:
            reasons[label][reason] += 1
        problems = list(self.problems)
        if any("listed-only" in reason for reason in reasons.values()):
            problems.append(f"{self._source.title}: {spotify.NO_PREVIEWS}")
        return GenreSummary(
            self._source.shop.SERVICE.name,
            {label: counts[label] for label in labels},
            {label: dict(sorted(reasons[label].items())) for label in labels},
            tuple(dict.fromkeys(problems)),
            stopped,
        )

    def _list(self, request: GenreRequest) -> Iterator[LabelledOffer]:
        if not request.playlist:
            return self._source.genre(request.genre)
        if self._source.playlist is None:
            raise GenreError(
                f"{self._source.title} has no playlists; name a genre for {request.label}"
            )
        return self._source.playlist(request.playlist)

    def _take(self, label: str, labelled: LabelledOffer, caps: Caps) -> Collected | Missing:
        """Have the audio of a track, or tell why not; what costs no request comes first."""
        offer = labelled.offer
        song = (fold(offer.artist), fold(offer.title))
        if song in self._songs:
            other = self._songs[song]
            return Missing("duplicate") if other == label else Missing("other-genre", other)
        unwanted = versions_of(offer.title, album=offer.album, artist=offer.artist) & _UNWANTED
        refusal = caps.refusal(offer.artist, offer.album)
        if unwanted or refusal:
            return Missing(refusal or "wrong-version", ", ".join(sorted(unwanted)))
        found = self._hear(label, labelled)
        if isinstance(found, Collected) or found.reason == "listed-only":
            self._songs[song] = label
            caps.count(offer.artist, offer.album)
            self.listed.append((label, labelled))
        return found

    def _hear(self, label: str, labelled: LabelledOffer) -> Collected | Missing:
        """Find out where the audio of a track is, and fetch it."""
        offer, source = labelled.offer, self._source
        elsewhere = self._rules.deezer_previews and source.shop is not deezer
        if labelled.why and not elsewhere:
            return Missing("listed-only" if source.shop is spotify else labelled.why)
        shop, licence, how, score = source.shop, labelled.licence, "list", 1.0
        try:
            if elsewhere:
                isrcs = (offer.isrc,) if offer.isrc else ()
                wanted = Wanted(offer.title, offer.artist, offer.album, offer.duration, isrcs)
                found = find_preview(self._session, [deezer], wanted)
                if isinstance(found, Missing):
                    return found
                shop, licence, how, score = deezer, deezer.LICENCE, found.how, found.score
                heard = found.offer
            else:
                offer = heard = source.details(offer)
            file = fetch_preview(self._session, shop, heard, check=self._check)
        except (PreviewError, NotFoundError, ResponseTooLargeError, OfflineError) as error:
            return Missing(error.code, error.message)
        return Collected(
            file=file,
            label=label,
            title=offer.title,
            artist=offer.artist,
            album=offer.album,
            year=offer.year,
            isrc=offer.isrc,
            mbid="",
            sources=f"{offer.service}:list {labelled.page}".strip(),
            licence=licence,
            match=how,
            score=score,
            preview=f"{heard.service}:{heard.id}",
        )
