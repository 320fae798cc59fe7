"""The works of a producer, after MusicBrainz, Wikidata and Wikipedia together.

MusicBrainz gives the recordings, through the releases that they are on, so that credits of both
levels are seen. Wikidata and Wikipedia add claims to them, and albums that MusicBrainz does
not know to be his; so does Discogs, for those who have a token.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest

from linernotes.collect import discogs, listenbrainz, musicbrainz, wikidata, wikipedia
from linernotes.collect.credits import MAIN_JOBS, Claim
from linernotes.collect.http import NotFoundError, OfflineError, Service, ServiceError, Session
from linernotes.collect.musicbrainz import Person, Recording, Release
from linernotes.collect.versions import split_title
from linernotes.collect.wikidata import Work
from linernotes.datasets.names import fold


@dataclass(frozen=True)
class Candidate:
    """A recording that some source credits to a producer, in whatever job.

    Parameters
    ----------
    recording
        What it is.
    claims
        What all sources say of it.
    """

    recording: Recording
    claims: tuple[Claim, ...]

    @property
    def song(self) -> tuple[str, str]:
        """The key that it shares with other recordings of the song."""
        return _song(self.recording.title, self.recording.artist)


@dataclass
class Discography:
    """A producer's work, looked up only as far as it is asked for.

    Parameters
    ----------
    session
        Who asks.
    person
        The producer.
    names
        All that he is called by.
    works
        What Wikidata and Wikipedia say.
    notes
        What a person should know: namesakes, sources that did not answer.
    known
        Recordings that are known to be credited to him so far, by MBID.
    other_jobs
        Those that he is credited on for something else than production, with the job; such
        a recording is looked up only if its release is.
    away
        Services that did not answer, and are not asked again.
    """

    session: Session
    person: Person
    names: tuple[str, ...]
    works: Sequence[Work] = ()
    notes: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    other_jobs: dict[str, str] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)

    def candidates(self, said: Sequence[Work] = ()) -> Iterator[Candidate]:
        """Yield recordings release by release, artists in turn, each recording once.

        Parameters
        ----------
        said
            What Wikidata and Wikipedia say of others who may have produced the same.

        Raises
        ------
        ServiceError
            MusicBrainz does not answer as it should.
        """
        told = _Said([*self.works, *said])
        names = {fold(name) for name in self.names}
        seen: set[str] = set()
        for release in self._releases(told):
            try:
                recordings = musicbrainz.recordings_on(self.session, release.mbid)
            except NotFoundError:
                # Taken out or merged since.
                continue
            told.add(self._on_the_sleeve(recordings))
            for recording in recordings:
                if recording.mbid in seen or recording.video:
                    continue
                seen.add(recording.mbid)
                claims = (*recording.claims, *told.about(recording))
                if any(fold(claim.producer) in names for claim in claims):
                    self.known.add(recording.mbid)
                    self.other_jobs.pop(recording.mbid, None)
                    yield Candidate(recording, tuple(sorted(set(claims))))

    def _releases(self, told: _Said) -> Iterator[Release]:
        recordings, credited = musicbrainz.credits_of(self.session, self.person.mbid)
        self.known |= {credit.mbid for credit in recordings}
        self.other_jobs |= {
            credit.mbid: credit.job for credit in recordings if credit.job not in MAIN_JOBS
        }
        main = [credit.mbid for credit in recordings if credit.job in MAIN_JOBS]
        releases = {
            release.mbid: release
            for release in musicbrainz.releases_of(self.session, main).values()
        }
        titles: dict[str, set[str]] = defaultdict(set)
        for release in releases.values():
            titles[fold(release.title)].add(release.artist)
        ordered = list(in_turn(releases.values()))
        for credit in sorted(credited, key=lambda one: (one.date or "9999", one.mbid)):
            # Of the many editions of an album the first is enough.
            if credit.job in MAIN_JOBS and fold(credit.title) not in titles:
                titles[fold(credit.title)].add("")
                ordered.append(Release(credit.mbid, credit.title, "", credit.date))
        told.add(self._pages_about(ordered))
        yield from ordered
        ids = {release.mbid for release in ordered}
        for work in sorted(self.works, key=lambda one: (one.artist, one.title, one.claims)):
            if any(
                not artist or _same_artist(artist, work.artist)
                for artist in titles.get(fold(work.title), ())
            ):
                continue
            titles[fold(work.title)].add(work.artist)
            found = self._release_of(work)
            if found is not None and found.mbid not in ids:
                ids.add(found.mbid)
                yield found

    def _release_of(self, work: Work) -> Release | None:
        found = musicbrainz.find_release(self.session, work.title, work.artist)
        if (
            found is None
            and work.level == "recording"
            and (listenbrainz.SERVICE.name not in self.away)
        ):
            # A song need not have been a single; ListenBrainz knows its album.
            with self._noting_failures(listenbrainz.SERVICE):
                found = listenbrainz.release_with(self.session, work.title, work.artist)
        return found

    def _on_the_sleeve(self, recordings: Sequence[Recording]) -> list[Work]:
        """Ask Discogs about an album, if there is a token for it."""
        token = self.session.settings.key(discogs.KEY)
        if not token or not recordings or discogs.SERVICE.name in self.away:
            return []
        artist, album = recordings[0].artist, recordings[0].album
        with self._noting_failures(discogs.SERVICE):
            work = discogs.work_about(self.session, album, artist, token=token)
            return [work] if work else []
        return []

    @contextmanager
    def _noting_failures(self, service: Service) -> Iterator[None]:
        """Go on without a source that does not answer; say so, and ask it no more."""
        try:
            yield
        except NotFoundError:
            pass
        except ServiceError as error:
            if service.name not in self.away:
                self.away.add(service.name)
                self.notes.append(_without(error))

    def _pages_about(self, releases: Sequence[Release]) -> list[Work]:
        """Read what Wikipedia's pages on these albums say, in whatever category they are."""
        if wikipedia.SERVICE.name in self.away:
            return []
        with self._noting_failures(wikipedia.SERVICE):
            return wikipedia.pages_about(
                self.session, [(release.title, release.artist) for release in releases]
            )
        return []


def look_up(
    session: Session, name: str, *, say: Callable[[str], None] = lambda _: None
) -> Discography:
    """Find a producer, and what Wikidata and Wikipedia know of him.

    Parameters
    ----------
    session
        Who asks.
    name
        Name or MBID.
    say
        Called with what is going on.

    Raises
    ------
    ServiceError
        MusicBrainz does not know the name, or does not answer. Without the other two it goes
        on, and that is noted.
    """
    say("asking MusicBrainz")
    person = musicbrainz.find_person(session, name)
    notes = []
    if person.namesakes:
        notes.append(
            f"{person.name} is taken for {person.mbid} ({person.note or 'no description'}); "
            f"others of the name: {', '.join(person.namesakes)}"
        )
    works: list[Work] = []
    article = None
    say("asking Wikidata")
    try:
        works += wikidata.works_by(session, person.mbid)
        article = wikidata.article_about(session, person.mbid)
    except ServiceError as error:
        notes.append(_without(error))
    say("asking Wikipedia")
    away = set()
    try:
        works += wikipedia.works_by(session, article or person.name)
    except ServiceError as error:
        notes.append(_without(error))
        away.add(wikipedia.SERVICE.name)
    names = dict.fromkeys([*person.names, *([article] if article else [])])
    return Discography(session, person, tuple(names), works, notes, away=away)


def in_turn(releases: Iterable[Release]) -> Iterator[Release]:
    """Yield releases so that artists take turns, each from the earliest on.

    Examples
    --------
    >>> a, b, c = Release("1", "X", "A"), Release("2", "Y", "A"), Release("3", "Z", "B")
    >>> [release.mbid for release in in_turn([a, b, c])]
    ['1', '3', '2']
    """
    by_artist: dict[str, list[Release]] = defaultdict(list)
    for release in sorted(releases, key=lambda one: (one.date or "9999", one.mbid)):
        by_artist[fold(release.artist)].append(release)
    for turn in zip_longest(*(by_artist[artist] for artist in sorted(by_artist))):
        yield from (release for release in turn if release is not None)


class _Said:
    """Claims of Wikidata and Wikipedia, by song and by album."""

    def __init__(self, works: Iterable[Work]) -> None:
        self._songs: dict[str, list[Work]] = defaultdict(list)
        self._albums: dict[str, list[Work]] = defaultdict(list)
        self._mbids: dict[str, list[Work]] = defaultdict(list)
        self.add(works)

    def add(self, works: Iterable[Work]) -> None:
        for work in works:
            by_title = self._songs if work.level == "recording" else self._albums
            by_title[fold(split_title(work.title)[0])].append(work)
            for mbid in work.mbids:
                self._mbids[mbid].append(work)

    def about(self, recording: Recording) -> Iterator[Claim]:
        for work in self._mbids.get(recording.mbid, ()):
            yield from work.claims
        for titles, title in ((self._songs, recording.title), (self._albums, recording.album)):
            for work in titles.get(fold(split_title(title)[0]), ()):
                if _same_artist(work.artist, recording.artist):
                    yield from work.claims


def _same_artist(one: str, other: str) -> bool:
    """Whether two credits name the same artist, guests and joint artists aside."""
    first, second = fold(split_title(one)[0]), fold(split_title(other)[0])
    return first == second or f" {first} " in f" {second} " or f" {second} " in f" {first} "


def _song(title: str, artist: str) -> tuple[str, str]:
    return fold(split_title(title)[0]), fold(split_title(artist)[0])


def _without(error: ServiceError) -> str:
    if isinstance(error, OfflineError):
        return f"without {error.service}: it was not asked yet"
    return f"without {error}"
