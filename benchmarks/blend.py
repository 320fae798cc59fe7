"""Whether weights of blended networks are learned where that helps, and left alone where not.

    python benchmarks/blend.py

The real clips of ``benchmarks/similar.py``, each author's parted into two albums at random, since
few have several: what is alike for its mastering counts here as well. Networks are stood in for by
what is known of the clips: the two that ship, the descriptors, halves of the same network that were
drawn at random, and noise.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from similar import MUSIC, library, real

from linernotes.explore.blend_evidence import library_evidence
from linernotes.explore.network_blend import weigh_kinds
from linernotes.explore.space import descriptor_columns, mean_columns
from linernotes.library import Collection

TRIALS = 5
Kinds = dict[str, list[tuple[np.ndarray, float]]]


def show(name: str, collection: Collection, kinds: Kinds) -> None:
    evidence = library_evidence(collection)
    some = collection.taken(evidence.rows)
    start = time.process_time()
    found = weigh_kinds(some, kinds, evidence)
    seconds = time.process_time() - start
    shares = ", ".join(f"{own} {share:.2f}" for own, share in found.weights.items())
    print(f"  {name:22} {shares:40} equal {found.equal:.3f}  learned {found.learned:.3f} "
          f"(noise {found.noise:.3f})  {seconds:.2f} s")  # fmt: skip


def in_two_albums(collection: Collection) -> Collection:
    albums = tuple(f"{artist}, {i % 2}" for i, artist in enumerate(collection.metadata["artist"]))
    return replace(collection, metadata={**collection.metadata, "album": albums})


def with_noise(collection: Collection, seed: int, wide: int) -> Collection:
    noise = np.random.default_rng(seed).normal(size=(len(collection), wide)).astype(np.float32)
    return replace(collection, embedding=np.concatenate([collection.embedding, noise], axis=1))


def shipped(first: int) -> list[tuple[np.ndarray, float]]:
    half = float(np.sqrt(0.5))
    return [(mean_columns(), half), (descriptor_columns(first), half)]


def of(columns: Sequence[int] | np.ndarray) -> list[tuple[np.ndarray, float]]:
    return [(np.asarray(columns), 1.0)]


def main() -> None:
    means = mean_columns()
    if MUSIC.is_dir():
        print("Real clips:")
        clips = in_two_albums(real()[0])
        first, second, measured = of(means[:200]), of(means[200:]), of(descriptor_columns(800))
        show("both networks", clips, {"MSD": first, "MTT": second})
        show("and descriptors", clips, {"MSD": first, "MTT": second, "descriptors": measured})
        for seed in range(TRIALS):
            half = np.random.default_rng(seed).permutation(means)
            show("halves of the same", clips, {"one": of(half[:200]), "other": of(half[200:])})
            noisy = with_noise(clips, seed, 16)
            show("noise", noisy, {"musicnn": shipped(816), "noise": of(range(800, 816))})
    else:
        print("no ../shared/music/authors beside this checkout")
    print("20,000 made-up tracks, networks of 512 numbers:")
    many = with_noise(in_two_albums(library(20_000)), 0, 1024)
    kinds = {"musicnn": shipped(1824), "one": of(range(800, 1312)), "other": of(range(1312, 1824))}
    show("three networks", many, kinds)
    del kinds["other"]
    show("two networks", many, kinds)


if __name__ == "__main__":
    main()
