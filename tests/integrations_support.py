"""A library of short sounds for the tests of what other programs are told."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from library_support import made_up
from mutagen.flac import FLAC

from linernotes.explore import Library
from linernotes.features import names
from linernotes.library.analyses import TrackAnalysis, tag_names
from linernotes.library.content import track_id
from linernotes.library.file_tags import read_file_tags
from linernotes.library.jobs import stamp_of
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

#: Names of files as people have them, and as few programs expect them.
ODD = (
    "Motörhead \u2013 Überschall #1.flac", "100% (live) & more.flac", 'say "hi" \\ there.flac',
    "日本語 ✓.flac", " leading and trailing .flac", "a;b=c?d*e.flac", "it's <b>bold<b>.flac",
)  # fmt: skip


@cache
def place_of(name: str) -> int:
    """Return the column of a descriptor."""
    return names("descriptors").index(name)


def heard(i: int) -> TrackAnalysis:
    """An analysis: tempo and key are sure in every other track, every fifth is not sung."""
    made = made_up(i)
    assert made.descriptors is not None
    assert made.networks is not None
    tags = made.networks.tags.copy()
    for name in ("singing", "female voice", "male voice") if i % 5 == 0 else ():
        tags[tag_names().index(name)] = 0.01
    values = made.descriptors.copy()
    sure = float(i % 2)
    told = {
        "tempo": 90.0 + i, "tempo_confidence": 0.95 * sure, "key_tonic": i % 12,
        "key_mode": i // 2 % 2, "key_confidence": 0.9 * sure,
    }  # fmt: skip
    for name, value in told.items():
        values[place_of(name)] = value
    return replace(made, descriptors=values, networks=replace(made.networks, tags=tags))


def write_tracks(folder: Path, count: int) -> list[Path]:
    """Write short files with tags, the first of them with odd names."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for i in range(count):
        path = folder / (ODD[i] if i < len(ODD) else f"{i:03}.flac")
        soundfile.write(path, np.random.default_rng(i).uniform(-0.5, 0.5, 400), 8000)
        tags = FLAC(path)
        tags["title"], tags["artist"] = f"Title {i} <&> \u00e9", f"Artist {i % 5}"
        tags["album"], tags["tracknumber"] = f"Album {i % 7}", str(i + 1)
        if i % 3 == 0:
            tags["genre"] = "Polka"
        if i % 4 == 0:
            tags["musicbrainz_trackid"] = f"{i:08x}-0000-4000-8000-000000000000"
        tags.save()
        paths.append(path)
    return paths


def keep(library: Path, paths: list[Path]) -> Library:
    """Keep files in a library as if they had been listened to."""
    rows, analyses = [], {}
    for i, path in enumerate(paths):
        own, stamp = track_id(path), stamp_of(str(path))
        tags = read_file_tags(path)
        rows.append(FileRow(str(path), stamp.size, stamp.mtime_ns, track_id=own, tags=tags))
        analyses[own] = heard(i)
    Store(str(library), create=True).write(analyses, rows)
    return Library(library)
