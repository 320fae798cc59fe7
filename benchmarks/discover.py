"""What Discover asks of 50,000 tracks: words, likes, sliders, a filter, radio and a path.

    python benchmarks/discover.py [--tracks 50000]

The tracks were never recorded: artists are scattered, ten tracks around each. Everything that a
server does beforehand is done first; then each question is asked 15 times in turns, and the median
of the processor's milliseconds is printed, beside that of the plainest question in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import islice
from statistics import median

import numpy as np

from linernotes.explore import Explorer, endless_mix, path_between
from linernotes.explore.completion import complete_filter
from linernotes.explore.discover import SLIDERS, discover
from linernotes.features import names
from linernotes.library import Collection
from linernotes.library.analyses import EMBEDDING_LENGTH, tag_names

TURNS = 15
FACTORS = 60


def made_up(n: int) -> Collection:
    """Artists scattered in a space of falling variances, and their tracks around them."""
    rng = np.random.default_rng(0)
    columns = names("descriptors")
    falling = (np.arange(1, FACTORS + 1) ** -0.8).astype(np.float32)
    wide = EMBEDDING_LENGTH + len(columns)
    loadings = rng.standard_normal((FACTORS, wide), np.float32) * falling[:, np.newaxis]
    artist = rng.integers(0, max(1, n // 10), n)
    homes = rng.standard_normal((artist.max() + 1, FACTORS), np.float32)
    latent = homes[artist] + 0.7 * rng.standard_normal((n, FACTORS), np.float32)
    raw = latent @ loadings
    descriptors = raw[:, EMBEDDING_LENGTH:]
    descriptors[:, columns.index("tempo")] = 60 + 100 / (1 + np.exp(-latent[:, 0]))
    descriptors[:, columns.index("tempo_confidence")] = rng.random(n)
    return Collection(
        track_id=tuple(f"{i:032x}" for i in range(n)),
        path=tuple(f"/music/{a:05}/{i:06}.mp3" for i, a in enumerate(artist)),
        metadata={
            "title": tuple(f"Title {i}" for i in range(n)),
            "artist": tuple(f"Artist {a}" for a in artist),
            "genre": tuple(("Jazz", "Rock", None)[a % 3] for a in artist),
            "date": tuple(str(1960 + i % 60) for i in range(n)),
        },
        duration=rng.uniform(60, 900, n).astype(np.float32),
        embedding=raw[:, :EMBEDDING_LENGTH],
        tags=rng.random((n, len(tag_names())), np.float32) ** 3,
        tag_names=tag_names(),
        descriptors=descriptors,
    )


def main() -> None:
    """Ask, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tracks", type=int, default=50_000)
    collection = made_up(parser.parse_args().tracks)
    rng = np.random.default_rng(1)
    heard = {
        name: tuple(f"{value:.3f}" for value in rng.random(len(collection)))
        for name in ("energy", "valence")
    }
    explorer = Explorer(collection, further=lambda _: heard)
    discover(explorer, words="bright", wishes={**dict.fromkeys(SLIDERS, 0), "voice": "no"})
    everything = {
        "words": "mellow jazz piano, bright", "tracks": [3, 4], "unlike": [9],
        "artists": ["Artist 7"], "wishes": {"energy": 0.8, "tempo": 124, "brightness": 0.9},
        "where": "length<10m and year>1970", "per_artist": 2, "n": 30, "why": True,
    }  # fmt: skip
    questions: dict[str, Callable[[], object]] = {
        "like one track": lambda: explorer.similar(explorer.like(3), n=30),
        "words": lambda: discover(explorer, words="mellow jazz piano", n=30, why=True),
        "a slider": lambda: discover(explorer, wishes={"energy": 0.8}, n=30, why=True),
        "everything at once": lambda: discover(explorer, **everything),
        "a filter": lambda: explorer.filters.select("genre=jazz and tempo>120 or voice=no"),
        "completion of a title": lambda: complete_filter(explorer.filters, "title=Ti"),
        "ten tracks of a radio": lambda: list(
            islice(endless_mix(explorer, explorer.like(3), played=range(100, 300)), 10)
        ),
        "a path": lambda: path_between(explorer, 3, 400, n=12),
    }
    taken: dict[str, list[float]] = {name: [] for name in questions}
    for _ in range(TURNS):
        for name, ask in questions.items():
            started = time.process_time()
            ask()
            taken[name].append(1000 * (time.process_time() - started))
    plainest = median(taken["like one track"])
    for name, times in taken.items():
        print(f"{name:24} {median(times):7.1f} ms  {median(times) / plainest:6.1f} x")


if __name__ == "__main__":
    main()
