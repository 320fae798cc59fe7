"""Whether our recipes do as well as the best of their parts, on each of several sets of tracks.

    python benchmarks/recipes.py [emotify mer4q quadrant musifeast authors supertux] [--repeats 5]

Sets: genres of one-minute tracks (`emotify`), genres and mood quadrants of previews (`mer4q`,
`quadrant`), genres of instrumental clips (`musifeast`), all of ``../shared/evidence``; authors
(`authors`), and those who wrote for one game (`supertux`), of ``../shared/music/authors``.
Five folds, again and again with other folds; artists are kept apart where they are known.
Everything that is chosen or weighed is so inside the training part.

Beside the recipes stand the parts of `default`, each as a recipe of its own with its own choice of
settings, and plain logistic regression of standardised inputs. The last columns are the accuracy
less that of `default`, track by track, and the standard error of that: artists, not tracks,
count as independent.

    --small 5      learns from five tracks a class only
    --uneven       leaves every other class a fifth of its tracks to learn from
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import argparse
import csv
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from learning import alone, authors

from linernotes.learning.blending import WEIGHTS
from linernotes.learning.calibration import log_loss
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fitting import fit
from linernotes.learning.inputs import input_columns
from linernotes.learning.measuring import measure
from linernotes.learning.recipe import Recipe, find_recipe
from linernotes.learning.splits import make_folds
from linernotes.library.analyses import tag_names
from linernotes.networks.musicnn import TAGS, Taggram
from linernotes.networks.musicnn.tags import merge_tags

SHARED = Path(__file__).parents[2] / "shared"
EVIDENCE = SHARED / "evidence"
NETWORKS = {"MSD_musicnn": "msd", "MTT_musicnn": "mtt"}
FOLDS = 5
FEWEST = 5
Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Tracks:
    """What was heard, the class of each track, and its artist, where that is known."""

    matrix: FeatureMatrix
    target: Array
    artist: Array | None

    def take(self, rows: Array) -> Tracks:
        """Return some of them."""
        return Tracks(
            self.matrix.take(rows),
            self.target[rows],
            None if self.artist is None else self.artist[rows],
        )


def evidence(name: str, label: str, *, sure: bool = False) -> Tracks:
    """Read tracks whose class has enough of them; ``sure``: whose label is not doubted."""
    with np.load(EVIDENCE / f"{name}.npz", allow_pickle=False) as data:
        given = {key: data[key] for key in data.files}
    first = np.append(0, np.cumsum(given["n_windows"].astype(int)))
    rows = [heard(given, i, slice(*first[i : i + 2])) for i in range(len(first) - 1)]
    columns = input_columns(("embedding", "tags", "descriptors"))
    matrix = FeatureMatrix(np.array(rows, np.float32), np.arange(len(rows)), columns)
    kept = given[label] != ""
    if sure:
        kept &= np.isin(given["confidence"], ["high", "med"])
    classes, count = np.unique(given[label][kept], return_counts=True)
    kept &= np.isin(given[label], classes[count >= FEWEST])
    return Tracks(matrix, given[label], given["artist"]).take(np.flatnonzero(kept))


def heard(given: dict[str, Array], track: int, windows: slice) -> Array:
    """Return what a library keeps of a track, of numbers by window."""
    nothing = np.zeros(0)
    parts: list[Array] = []
    taggrams = {}
    for network, short in NETWORKS.items():
        embeddings = given[f"{short}_embeddings"][windows].astype(np.float64)
        parts += [embeddings.mean(axis=0), embeddings.std(axis=0)]
        tags = given[f"{short}_tags"][windows].astype(np.float32)
        taggrams[network] = Taggram(
            network, TAGS[network], nothing, nothing, tags, embeddings.astype(np.float32)
        )
    merged = dict(merge_tags(taggrams).top(len(tag_names())))
    parts += [np.array([merged[name] for name in tag_names()]), given["descriptors"][track]]
    return np.concatenate(parts)


def written(package: str | None = None) -> Tracks:
    examples = authors()
    matrix, _ = measure(examples, find_recipe("default").input_spec, cache=FeatureCache())
    tracks = Tracks(matrix, np.array(examples.target), None)
    if package is None:
        return tracks
    with (SHARED / "music" / "authors" / "manifest.csv").open(encoding="utf-8") as file:
        of = np.array([row["debian_package"] for row in csv.DictReader(file)])
    return tracks.take(np.flatnonzero(of == package))


SETS: dict[str, Callable[[], Tracks]] = {
    "emotify": lambda: evidence("emotify_a", "label"),
    "mer4q": lambda: evidence("mer4q", "label", sure=True),
    "quadrant": lambda: evidence("mer4q", "quadrant"),
    "musifeast": lambda: evidence("musifeast_a", "label"),
    "authors": written,
    "supertux": lambda: written("supertux-data"),
}


def contenders() -> dict[str, Recipe]:
    default = find_recipe("default")
    found = {name: find_recipe(name) for name in ("default", "few", "producer")}
    for part, tried in default.parts.items():
        search = tuple({**settings, WEIGHTS: {part: 1.0}} for settings in tried)
        found[f"its {part}"] = replace(default, search=search, parts={})
    for name, inputs in {
        "embeddings": ("embedding",),
        "descriptors": ("descriptors",),
        "everything": default.input_spec.inputs,
    }.items():
        found[f"plain {name}"] = alone(name, *inputs)
    always = ({"regression__C": 0.003},)
    found["plain embeddings, C = 0.003"] = replace(found["plain embeddings"], search=always)
    return found


def heard_by(recipe: Recipe, matrix: FeatureMatrix) -> FeatureMatrix:
    wanted = [name.startswith(tuple(f"{each}." for each in recipe.input_spec.inputs))
              for name in matrix.columns]  # fmt: skip
    columns = tuple(np.array(matrix.columns)[wanted])
    return FeatureMatrix(matrix.values[:, wanted], matrix.track, columns)


def thinned(rows: Array, target: Array, arguments: argparse.Namespace, random_state: int) -> Array:
    """Leave some of the training tracks out, if that was asked for."""
    rows = np.random.default_rng(random_state).permutation(rows)
    kept = []
    for number, name in enumerate(np.unique(target[rows])):
        mine = rows[target[rows] == name]
        share = len(mine) // 5 if arguments.uneven and number % 2 else len(mine)
        kept.append(mine[: min(max(share, 2), arguments.small or len(mine))])
    return np.sort(np.concatenate(kept))


def compare(name: str, arguments: argparse.Namespace) -> None:
    tracks = SETS[name]()
    classes, number = np.unique(tracks.target, return_inverse=True)
    recipes = contenders()
    right = {each: np.zeros(len(number)) for each in recipes}
    loss = {each: np.zeros(len(number)) for each in recipes}
    tested = np.zeros(len(number))
    started = time.perf_counter()
    for random_state in range(arguments.repeats):
        fold = make_folds(number, tracks.artist, random_state=random_state, n_splits=FOLDS).fold
        for held in range(FOLDS):
            train = thinned(np.flatnonzero(fold != held), number, arguments, random_state)
            test = np.flatnonzero(fold == held)
            tested[test] += 1
            learned, rest = tracks.take(train), tracks.take(test)
            for each, recipe in recipes.items():
                fitted = fit(recipe, heard_by(recipe, learned.matrix), learned.target,
                             groups=learned.artist)  # fmt: skip
                probabilities = np.full((len(test), len(classes)), 1e-9)
                known = np.searchsorted(classes, fitted.classes)
                probabilities[:, known] = fitted.predict(heard_by(recipe, rest.matrix))
                answer = probabilities.argmax(axis=1)
                right[each][test] += answer == number[test]
                for row, track in enumerate(test):
                    loss[each][track] += log_loss(np.log(probabilities[[row]]), number[[track]])
    kept = tested > 0
    group = np.arange(len(number)) if tracks.artist is None else tracks.artist
    print(f"\n{name}: {len(number)} tracks, {len(classes)} classes, {len(np.unique(group))} groups")
    print(f"{arguments.repeats} times {FOLDS} folds, {time.perf_counter() - started:.0f} s")
    print(f"{'':30} accuracy  log loss  less default")
    for each in recipes:
        share, lost = (found[each][kept] / tested[kept] for found in (right, loss))
        less = share - right["default"][kept] / tested[kept]
        error = standard_error(less, group[kept])
        print(
            f"{each:30} {share.mean():8.3f}  {lost.mean():8.3f}  {less.mean():+.3f} ± {error:.3f}"
        )


def standard_error(values: Array, group: Array) -> float:
    """Return that of the mean of values, of which those of one group depend on each other."""
    of = np.unique(group, return_inverse=True)[1]
    sums = np.bincount(of, weights=values - values.mean())
    return float(np.sqrt((sums**2).sum()) / len(values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sets", nargs="*", default=list(SETS), metavar="set")
    parser.add_argument("--repeats", type=int, default=5, help="of the five folds, with others")
    parser.add_argument("--small", type=int, default=0, help="tracks a class to learn from")
    parser.add_argument("--uneven", action="store_true", help="classes of very different sizes")
    arguments = parser.parse_args()
    for name in arguments.sets:
        compare(name, arguments)


if __name__ == "__main__":
    main()
