"""What is found alike, how fast, and how fluid the map is.

    python benchmarks/similar.py               # all of it
    python benchmarks/similar.py query map     # parts: quality, query, index, map, large-map, page

``quality`` needs the real music in ``../shared``; the others use a synthetic library: artists
scattered in a space whose variances fall as those of real clips do (like rank^-1.4), tracks
scattered around them, each artist in its own width. One core.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NUMBA_NUM_THREADS="1")

import csv
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

from linernotes.explore import Explorer, Space, fit_space
from linernotes.explore.clusters import even_clusters
from linernotes.explore.map import Map, make_map, render_map
from linernotes.explore.neighbours import nearest
from linernotes.features import names
from linernotes.library import Collection, analyse_track

MUSIC = Path(__file__).parents[2] / "shared" / "music" / "authors"
MANY = 100_000
MORE = 250_000
MAPPED = 10_000
QUERIES = 200
Array = np.ndarray


def library(n: int, *, per_artist: int = 10, random_state: int = 0) -> Collection:
    """Tracks that were never recorded, with hubs as real libraries have them."""
    rng = np.random.default_rng(random_state)
    factors = 200
    wide = 800 + len(names("descriptors"))
    falling = np.arange(1, factors + 1) ** -0.7
    loadings = (rng.normal(size=(factors, wide)) * falling[:, np.newaxis]).astype(np.float32)
    artists = max(1, n // per_artist)
    homes = rng.normal(size=(artists, factors)).astype(np.float32)
    width = rng.lognormal(np.log(0.7), 0.4, artists).astype(np.float32)
    artist = rng.integers(0, artists, n)
    raw = np.empty((n, wide), np.float32)
    heard = np.empty((n, 40), np.float32)
    for first in range(0, n, 5000):
        own = artist[first : first + 5000]
        scatter = rng.normal(size=(len(own), factors)).astype(np.float32)
        latent = homes[own] + width[own, np.newaxis] * scatter
        noise = rng.normal(size=(len(own), wide)).astype(np.float32)
        raw[first : first + 5000] = latent @ loadings + 0.3 * noise
        heard[first : first + 5000] = latent[:, :40]
    return Collection(
        track_id=tuple(f"{i:016x}" for i in range(n)),
        path=tuple(f"/music/artist {a}/an album of theirs/track {i}.mp3"
                   for i, a in enumerate(artist)),
        metadata={
            "title": tuple(f"A song of some length {i}" for i in range(n)),
            "artist": tuple(f"Artist {a}" for a in artist),
            "genre": tuple(f"Genre {a % 20}" for a in artist),
        },
        duration=rng.uniform(120, 400, n).astype(np.float32),
        embedding=raw[:, :800],
        tags=(1 / (1 + np.exp(2.5 - heard))).astype(np.float32),
        tag_names=tuple(f"tag {i}" for i in range(40)),
        descriptors=raw[:, 800:],
    )  # fmt: skip


def real() -> tuple[Collection, Array, Array]:
    """Real clips, with their authors and the packages they come from."""
    with (MUSIC / "manifest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = [analyse_track(MUSIC / row["file"]) for row in rows]
    heard = [each.networks for each in found]
    collection = Collection(
        track_id=tuple(row["file"] for row in rows),
        path=tuple(str(MUSIC / row["file"]) for row in rows),
        metadata={"artist": tuple(row["author"] for row in rows)},
        duration=np.array([each.duration for each in found], np.float32),
        embedding=np.stack([each.embedding for each in heard if each is not None]),
        tags=np.stack([each.tags for each in heard if each is not None]),
        tag_names=tuple(f"tag {i}" for i in range(len(heard[0].tags if heard[0] else ()))),
        descriptors=np.stack([each.descriptors for each in found if each.descriptors is not None]),
    )
    authors = np.array([row["author"] for row in rows])
    return collection, authors, np.array([row["debian_package"] for row in rows])


def raw_scores(space: Space) -> Array:
    return space.vectors @ space.vectors.T


def corrected(space: Space) -> Array:
    return raw_scores(space) - (space.nearness[:, np.newaxis] + space.nearness) / 2


def retrieval(scores: Array, authors: Array, packages: Array, *, across: bool) -> str:
    """Mean average precision, recall@10 and precision@5 of clips by the same author."""
    precisions, recalls, fives = [], [], []
    everyone = np.arange(len(authors))
    for i in everyone:
        others = everyone != i
        if across:
            others &= ~((authors == authors[i]) & (packages == packages[i]))
        order = np.flatnonzero(others)
        order = order[np.argsort(-scores[i, order], kind="stable")]
        right = authors[order] == authors[i]
        if not right.any():
            continue
        hits = np.cumsum(right) / np.arange(1, len(right) + 1)
        precisions.append(hits[right].mean())
        recalls.append(right[:10].sum() / min(10, right.sum()))
        fives.append(right[:5].mean())
    return (f"MAP {np.mean(precisions):.3f}  recall@10 {np.mean(recalls):.3f}  "
            f"precision@5 {np.mean(fives):.3f}  ({len(fives)} clips)")  # fmt: skip


def hubs(indices: Array) -> str:
    """How unevenly tracks are found: skewness of how often, share that never is, and most."""
    counts = np.bincount(indices.ravel(), minlength=len(indices)).astype(float)
    skewness = ((counts - counts.mean()) ** 3).mean() / max(counts.std() ** 3, 1e-12)
    return (f"skewness {skewness:5.2f}  never found {100 * (counts == 0).mean():.2f} %  "
            f"most often {counts.max():.0f} times")  # fmt: skip


def without(space: Space) -> Space:
    """Return the space with its hubs."""
    return replace(space, nearness=np.zeros_like(space.nearness))


def standardised(values: Array) -> Array:
    deviation = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(deviation > 0, deviation, np.inf)
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)


def quality() -> None:
    if not MUSIC.is_dir():
        print("quality: no ../shared/music/authors beside this checkout")
        return
    collection, authors, packages = real()
    columns = [i for i, name in enumerate(names("descriptors")) if name.startswith("mfcc")]
    mfcc = standardised(collection.descriptors[:, columns].astype(np.float64))
    both = fit_space(collection)
    compared = {
        "MFCC statistics": mfcc @ mfcc.T,
        "networks": raw_scores(fit_space(collection, descriptor_weight=0)),
        "descriptors": raw_scores(fit_space(collection, network_weight=0)),
        "both": raw_scores(both),
        "both, hubs suppressed": corrected(both),
    }
    print("Clips of the same author, from anywhere:")
    for name, scores in compared.items():
        print(f"  {name:22} {retrieval(scores, authors, packages, across=False)}")
    print("Only from other packages (the same package may mean the same mastering):")
    for name, scores in compared.items():
        print(f"  {name:22} {retrieval(scores, authors, packages, across=True)}")
    print(f"Hubs among the first 10, before: {hubs(nearest(without(both), 10)[0])}")
    print(f"                          after: {hubs(nearest(both, 10)[0])}")
    whole = nearest(fit_space(collection, size=658), 10)[0]
    print(f"recall@10 of {both.vectors.shape[1]} against all dimensions: "
          f"{agreement(nearest(both, 10)[0], whole):.3f} (goal: 0.95)")  # fmt: skip


def agreement(found: Array, expected: Array) -> float:
    shared = [len(set(a) & set(b)) for a, b in zip(found.tolist(), expected.tolist(), strict=True)]
    return float(np.mean(shared)) / expected.shape[1]


def timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def query() -> None:
    collection = library(MANY)
    explorer = Explorer(collection)
    print(f"\n{MANY:,} tracks: the space is fitted in {timed(lambda: explorer.space):.1f} s")
    rng = np.random.default_rng(1)
    asked = rng.integers(0, MANY, QUERIES).tolist()
    explorer.similar(explorer.like(0), per_artist=2)
    times = [
        timed(lambda i=i: explorer.similar(explorer.like(i), n=20, per_artist=2)) for i in asked
    ]
    print(f"query p50 {1e3 * median(times):.1f} ms, p95 {1e3 * np.percentile(times, 95):.1f} ms "
          "(goal for p50: 20)")  # fmt: skip
    few = asked[:30]
    jobs: dict[str, Callable[[int], object]] = {
        "with reasons": lambda i: explorer.similar(explorer.like(i), n=20, why=True),
        "with a filter": lambda i: explorer.similar(explorer.like(i), where="genre=genre 7"),
        "a wide filter": lambda i: explorer.similar(explorer.like(i), where="duration>200"),
        "by words": lambda i: explorer.similar(explorer.described(f"tag {i % 40}")),
    }
    for name, job in jobs.items():
        job(0)
        typical = median(timed(partial(job, i)) for i in few)
        print(f"  {name:14} p50 {1e3 * typical:.1f} ms")

    # Against the exact order in all dimensions, of those that were asked for.
    whole = fit_space(collection, size=658)
    rows = np.array(asked)
    near = {}
    for name, space in {"reduced": explorer.space, "whole": whole}.items():
        scores = space.vectors[rows] @ space.vectors.T - space.nearness / 2
        scores[np.arange(len(rows)), rows] = -np.inf
        near[name] = np.argpartition(-scores, 10, axis=1)[:, :10]
    size = explorer.space.vectors.shape[1]
    print(f"recall@10 of {size} dimensions against all {whole.vectors.shape[1]}: "
          f"{agreement(near['reduced'], near['whole']):.3f} (goal: 0.95)")  # fmt: skip
    smaller = fit_space(library(20_000))
    artists = np.array([path.split("/")[2] for path in library(20_000).path])
    print("Hubs among the first 10 of 20,000 tracks, and how many are of the same artist:")
    for name, space in {"before": without(smaller), "after": smaller}.items():
        indices, _ = nearest(space, 10)
        same = (artists[indices] == artists[:, np.newaxis]).mean()
        print(f"  {name:6} {hubs(indices)}  precision@10 {same:.3f}")


def index() -> None:
    explorer = Explorer(library(MORE))
    print(f"\n{MORE:,} tracks: the space is fitted in {timed(lambda: explorer.space):.1f} s")
    exact = Explorer(explorer.collection, exact_up_to=MORE)
    exact.__dict__.update(space=explorer.space)
    print(f"  the index is made in {timed(lambda: explorer.similar(explorer.like(0))):.2f} s")
    exact.similar(exact.like(0))
    asked = np.random.default_rng(1).integers(0, MORE, QUERIES).tolist()
    questions: dict[str, dict[str, object]] = {
        "10 nearest": {"n": 10}, "100 nearest": {"n": 100},
        "2 per artist": {"n": 20, "per_artist": 2}, "a filter": {"where": "duration>200"},
    }  # fmt: skip
    for name, question in questions.items():
        times: dict[str, list[float]] = {"exact": [], "index": []}
        recalls = []
        for i in asked:
            found = {}
            for how, one in (("exact", exact), ("index", explorer)):
                start = time.perf_counter()
                matches = one.similar(one.like(i), **question)  # type: ignore[arg-type]
                times[how].append(time.perf_counter() - start)
                found[how] = {match.index for match in matches}
            recalls.append(len(found["index"] & found["exact"]) / len(found["exact"]))
        both = ", ".join(f"{how} p50 {1e3 * median(own):.1f} ms" for how, own in times.items())
        print(f"  {name:14} {both} (goal: 20), recall {np.mean(recalls):.3f} (goal: 0.95)")


def map_(tracks: int = MAPPED) -> None:
    explorer = Explorer(library(tracks))
    explorer.space  # noqa: B018 - fitted before the clock starts
    before = memory()
    print(f"\nMap of {tracks:,} tracks:")
    started: dict[str, float] = {}
    make_map(explorer, progress=lambda doing, _: started.setdefault(doing, time.perf_counter()))
    times = [*started.values(), time.perf_counter()]
    for phase, (first, last) in zip(started, pairwise(times), strict=True):
        print(f"  {phase:10} {last - first:6.1f} s")
    print(
        f"  memory at its peak: {memory() - before:.0f} MiB beyond the {before:.0f} of the tracks"
    )


def memory() -> float:
    """MiB that this process took at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def page() -> None:
    from playwright.sync_api import sync_playwright

    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if browser is None:
        print("page: no Chromium on this machine")
        return
    explorer = Explorer(library(MANY))
    # How tracks are laid out does not change how fast they are drawn.
    places = explorer.space.vectors[:, :2] - explorer.space.vectors[:, :2].min(axis=0)
    places = (places / places.max()).astype(np.float32)
    rng = np.random.default_rng(0)
    even = even_clusters(Explorer(library(2000)))
    labels = rng.integers(0, len(even.names), MANY).astype(np.int32)
    clusters = type(even)(labels, even.names)
    near = rng.integers(0, MANY, (MANY, 8)).astype(np.int32)
    html = render_map(explorer, Map(places, clusters, clusters, near), folder="/music")
    print(f"\nPage of {MANY:,} tracks: {len(html) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as run:
        file = Path(folder) / "map.html"
        file.write_text(html, encoding="utf-8")
        for kind, arguments in {
            "WebGL, in software": ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
            "as it chooses itself": ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        }.items():
            with run.chromium.launch(
                executable_path=browser, args=["--no-sandbox", *arguments]
            ) as opened:
                tab = opened.new_page(viewport={"width": 1280, "height": 800})
                start = time.perf_counter()
                tab.goto(file.as_uri() + ("#webgl" if kind != "as it chooses itself" else ""))
                tab.wait_for_selector("html[data-drawn]", timeout=60_000)
                ready = time.perf_counter() - start
                tab.evaluate("frameTime(3)")
                frame = tab.evaluate("frameTime(20)")
                how = tab.evaluate("document.documentElement.dataset.drawn")
                print(f"  {kind}: drawn by {how}, ready in {ready:.1f} s, {frame:.1f} ms a frame")


PARTS: dict[str, Callable[[], None]] = {
    "quality": quality, "query": query, "index": index, "map": map_,
    "large-map": partial(map_, MANY), "page": page,
}  # fmt: skip


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
