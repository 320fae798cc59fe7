"""Reads the labelled evidence that the shipped models learn from: numbers, no sound.

Each track is a row of what a library keeps of it, the inputs ``embedding`` and ``tags``; besides,
each ten seconds of it are such a row, since timelines are asked for those. GTZAN is known by the
tags of one network alone: what the others would say is estimated from these.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linernotes.library.analysis import summarise
from linernotes.networks.musicnn import NETWORKS, TAGS, Taggram

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SETS = ("mer4q", "emotify_a", "musifeast_a")
GTZAN = "gtzan"
GTZAN_GENRES = (
    "blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock",
)  # fmt: skip
#: GTZAN has one artist's tracks in a row, mostly: so many consecutive ones count as an artist's.
NEIGHBOURS = 5
_WINDOW = 3.0
_SECTION_WINDOWS = 3
_LOWEST = 1e-4  # probabilities in half precision lie on a grid; none is 0 or 1


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of labelled tracks.

    Parameters
    ----------
    rows
        Shape (tracks, columns): embedding and tags of each track.
    sections, section_track
        Shape (sections, columns) and (sections,): the same of some ten seconds, and of whose.
    msd
        Shape (tracks, 150): mean and deviation of the log-odds of the tags of ``MSD_musicnn``,
        and their mean probabilities.
    source, artist, label, confidence
        Shape (tracks,): the data set, whose track it is over all data sets, the genre, and how
        certain the genre is.
    more
        Other labels by name, empty or not a number where a set has none.
    """

    rows: Floats
    sections: Floats
    section_track: Ints
    msd: Floats
    source: NDArray[np.str_]
    artist: NDArray[np.str_]
    label: NDArray[np.str_]
    confidence: NDArray[np.str_]
    more: dict[str, NDArray[np.generic]]

    def __len__(self) -> int:
        """Return the number of tracks."""
        return len(self.label)


def read_evidence(folder: Path = SHARED / "evidence") -> Evidence:
    """Read all sets whose networks were asked."""
    rows, sections, owners, msd = [], [], [], []
    columns: dict[str, list[np.ndarray]] = {}
    for name in SETS:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as data:
            table = {key: data[key] for key in data.files}
        count = table["n_windows"].astype(int)
        last = np.cumsum(count)
        for first, end in zip(last - count, last, strict=True):
            taggrams = _taggrams(table, first, end)
            owner = len(rows)
            rows.append(_row(taggrams))
            msd.append(msd_statistics(taggrams[NETWORKS[0]].probabilities))
            for part in np.array_split(
                np.arange(end - first), max(1, round((end - first) / _SECTION_WINDOWS))
            ):
                sections.append(_row({n: _part(t, part) for n, t in taggrams.items()}))
                owners.append(owner)
        tracks = len(count)
        filled = {
            "source": np.full(tracks, name),
            "artist": table["artist"].astype(str),
            "label": table["label"],
            "confidence": table.get("confidence", np.full(tracks, "high")),
            "quadrant": table.get("quadrant", np.full(tracks, "")),
            "voice": table.get("voice", np.full(tracks, "")),
            "heard_as": table.get("heard_as", np.full(tracks, "")),
            "valence": table.get("valence", np.full(tracks, np.nan)),
            "arousal": table.get("arousal", np.full(tracks, np.nan)),
            "agreed": table.get("label_agreed_percent", np.full(tracks, np.nan)) / 100,
        }
        for key, values in filled.items():
            columns.setdefault(key, []).append(values)
    joined = {key: np.concatenate(values) for key, values in columns.items()}
    known = {key: joined.pop(key) for key in ("source", "artist", "label", "confidence")}
    return Evidence(
        np.stack(rows), np.stack(sections), np.array(owners), np.stack(msd), **known, more=joined
    )


@dataclass(frozen=True, eq=False)
class Gtzan:
    """GTZAN by the tags of one network: ``msd`` as in `Evidence`, genres, whose tracks."""

    msd: Floats
    label: NDArray[np.str_]
    artist: NDArray[np.str_]
    digest: str


def read_gtzan(part: str, folder: Path = SHARED / "taggrams") -> Gtzan:
    """Read the ``train`` or ``test`` part of the fault-filtered split."""
    path = folder / f"gtzan_{part}.npz"
    with np.load(path, allow_pickle=False) as data:
        tags, classes, ids = data["X"].astype(np.float64), data["Y"], data["IDS"]
    names, first, track = np.unique(ids, return_index=True, return_inverse=True)
    numbers = np.array([int(name.split(".")[1]) for name in names])
    label = np.array(GTZAN_GENRES)[classes[first]]
    return Gtzan(
        msd=np.stack([msd_statistics(tags[track == i]) for i in range(len(names))]),
        label=label,
        artist=np.char.add(label, (numbers // NEIGHBOURS).astype(str)),
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def msd_statistics(probabilities: np.ndarray) -> Floats:
    """Return mean and deviation of the log-odds of windows' tags, and their mean probabilities."""
    p = np.clip(np.asarray(probabilities, np.float64), _LOWEST, 1 - _LOWEST)
    odds = np.log(p / (1 - p))
    return np.concatenate([odds.mean(axis=0), odds.std(axis=0), p.mean(axis=0)])


def _taggrams(table: dict[str, np.ndarray], first: int, end: int) -> dict[str, Taggram]:
    start = _WINDOW * np.arange(end - first)
    return {
        network: Taggram(
            network=network,
            tags=TAGS[network],
            start=start,
            end=start + _WINDOW,
            probabilities=table[f"{short}_tags"][first:end].astype(np.float32),
            embeddings=table[f"{short}_embeddings"][first:end].astype(np.float32),
        )
        for network, short in zip(NETWORKS, ("msd", "mtt"), strict=True)
    }


def _part(taggram: Taggram, windows: np.ndarray) -> Taggram:
    return Taggram(
        taggram.network, taggram.tags, taggram.start[windows], taggram.end[windows],
        taggram.probabilities[windows], taggram.embeddings[windows],
    )  # fmt: skip


def _row(taggrams: dict[str, Taggram]) -> Floats:
    heard = summarise(taggrams)
    return np.concatenate([heard.embedding, heard.tags]).astype(np.float64)
