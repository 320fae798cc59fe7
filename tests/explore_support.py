"""Collections of tracks that were never recorded, for the tests of the room explore."""

from __future__ import annotations

import numpy as np

from linernotes.features import names
from linernotes.library import Collection

TAGS = tuple(
    "beat classical drums electronic guitar happy instrumental jazz loud mellow piano pop rock "
    "singing slow strings".split()
)


def make_collection(
    n: int = 120, *, artists: int = 12, factors: int = 60, random_state: int = 0, width: float = 0.7
) -> Collection:
    """Artists scattered in a space of falling variances, and their tracks around them."""
    rng = np.random.default_rng(random_state)
    wide = 800 + len(names("descriptors"))
    falling = np.arange(1, factors + 1) ** -0.8
    loadings = rng.normal(size=(factors, wide)) * falling[:, np.newaxis]
    artist = rng.integers(0, artists, n)
    homes = rng.normal(size=(artists, factors))
    latent = homes[artist] + width * rng.normal(size=(n, factors))
    raw = latent @ loadings + 0.05 * rng.normal(size=(n, wide))
    descriptors = raw[:, 800:]
    columns = {name: i for i, name in enumerate(names("descriptors"))}
    descriptors[:, columns["tempo"]] = 60 + 100 / (1 + np.exp(-latent[:, 0]))
    descriptors[:, columns["key_tonic"]] = rng.integers(0, 12, n)
    descriptors[:, columns["key_mode"]] = rng.integers(0, 2, n)
    for confidence in ("key_confidence", "tempo_confidence"):
        descriptors[:, columns[confidence]] = rng.uniform(0, 1, n)
    odds = 1.5 * latent[:, : len(TAGS)] - 2
    genres = ("Jazz", "Rock", "Classical", "Pop; Dance")
    return Collection(
        track_id=tuple(f"{random_state:02x}{i:014x}" for i in range(n)),
        path=tuple(f"/music/artist {a}/track {i:03}.mp3" for i, a in enumerate(artist)),
        metadata={
            "title": tuple(f"Title {i}" if i % 10 else None for i in range(n)),
            "artist": tuple(f"Artist {a}" for a in artist),
            "album": tuple(None for _ in range(n)),
            "genre": tuple(genres[a % 4] if i % 15 else None for i, a in enumerate(artist)),
            "date": tuple(f"{1960 + i % 50}-01-31" if i % 7 else None for i in range(n)),
            "bpm": tuple(str(60 + i % 120) for i in range(n)),
        },
        duration=(120 + 7.3 * np.arange(n)).astype(np.float32),
        embedding=raw[:, :800].astype(np.float32),
        tags=(1 / (1 + np.exp(-odds))).astype(np.float32),
        tag_names=TAGS,
        descriptors=descriptors.astype(np.float32),
    )
