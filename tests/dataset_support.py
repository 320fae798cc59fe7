"""Tiny look-alikes of public data sets, with the quirks of the real ones."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import soundfile

from linernotes.datasets.examples import Examples
from linernotes.features import names

RATE = 8000
BROKEN_FMA = 98565


def write_clip(path: Path, *, random_state: int = 0, seconds: float = 0.2) -> Path:
    """Write a short clip that is like no other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(random_state).standard_normal(round(seconds * RATE))
    soundfile.write(path, 0.1 * noise, RATE)
    return path


def write_gtzan(folder: Path, *, clips: Iterable[str], suffix: str = "wav") -> Path:
    """Write clips named as GTZAN's are, the corrupt one corrupt."""
    for number, clip in enumerate(clips):
        path = folder / clip.partition(".")[0] / f"{clip}.{suffix}"
        if clip == "jazz.00054" and suffix == "wav":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\0" * 4000)
        else:
            write_clip(path, random_state=number)
    return folder


FMA_TRACKS = (
    # id, album, artist, split, subset, genre
    (2, "AWOL - A Way Of Life", "AWOL", "training", "small", "Hip-Hop"),
    (5, "AWOL - A Way Of Life", "AWOL", "training", "small", "Hip-Hop"),
    (10, "Constant Hitmaker", "Kurt Vile", "test", "small", "Pop"),
    (140, "Alec K. Redfearn", "Alec K. Redfearn", "validation", "small", "Folk"),
    (BROKEN_FMA, "Short", "Nobody in particular", "training", "small", "Folk"),
    (141, "A second line\nin the title", 'He said "no"', "test", "small", "Folk"),
    (182, "Blaise", "Ed Askew", "training", "medium", "Rock"),
    (190, "Blaise", "Ed Askew", "test", "large", ""),
)


def write_fma(
    folder: Path,
    *,
    tracks: Sequence[tuple[int, str, str, str, str, str]] = FMA_TRACKS,
    audio: Iterable[int] = (2, 5, 10, 140, BROKEN_FMA),
    zipped: bool = False,
    features: bool = True,
) -> Path:
    """Write metadata with FMA's headers and texts over several lines, and some audio."""
    metadata = folder / "fma_metadata"
    metadata.mkdir(parents=True)
    columns = (
        ("album", "information"), ("album", "title"), ("artist", "name"), ("set", "split"),
        ("set", "subset"), ("track", "genre_top"), ("track", "language_code"),
    )  # fmt: skip
    with (metadata / "tracks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["", *(group for group, _ in columns)])
        writer.writerow(["", *(name for _, name in columns)])
        writer.writerow(["track_id", *("" for _ in columns)])
        for track, album, artist, split, subset, genre in tracks:
            about = '<p>Recorded in "one" take,\n\nthen mixed</p>' * 3000
            writer.writerow([track, about, album, artist, split, subset, genre, "en"])
    if features:
        (metadata / "features.csv").write_text(fma_features([track[0] for track in tracks]))
    if zipped:
        with zipfile.ZipFile(folder / "fma_metadata.zip", "w", zipfile.ZIP_BZIP2) as archive:
            for file in sorted(metadata.iterdir()):
                archive.write(file, f"fma_metadata/{file.name}")
                file.unlink()
        metadata.rmdir()
    for track in audio:
        write_clip(
            folder / "fma_small" / f"{track // 1000:03d}" / f"{track:06d}.mp3", random_state=track
        )
    return folder


def fma_features(tracks: Sequence[int]) -> str:
    """Return a features.csv: three lines of names, one of the index, a row a track."""
    parts = [name.rsplit("_", 2) for name in names("fma")]
    header = [
        ",".join([first, *(part[place] for part in parts)])
        for place, first in enumerate(("feature", "statistics", "number"))
    ]
    rows = [
        ",".join([str(track), *(f"{track + column / 1000:.6e}" for column in range(len(parts)))])
        for track in tracks
    ]
    return "\n".join([*header, "track_id" + "," * len(parts), *rows, ""])


def make_examples(
    target: Sequence[str],
    *,
    artist: Sequence[str | None] | None = None,
    album: Sequence[str | None] | None = None,
    split: Sequence[str | None] | None = None,
    path: Sequence[str | None] | None = None,
    label: str = "genre",
) -> Examples:
    """Return examples of which most is not known; each has an id of its own."""
    count = len(target)
    nothing = (None,) * count
    return Examples(
        label=label,
        target=tuple(target),
        path=tuple(path) if path else nothing,
        artist=tuple(artist) if artist else nothing,
        album=tuple(album) if album else nothing,
        split=tuple(split) if split else nothing,
        features={},
        track_id=tuple(f"track {row}" for row in range(count)),
    )
