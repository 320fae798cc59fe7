"""ID3v1: the last 128 bytes of a file, in a code page that they do not tell.

After id3.org's description, with the track's number of ID3v1.1. Its numbered genres, with
Winamp's extensions, are used by other formats as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from linernotes.files import read_at
from linernotes.library.tags.texts import Tag, collect, until_zero

SIZE = 128

GENRES: tuple[str, ...] = tuple(
    "Blues|Classic Rock|Country|Dance|Disco|Funk|Grunge|Hip-Hop|Jazz|Metal|New Age|Oldies|Other|"
    "Pop|R&B|Rap|Reggae|Rock|Techno|Industrial|Alternative|Ska|Death Metal|Pranks|Soundtrack|"
    "Euro-Techno|Ambient|Trip-Hop|Vocal|Jazz+Funk|Fusion|Trance|Classical|Instrumental|Acid|House|"
    "Game|Sound Clip|Gospel|Noise|Alt. Rock|Bass|Soul|Punk|Space|Meditative|Instrumental Pop|"
    "Instrumental Rock|Ethnic|Gothic|Darkwave|Techno-Industrial|Electronic|Pop-Folk|Eurodance|"
    "Dream|Southern Rock|Comedy|Cult|Gangsta Rap|Top 40|Christian Rap|Pop/Funk|Jungle|"
    "Native American|Cabaret|New Wave|Psychedelic|Rave|Showtunes|Trailer|Lo-Fi|Tribal|Acid Punk|"
    "Acid Jazz|Polka|Retro|Musical|Rock & Roll|Hard Rock|Folk|Folk-Rock|National Folk|Swing|"
    "Fast-Fusion|Bebop|Latin|Revival|Celtic|Bluegrass|Avantgarde|Gothic Rock|Progressive Rock|"
    "Psychedelic Rock|Symphonic Rock|Slow Rock|Big Band|Chorus|Easy Listening|Acoustic|Humour|"
    "Speech|Chanson|Opera|Chamber Music|Sonata|Symphony|Booty Bass|Primus|Porn Groove|Satire|"
    "Slow Jam|Club|Tango|Samba|Folklore|Ballad|Power Ballad|Rhythmic Soul|Freestyle|Duet|"
    "Punk Rock|Drum Solo|A Cappella|Euro-House|Dance Hall|Goa|Drum & Bass|Club-House|Hardcore|"
    "Terror|Indie|BritPop|Afro-Punk|Polsk Punk|Beat|Christian Gangsta Rap|Heavy Metal|Black Metal|"
    "Crossover|Contemporary Christian|Christian Rock|Merengue|Salsa|Thrash Metal|Anime|JPop|"
    "Synthpop|Abstract|Art Rock|Baroque|Bhangra|Big Beat|Breakbeat|Chillout|Downtempo|Dub|EBM|"
    "Eclectic|Electro|Electroclash|Emo|Experimental|Garage|Global|IDM|Illbient|Industro-Goth|"
    "Jam Band|Krautrock|Leftfield|Lounge|Math Rock|New Romantic|Nu-Breakz|Post-Punk|Post-Rock|"
    "Psytrance|Shoegaze|Space Rock|Trop Rock|World Music|Neoclassical|Audiobook|Audio Theatre|"
    "Neue Deutsche Welle|Podcast|Indie Rock|G-Funk|Dubstep|Garage Rock|Psybient".split("|")
)

_NONE = "255"
_LETTERS = {"RX": "Remix", "CR": "Cover"}
_REFERENCES = re.compile(r"((?:\((?:\d+|RX|CR)\))*)(.*)", re.DOTALL)


def read_id3v1(file: BinaryIO, end: int) -> Iterator[Tag]:
    """Yield the tag that lies before an offset, if there is one, by the frames of ID3v2.4."""
    data = read_at(file, end - SIZE, SIZE)
    if len(data) == SIZE and data.startswith(b"TAG"):
        yield collect(_fields(data))


def _fields(data: bytes) -> Iterator[tuple[str, str | bytes]]:
    for name, begin, end in (("TIT2", 3, 33), ("TPE1", 33, 63), ("TALB", 63, 93)):
        yield name, until_zero(data[begin:end])
    yield "TDRC", until_zero(data[93:97]).decode("ascii", "ignore")
    numbered = data[125] == 0 and data[126] != 0
    # Programs that know of no numbers pad comments with blanks.
    yield "COMM", until_zero(data[97 : 125 if numbered else 127])
    if numbered:
        yield "TRCK", str(data[126])
    if data[127] < len(GENRES):
        yield "TCON", GENRES[data[127]]


def genres_in(text: str) -> list[str]:
    """Return the genres that a text of ID3v2 names, by numbers or in words.

    A number in parentheses (ID3v2.3) may be followed by its name or by a refinement. A number
    that stands for no genre stays as it is, but for 255, which says that there is none.

    Examples
    --------
    >>> genres_in("(17)Rock"), genres_in("(4)Eurodisco"), genres_in("17"), genres_in("(RX)(8)")
    (['Rock'], ['Disco', 'Eurodisco'], ['Rock'], ['Remix', 'Jazz'])
    >>> genres_in("((odd) words"), genres_in("Folk"), genres_in("(255)"), genres_in("1999")
    (['(odd) words'], ['Folk'], [], ['1999'])
    """
    match = _REFERENCES.fullmatch(text.strip())
    if match is None:  # never: the pattern matches every text
        return [text]
    references, rest = match.groups()
    numbers = re.findall(r"\((\w+)\)", references)
    if not numbers and (rest.isdecimal() or rest in _LETTERS):
        numbers, rest = [rest], ""
    named = [name for number in numbers if (name := _named(number))]
    rest = rest.removeprefix("(") if rest.startswith("((") else rest
    names = {name.casefold(): name for name in (rest.strip(), *named) if name}
    ordered = [*named, rest.strip()]
    return list(dict.fromkeys(names[name.casefold()] for name in ordered if name))


def _named(number: str) -> str:
    if number in _LETTERS:
        return _LETTERS[number]
    if number == _NONE:
        return ""
    return GENRES[int(number)] if len(number) < 4 and int(number) < len(GENRES) else number
