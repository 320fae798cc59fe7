"""Names of the fields of file tags in each family of formats.

After what players and taggers agree on (MusicBrainz Picard's mapping of tags, id3.org's
frame lists). Of several names the first is the one to write; all of them are read, the first
that says something counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

Names = Mapping[str, tuple[str, ...]]

FIELDS = (
    "title", "artist", "album", "albumartist", "genre", "mood", "date", "tracknumber",
    "discnumber", "isrc", "producer", "composer", "bpm", "key", "musicbrainz_recordingid",
    "musicbrainz_trackid", "musicbrainz_albumid", "musicbrainz_artistid",
    "musicbrainz_albumartistid", "musicbrainz_releasegroupid",
)  # fmt: skip
"""The fields that are read of every format, in this order."""

_LOUDNESS = (
    "replaygain_track_gain", "replaygain_track_peak", "replaygain_album_gain",
    "replaygain_album_peak", "r128_track_gain", "r128_album_gain",
)  # fmt: skip

MORE_FIELDS = (
    "comment", "copyright", "encodedby", "encoder", "engineer", "lyricist", "language", "media",
    *_LOUDNESS,
)  # fmt: skip
"""Fields that are read where they are asked for, and taken over from one tag into another."""

CUSTOM = "LINERNOTES_"
"""How the names of linernotes' own fields begin."""

_MUSICBRAINZ = {
    "musicbrainz_recordingid": "MusicBrainz Track Id",
    "musicbrainz_trackid": "MusicBrainz Release Track Id",
    "musicbrainz_albumid": "MusicBrainz Album Id",
    "musicbrainz_artistid": "MusicBrainz Artist Id",
    "musicbrainz_albumartistid": "MusicBrainz Album Artist Id",
    "musicbrainz_releasegroupid": "MusicBrainz Release Group Id",
}
_APPLE = "----:com.apple.iTunes:"

ID3: Names = MappingProxyType(
    {
        "title": ("TIT2",),
        "artist": ("TPE1",),
        "album": ("TALB",),
        "albumartist": ("TPE2", "TXXX:ALBUMARTIST", "TXXX:ALBUM ARTIST"),
        "genre": ("TCON",),
        "mood": ("TMOO", "TXXX:MOOD"),
        "date": ("TDRC", "TDRL", "TDOR"),
        "tracknumber": ("TRCK",),
        "discnumber": ("TPOS",),
        "isrc": ("TSRC",),
        "producer": ("TIPL:producer", "TXXX:PRODUCER"),
        "composer": ("TCOM",),
        "bpm": ("TBPM",),
        "key": ("TKEY",),
        "musicbrainz_recordingid": ("UFID:http://musicbrainz.org", "TXXX:MUSICBRAINZ_TRACKID"),
        **{
            field: (f"TXXX:{name}", f"TXXX:{field.upper()}")
            for field, name in _MUSICBRAINZ.items()
            if field != "musicbrainz_recordingid"
        },
        "comment": ("COMM", "COMM:ID3V1 COMMENT"),
        "copyright": ("TCOP",),
        "encodedby": ("TENC",),
        "encoder": ("TSSE",),
        "engineer": ("TIPL:engineer", "TXXX:ENGINEER"),
        "lyricist": ("TEXT",),
        "language": ("TLAN",),
        "media": ("TMED",),
        **{field: (f"TXXX:{field.upper()}",) for field in _LOUDNESS},
    }
)
"""Of ID3 2.4; a text after a colon tells which of the frames of that kind."""

VORBIS: Names = MappingProxyType(
    {
        **{field: (field.upper(),) for field in (*FIELDS, *MORE_FIELDS)},
        "albumartist": ("ALBUMARTIST", "ALBUM ARTIST"),
        "date": ("DATE", "YEAR", "ORIGINALDATE"),
        "tracknumber": ("TRACKNUMBER", "TRACK"),
        "discnumber": ("DISCNUMBER", "DISC"),
        "bpm": ("BPM", "TEMPO"),
        "key": ("INITIALKEY", "KEY", "INITIAL KEY"),
        "musicbrainz_recordingid": ("MUSICBRAINZ_TRACKID",),
        "musicbrainz_trackid": ("MUSICBRAINZ_RELEASETRACKID",),
        "comment": ("COMMENT", "DESCRIPTION"),
    }
)
"""Of FLAC, Ogg Vorbis and Opus; upper and lower case are the same."""

MP4: Names = MappingProxyType(
    {
        "title": ("©nam",),
        "artist": ("©ART",),
        "album": ("©alb",),
        "albumartist": ("aART",),
        "genre": ("©gen", "gnre"),
        "mood": (f"{_APPLE}MOOD",),
        "date": ("©day",),
        "tracknumber": ("trkn",),
        "discnumber": ("disk",),
        "isrc": (f"{_APPLE}ISRC",),
        "producer": (f"{_APPLE}PRODUCER",),
        "composer": ("©wrt",),
        "bpm": ("tmpo", f"{_APPLE}BPM"),
        "key": (f"{_APPLE}initialkey", f"{_APPLE}KEY"),
        **{field: (f"{_APPLE}{name}",) for field, name in _MUSICBRAINZ.items()},
        "comment": ("©cmt",),
        "copyright": ("cprt",),
        "encoder": ("©too",),
        **{field: (f"{_APPLE}{field}",) for field in _LOUDNESS},
    }
)
"""Of MP4; of Apple's free names, upper and lower case are the same."""

ASF: Names = MappingProxyType(
    {
        "title": ("Title",),
        "artist": ("Author", "WM/AlbumArtist"),
        "album": ("WM/AlbumTitle",),
        "albumartist": ("WM/AlbumArtist",),
        "genre": ("WM/Genre",),
        "mood": ("WM/Mood",),
        "date": ("WM/Year",),
        "tracknumber": ("WM/TrackNumber", "WM/Track"),
        "discnumber": ("WM/PartOfSet",),
        "isrc": ("WM/ISRC",),
        "producer": ("WM/Producer",),
        "composer": ("WM/Composer",),
        "bpm": ("WM/BeatsPerMinute",),
        "key": ("WM/InitialKey",),
        **{
            field: (name.replace("MusicBrainz ", "MusicBrainz/"),)
            for field, name in _MUSICBRAINZ.items()
        },
        "comment": ("Description",),
        "copyright": ("Copyright",),
        **{field: (field,) for field in _LOUDNESS},
    }
)
"""Of Windows Media."""

APE: Names = MappingProxyType(
    {
        **VORBIS,
        "albumartist": ("ALBUM ARTIST", "ALBUMARTIST"),
        "date": ("YEAR", "DATE"),
        "tracknumber": ("TRACK", "TRACKNUMBER"),
        "discnumber": ("DISC", "DISCNUMBER"),
        "key": ("KEY", "INITIALKEY"),
    }
)
"""Of APE tags, which Monkey's Audio, WavPack, Musepack and some mp3 files bear."""

RIFF: Names = MappingProxyType(
    {
        "title": ("INAM", "NAME"),
        "artist": ("IART", "AUTH"),
        "album": ("IPRD",),
        "genre": ("IGNR",),
        "date": ("ICRD",),
        "tracknumber": ("ITRK", "IPRT"),
        "composer": ("IMUS",),
        "comment": ("ICMT", "ANNO"),
        "copyright": ("ICOP", "(C) "),
        "encodedby": ("ITCH",),
        "encoder": ("ISFT",),
        "engineer": ("IENG",),
        "language": ("ILNG",),
        "lyricist": ("IWRI",),
        "media": ("IMED",),
    }
)
"""Of the INFO list of WAV, and the text chunks of AIFF."""

FFMPEG: Names = MappingProxyType(
    {
        **VORBIS,
        "albumartist": ("ALBUM_ARTIST", "ALBUMARTIST"),
        "date": ("DATE", "DATE_RELEASED", "DATE_RECORDED"),
        "tracknumber": ("TRACK", "PART_NUMBER"),
        "discnumber": ("DISC",),
        "artist": ("ARTIST", "AUTHOR", "PERFORMER", "LEAD_PERFORMER"),
    }
)
"""FFmpeg's names for fields of formats that it reads for us."""


def native_names(family: Names, field: str) -> tuple[str, ...]:
    """Return what a field is called in a family of formats, or nothing if it has no name there.

    A name in capitals is none of the fields, but free: every format can hold it.

    Examples
    --------
    >>> native_names(VORBIS, "key"), native_names(ID3, "LINERNOTES_GENRE")
    (('INITIALKEY', 'KEY', 'INITIAL KEY'), ('TXXX:LINERNOTES_GENRE',))
    """
    if not field.isupper():
        return family.get(field, ())
    if family is ID3:
        return (f"TXXX:{field}",)
    return (_APPLE + field,) if family is MP4 else (field,)


def custom_name(name: str) -> str:
    """Return the name of one of linernotes' own fields, which every format can hold.

    Examples
    --------
    >>> custom_name("my genres")
    'LINERNOTES_MY_GENRES'
    """
    return CUSTOM + re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")


def caption(title: str | None, artist: str | None) -> str | None:
    """Return what a track is called where a name of its file would stand; none without a title.

    Examples
    --------
    >>> caption("So What", "Miles Davis"), caption("So What", None), caption(None, "Miles Davis")
    ('Miles Davis - So What', 'So What', None)
    """
    return f"{artist} - {title}" if title and artist else title or None
