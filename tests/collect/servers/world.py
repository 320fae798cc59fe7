"""A small world of music that the stand-ins share: who produced what, and what it sounds like."""

from __future__ import annotations

import io
import random
import uuid
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import soundfile


def mbid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


@dataclass(frozen=True)
class Person:
    name: str
    aliases: tuple[str, ...] = ()
    note: str = ""

    @property
    def mbid(self) -> str:
        return mbid(f"person {self.name} {self.note}")


@dataclass(frozen=True)
class Job:
    """Who did what: attributes as MusicBrainz has them."""

    person: Person
    attributes: tuple[str, ...] = ()


@dataclass
class Song:
    title: str
    artist: str
    number: int
    seconds: float = 200.0
    jobs: tuple[Job, ...] = ()
    note: str = ""
    isrc: str = ""
    video: bool = False
    wikidata: tuple[Person, ...] = ()
    # How Deezer has it: title, version, whether there is a preview; None if it has it not.
    deezer_title: str | None = ""
    deezer_version: str = ""
    has_preview: bool = True

    @property
    def mbid(self) -> str:
        return mbid(f"recording {self.number}")


@dataclass
class Album:
    title: str
    artist: str
    year: int
    songs: list[Song]
    jobs: tuple[Job, ...] = ()
    kinds: tuple[str, ...] = ()
    # What Wikipedia's infobox says, in wikitext; None if there is no page.
    infobox: str | None = None
    category: Person | None = None
    wikidata: tuple[Person, ...] = ()

    @property
    def mbid(self) -> str:
        return mbid(f"release {self.title} {self.artist} {self.year}")


@dataclass
class World:
    people: list[Person] = field(default_factory=list)
    albums: list[Album] = field(default_factory=list)

    @property
    def songs(self) -> list[Song]:
        return [song for album in self.albums for song in album.songs]

    def song(self, number: int) -> Song | None:
        return next((song for song in self.songs if song.number == number), None)

    def album_of(self, song: Song) -> Album:
        return next(album for album in self.albums if song in album.songs)


def big_world(
    *, producers: int = 10, artists: int = 6, songs: int = 6, random_state: int = 0
) -> World:
    """Each producer with an album by each of several artists, every third by release credit."""
    chance = random.Random(random_state)
    people = [Person(name, aliases) for name, aliases in _NAMES[:producers]]
    world, number = World(people), 0
    for which, person in enumerate(people):
        for index in range(artists):
            artist = f"{_ARTISTS[(which + index) % len(_ARTISTS)]} {which // 2}{index}"
            title = f"{_TITLES[(3 * which + index) % len(_TITLES)]} {chance.randrange(1000)}"
            by_release = index % 3 == 2
            album = Album(title, artist, 1970 + number % 50, [],
                          jobs=(Job(person),) if by_release else ())  # fmt: skip
            for _ in range(songs):
                number += 1
                album.songs.append(
                    Song(
                        f"{_TITLES[number % len(_TITLES)]} No. {number}", artist, number,
                        seconds=150 + number % 120,
                        jobs=() if by_release else (Job(person),),
                        isrc=f"GBXX1{number:07d}" if number % 2 else "",
                    )
                )  # fmt: skip
            world.albums.append(album)
    return world


_NAMES = [
    ("Brian Eno", ("Eno",)), ("Dr. Dre", ("Andre Young",)), ("Björk Ärlig", ()),
    ("شيماء المنتجة", ()), ("מפיק אלמוני", ()), ("小室 哲哉", ("Tetsuya Komuro",)),
    ("Quincy Jones", ()), ("Sylvia Massy", ()), ("King Tubby", ()),
    ("Rick Rubin", ("DJ Double R",)),
]  # fmt: skip
_ARTISTS = ["The Lanterns", "Núria Vall", "عود وناي", "להקת הים", "AC/DC Tribute? No", "Őrség",
            "Mono\u202eono", "夜の海"]  # fmt: skip
_TITLES = ["Stone", "Ágætis", "قمر", "לילה", "Slow/Fast", "..", "Où?", "雨", "What: If", "Low"]


@cache
def sound(number: int) -> bytes:
    """A second of a chord under noise as an mp3 file: one of twelve chords, by the number."""
    time = np.arange(round(1.2 * 22050)) / 22050
    pitch = 220 * 2 ** (number % 12 / 12)
    chord = 0.2 * sum(np.sin(2 * np.pi * pitch * k * time) / k for k in (1, 1.5, 2, 3))
    noise = 0.02 * np.random.default_rng(number).standard_normal(len(time))
    file = io.BytesIO()
    soundfile.write(file, chord + noise, 22050, format="MP3")
    return file.getvalue()
