"""Who produced it, when the artist was never heard: what the recipe ``producer`` gains.

    python benchmarks/producers.py            # some six minutes on two cores

There is no free music with credited producers, so six *virtual producers* are made: six chains
of equaliser, compressor, reverb, stereo width and limiter, each with a sound of its own, through
which real clips of ``../shared/music/authors`` go. As in real life every producer works with a
few artists (three each), and all that is known of a producer was heard through them. Recipes are
tested on the artist who was left out, three times over, so that whatever tells the *artist*
misleads. This is repeated for several ways of giving artists to producers; differences are
paired. One in six is right by chance.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from linernotes.datasets.examples import Examples
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fitting import fit
from linernotes.learning.measuring import measure
from linernotes.learning.recipe import find_recipe

MUSIC = Path(__file__).parents[2] / "shared" / "music" / "authors"
CLIPS_PER_ARTIST = 8
DEALS = 12
RECIPES = ("producer", "default")
Array = np.ndarray


def loud(x: Array, rms: float) -> Array:
    return x * (rms / np.sqrt((x**2).mean() + 1e-12))


def shelf(x: Array, rate: int, frequency: float, gain: float, *, high: bool) -> Array:
    """Filter after the Audio EQ Cookbook (Bristow-Johnson): a shelf of slope 1."""
    a, w = 10 ** (gain / 40), 2 * np.pi * frequency / rate
    c = -np.cos(w) if high else np.cos(w)
    root = np.sin(w) * np.sqrt(2 * a)
    sign = -1 if high else 1
    b = [a * (a + 1 - (a - 1) * c + root), sign * 2 * a * (a - 1 - (a + 1) * c)]
    b.append(a * (a + 1 - (a - 1) * c - root))
    d = [a + 1 + (a - 1) * c + root, sign * -2 * (a - 1 + (a + 1) * c), a + 1 + (a - 1) * c - root]
    return signal.lfilter(np.array(b) / d[0], np.array(d) / d[0], x, axis=0)


def bell(x: Array, rate: int, frequency: float, gain: float) -> Array:
    a, w = 10 ** (gain / 40), 2 * np.pi * frequency / rate
    alpha = np.sin(w) / 2
    b = np.array([1 + alpha * a, -2 * np.cos(w), 1 - alpha * a])
    d = np.array([1 + alpha / a, -2 * np.cos(w), 1 - alpha / a])
    return signal.lfilter(b / d[0], d / d[0], x, axis=0)


def compressed(x: Array, rate: int, threshold: float, ratio: float) -> Array:
    pole = np.exp(-1 / (0.03 * rate))
    power = signal.lfilter([1 - pole], [1, -pole], (x**2).mean(axis=1))
    over = np.maximum(0, 10 * np.log10(power + 1e-12) - threshold)
    return x * 10 ** (-over * (1 - 1 / ratio) / 20)[:, np.newaxis]


def wide(x: Array, width: float) -> Array:
    middle, side = x.mean(axis=1), (x[:, 0] - x[:, 1]) / 2 * width
    return np.stack([middle + side, middle - side], axis=1)


def reverberant(x: Array, rate: int, seconds: float, share: float) -> Array:
    n = int(seconds * rate)
    decay = np.exp(-6.9 * np.arange(n) / n)[:, np.newaxis]
    room = np.random.default_rng(0).normal(size=(n, 2)) * decay
    room /= np.sqrt((room**2).sum(axis=0))
    return x + share * signal.fftconvolve(x, room, axes=0)[: len(x)]


def limited(x: Array, drive: float) -> Array:
    return np.tanh(x * drive) / drive


PRODUCERS: dict[str, Callable[[Array, int], Array]] = {
    "bright and dense": lambda x, r: limited(
        shelf(compressed(loud(x, 0.15), r, -22, 3), r, 6000, 2.5, high=True), 2
    ),
    "wide hall": lambda x, r: reverberant(wide(loud(x, 0.1), 1.4), r, 1.2, 0.25),
    "warm and narrow": lambda x, r: shelf(
        shelf(wide(loud(x, 0.1), 0.6), r, 120, 3, high=False), r, 5000, -2.5, high=True
    ),
    "loud presence": lambda x, r: limited(bell(compressed(loud(x, 0.2), r, -18, 4), r, 2500, 3), 3),
    "small room": lambda x, r: reverberant(bell(loud(x, 0.08), r, 400, -3), r, 0.35, 0.3),
    "lean": lambda x, r: shelf(loud(x, 0.12), r, 200, -2, high=False),
}


def make_tracks(folder: Path) -> Examples:
    """Send every clip through every chain."""
    with (MUSIC / "manifest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    heard: dict[str, int] = {}
    path, target, artist = [], [], []
    for row in rows:
        name = row["author"]
        heard[name] = heard.get(name, 0) + 1
        if heard[name] > CLIPS_PER_ARTIST:
            continue
        x, rate = soundfile.read(MUSIC / row["file"], always_2d=True)
        x = np.repeat(x, 2, axis=1)[:, :2] if x.shape[1] == 1 else x[:, :2]
        for number, (producer, chain) in enumerate(PRODUCERS.items()):
            place = folder / f"{len(path):05}-{number}.flac"
            soundfile.write(place, np.clip(chain(x, rate), -1, 1), rate)
            path.append(str(place))
            target.append(producer)
            artist.append(name)
    nothing = (None,) * len(path)
    return Examples(
        label="producer",
        target=tuple(target),
        path=tuple(path),
        artist=tuple(artist),
        album=nothing,
        split=nothing,
        features={},
        track_id=nothing,
        name="virtual producers",
    )


def accuracy(recipe: str, matrix: FeatureMatrix, target: Array, group: Array, fold: Array) -> float:
    right = []
    for k in range(3):
        train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        fitted = fit(find_recipe(recipe), matrix.take(train), target[train], groups=group[train])
        answer = np.array(fitted.classes)[fitted.predict(matrix.take(test)).argmax(axis=1)]
        right.append(answer == target[test])
    return float(np.mean(np.concatenate(right)))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        examples = make_tracks(Path(folder))
        matrix, _ = measure(examples, find_recipe("producer").input_spec)
    target, artist = np.array(examples.target), np.array(examples.artist)
    artists = np.unique(artist)
    found: dict[str, list[float]] = {name: [] for name in RECIPES}
    for deal in range(DEALS):
        order = np.random.default_rng(deal).permutation(artists)
        of = {name: list(PRODUCERS)[i // 3] for i, name in enumerate(order)}
        held = {name: i % 3 for i, name in enumerate(order)}
        mine = np.flatnonzero([of[a] == p for a, p in zip(artist, target, strict=True)])
        group = np.searchsorted(artists, artist[mine])
        fold = np.array([held[a] for a in artist[mine]])
        part = matrix.take(mine)
        for name in RECIPES:
            found[name].append(accuracy(name, part, target[mine], group, fold))
    print(f"{len(mine)} tracks a deal, {DEALS} deals; by chance 0.167")
    for name in RECIPES:
        print(f"{name:10} {np.mean(found[name]):.3f}")
    gain = np.array(found["producer"]) - np.array(found["default"])
    print(f"producer - default: {gain.mean():+.3f} ± {gain.std() / np.sqrt(len(gain)):.3f}")


if __name__ == "__main__":
    main()
