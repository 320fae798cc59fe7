"""Recordings that are there more than once."""

from __future__ import annotations

import numpy as np
import pytest
from explore_support import make_collection

from linernotes.explore.copies import same_recording
from linernotes.explore.duplicates import Copy, best_copy, same_recordings_among
from linernotes.explore.explorer import Explorer


def test_copies_are_found_however_many_there_are() -> None:
    collection = make_collection(300)
    vectors = Explorer(collection).space.vectors.copy()
    durations = np.full(300, 200.0, np.float32)
    durations[:50] = np.linspace(100, 400, 50)
    vectors[200] = vectors[60]
    vectors[10] = vectors[299] = vectors[61]
    durations[201], vectors[201] = 203.0, vectors[60]
    found = same_recordings_among(vectors, durations)
    assert found == [(60, 200), (61, 299)]
    for first, *rest in found:
        same = same_recording(vectors[first], float(durations[first]), vectors, durations)
        assert set(np.flatnonzero(same)) == {first, *rest}


def test_blocks_lose_no_pair() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(5000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    durations = rng.uniform(100, 110, 5000).astype(np.float32)
    for i in range(0, 1000, 10):
        vectors[i + 3000], durations[i + 3000] = vectors[i], durations[i] + 0.9
    found = same_recordings_among(vectors, durations)
    pairs = {(i, i + 3000) for i in range(0, 1000, 10)}
    assert pairs <= {(one, other) for group in found for one in group for other in group}


def test_nothing_has_no_copies() -> None:
    assert same_recordings_among(np.zeros((0, 4), np.float32), np.zeros(0)) == []


def copy(kind: str, size: int, told: int = 3, path: str = "a") -> Copy:
    return Copy(0, path, kind, size, 200.0, told)


@pytest.mark.parametrize(
    ("copies", "best", "why"),
    [([copy("mp3", 8_000_000), copy("flac", 5_000_000)], 1, "lossless"),
     ([copy("mp3", 3_200_000), copy("mp3", 8_000_000)], 1, "320 kbit/s where the next has 128"),
     ([copy("mp3", 8_000_000, 9), copy("mp3", 8_100_000)], 0, "9 file tags where the next has 3"),
     ([copy("flac", 9, path="b"), copy("wav", 99)], 1, "as good as the next, and first by name"),
     ([copy("mp4", 20_000_000), copy("mp3", 8_000_000)], 0, "lossless"),
     ([copy("mp3", 8_000_000)], 0, "the only one")],
)  # fmt: skip
def test_the_best_copy_is_chosen_and_said_why(copies: list[Copy], best: int, why: str) -> None:
    assert best_copy(copies) == (best, why)
