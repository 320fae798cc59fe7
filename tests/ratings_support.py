"""Tracks with ratings by listeners, from ``../shared/evidence``, as our recipes hear them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linernotes.datasets.examples import Examples, Numbers
from linernotes.library.analyses import tag_names
from linernotes.networks.musicnn import TAGS, Taggram, merge_tags

EVIDENCE = Path(__file__).resolve().parents[2] / "shared" / "evidence"


def rated_tracks() -> Examples:
    """190 clips of MUSIFEAST-17 with the means of their ratings, by artists that are kept apart."""
    path = EVIDENCE / "musifeast_a.npz"
    if not path.is_file():
        pytest.skip(f"{path} is not there: it is data that is not published")
    with np.load(path, allow_pickle=False) as known:
        kept = {name: known[name] for name in known.files}
    first = np.cumsum(kept["n_windows"]) - kept["n_windows"]
    ends = np.append(first[1:], len(kept["msd_tags"]))
    count = len(first)
    nothing = (None,) * count
    embeddings, tags = [], []
    for a, b in zip(first, ends, strict=True):
        statistics, heard = [], {}
        for network, short in (("MSD_musicnn", "msd"), ("MTT_musicnn", "mtt")):
            inner = kept[f"{short}_embeddings"][a:b].astype(np.float32)
            statistics += [inner.mean(axis=0), inner.std(axis=0)]
            time = np.arange(b - a, dtype=np.float64)
            told = kept[f"{short}_tags"][a:b].astype(np.float32)
            heard[network] = Taggram(network, TAGS[network], time, time + 1, told, inner)
        merged = merge_tags(heard)
        embeddings.append(np.concatenate(statistics))
        tags.append(merged.probabilities[[merged.names.index(name) for name in tag_names()]])
    return Examples(
        label="mood",
        target=("",) * count,
        path=nothing,
        artist=tuple(str(artist) for artist in kept["artist"]),
        album=nothing,
        split=nothing,
        features={
            "embedding": np.stack(embeddings).astype(np.float32),
            "tags": np.stack(tags).astype(np.float32),
            # Of version 1: without the two confidences, which come last.
            "descriptors": np.pad(kept["descriptors"].astype(np.float32), ((0, 0), (0, 2))),
        },
        track_id=tuple(map(str, kept["track"])),
        name="musifeast",
        numbers=Numbers(
            ("energy", "valence"),
            np.stack([kept["arousal"], kept["valence"]], axis=1).astype(np.float64),
        ),
    )
