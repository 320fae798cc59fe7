"""Which version of a song a title speaks of: live, karaoke, cover, remaster, remix.

Only what stands in brackets or behind a dash says so; "Live and Let Die" is no concert.
"""

from __future__ import annotations

import re

_SIGNS = {
    "live": r"\blive\b|\bin concert\b|\bunplugged\b|\bconcert version\b",
    "karaoke": r"\bkaraoke\b|\bbacking track\b|\bsing[- ]?along\b|\bplayback version\b",
    "cover": r"\bcover(?:ed)?\b|\btribute\b|\bmade (?:famous|popular)\b|\bin the style of\b"
    r"|\boriginally (?:performed|recorded|sung)\b",
    "remaster": r"\bremaster(?:ed|ing)?\b|\bremasteris[ée]\b",
    "remix": r"\bre-?mix(?:ed)?\b|\brmx\b|\bmegamix\b|\bvip mix\b|\bbootleg\b|\bmashup\b"
    r"|\b(?:club|dance|extended|dub|house|vocal|radio|12\"|12 inch) mix\b",
    "instrumental": r"\binstrumental\b|\bbeat tape\b",
    "acoustic": r"\bacoustic\b|\bpiano version\b|\bstripped\b|\borchestral version\b",
    "demo": r"\bdemos?\b|\brehearsal\b|\bouttake\b|\bwork(?:ing)? tape\b",
    "re-recording": r"\bre-?record(?:ed|ing)\b|'s version\b|\u2019s version\b|\bnew version\b"
    r"|\b(?:19|20)\d\d (?:version|recording)\b",
    "altered": r"\bsped[- ]up\b|\bslowed\b|\bnightcore\b|\b8d\b|\breverb\b|\bspeed up\b",
    "commentary": r"\bcommentary\b|\binterview\b|\bspoken word\b",
}
_COMPILED = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _SIGNS.items()}
VERSIONS = tuple(_SIGNS)
"""Names of the versions that are told apart from the song as it first came out."""

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]{1,100})[)\]}]")
_BEHIND_DASH = re.compile(r"\s[-\u2013\u2014~]\s+([^\u2013\u2014~]{1,100})$")
_GUESTS = re.compile(r"\s*\b(?:feat|ft|featuring)\b\.?\s.*$", re.IGNORECASE)
_LIVE_ALBUM = re.compile(r"\blive (?:at|in|from|on)\b|\bunplugged\b|\bin concert\b", re.IGNORECASE)
_PRETENDERS = re.compile(
    r"\bkaraoke\b|\btribute\b|\bcover(?:s| band)\b|\bmade famous\b|\bin the style of\b"
    r"|\bparty tyme\b|\bsing2\b|\bhit crew\b|\bstarlite\b|\bbacking tracks?\b",
    re.IGNORECASE,
)


def versions_of(title: str, *, album: str = "", artist: str = "", note: str = "") -> frozenset[str]:
    """Tell which versions a track's title, album, artist and a note on it speak of.

    Parameters
    ----------
    title
        Its title, with what stands in brackets.
    album, artist
        Of the same track; they betray concerts and imitators.
    note
        What a catalogue says to tell it from others ("live, 1985-07-13: Wembley").

    Returns
    -------
    frozenset of str
        Names out of `VERSIONS`; empty for the song as it first came out.

    Examples
    --------
    >>> sorted(versions_of("Heroes (Live at Earl's Court) [2017 Remaster]"))
    ['live', 'remaster']
    >>> versions_of("Live and Let Die"), versions_of("Cover Me", album="Born in the U.S.A.")
    (frozenset(), frozenset())
    >>> sorted(versions_of("Heroes", artist="Karaoke All-Stars"))
    ['karaoke']
    """
    _, said = split_title(title)
    said = f"{said} ; {note}" if note else said
    found = {name for name, pattern in _COMPILED.items() if pattern.search(said)}
    _, album_said = split_title(album)
    for name in ("live", "karaoke", "cover", "remix", "acoustic", "instrumental", "demo"):
        if _COMPILED[name].search(album_said):
            found.add(name)
    if _LIVE_ALBUM.search(album):
        found.add("live")
    for text in (artist, album):
        match = _PRETENDERS.search(text)
        if match:
            found.add("karaoke" if "karaoke" in match[0].casefold() else "cover")
    return frozenset(found)


def split_title(title: str) -> tuple[str, str]:
    """Split a title into the song's own and what is said of the version and of guests.

    Examples
    --------
    >>> split_title("Get Lucky (feat. Pharrell Williams) - Radio Edit")
    ('Get Lucky', 'feat. Pharrell Williams ; Radio Edit')
    >>> split_title("(I Can't Get No) Satisfaction")
    ("(I Can't Get No) Satisfaction", "I Can't Get No")
    """
    title = title[:300].strip()
    said = _BRACKETS.findall(title)
    base = _without_brackets(title)
    behind = _BEHIND_DASH.search(base)
    if behind and behind.start() > 0 and _speaks_of_version(behind[1]):
        said.append(behind[1])
        base = _without_brackets(base[: behind.start()])
    return _GUESTS.sub("", base).strip() or title, " ; ".join(said)


def _without_brackets(title: str) -> str:
    """Take brackets from the end; those at the beginning belong to the song."""
    while title.endswith((")", "]", "}")):
        brackets = list(_BRACKETS.finditer(title))
        if not brackets or brackets[-1].start() == 0 or brackets[-1].end() != len(title):
            break
        title = title[: brackets[-1].start()].rstrip()
    return title


def _speaks_of_version(text: str) -> bool:
    return any(pattern.search(text) for pattern in _COMPILED.values()) or bool(
        re.search(r"\b(?:version|edit|mix|mono|stereo|bonus track|single|album)\b", text, re.I)
    )
