from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from explore_support import make_collection

from linernotes.explore.neighbours import nearest
from linernotes.explore.space import Space, fit_space
from linernotes.library import Collection


@pytest.fixture(scope="module")
def collection() -> Collection:
    return make_collection(600, artists=40)


@pytest.fixture(scope="module")
def space(collection: Collection) -> Space:
    return fit_space(collection)


def all_scores(space: Space) -> np.ndarray:
    return np.stack([space.scores(vector) for vector in space.vectors])


def test_vectors_are_directions(space: Space) -> None:
    assert space.vectors.shape == (600, 192)
    assert space.vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(space.vectors, axis=1), 1, atol=1e-5)


def test_the_same_collection_gives_the_same_numbers(collection: Collection, space: Space) -> None:
    again = fit_space(collection)
    np.testing.assert_array_equal(again.vectors, space.vectors)
    np.testing.assert_array_equal(again.nearness, space.nearness)


def test_tracks_are_placed_where_they_are(collection: Collection, space: Space) -> None:
    placed = space.fit.project(collection.embedding[:5], collection.descriptors[:5])
    np.testing.assert_allclose(placed, space.vectors[:5], atol=1e-5)


def test_what_does_not_vary_and_gain_of_columns_do_not_matter(collection: Collection) -> None:
    rng = np.random.default_rng(0)
    stretched = collection.descriptors * rng.uniform(0.1, 1000, 261).astype(np.float32)
    stretched += 50
    other = fit_space(dataclasses.replace(collection, descriptors=stretched))
    same = fit_space(collection)
    np.testing.assert_allclose(
        other.vectors @ other.vectors.T, same.vectors @ same.vectors.T, atol=0.01
    )


def test_deviations_of_embeddings_and_the_tonic_are_left_out(collection: Collection) -> None:
    embedding = collection.embedding.copy()
    embedding[:, 200:400] = 7
    embedding[:, 600:] = -3
    other = fit_space(dataclasses.replace(collection, embedding=embedding))
    np.testing.assert_array_equal(other.vectors, fit_space(collection).vectors)


def test_missing_numbers_do_not_spread(collection: Collection) -> None:
    descriptors = collection.descriptors.copy()
    descriptors[3, 5] = np.nan
    assert np.isfinite(
        fit_space(dataclasses.replace(collection, descriptors=descriptors)).vectors
    ).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7])
def test_few_tracks(n: int) -> None:
    space = fit_space(make_collection(n))
    assert space.vectors.shape[0] == n
    assert np.isfinite(space.vectors).all()
    assert np.isfinite(space.nearness).all()
    indices, scores = nearest(space, 5)
    assert indices.shape == scores.shape == (n, max(0, min(5, n - 1)))


def test_in_a_small_collection_the_last_digits_decide_nothing() -> None:
    small = make_collection(6)
    rounded = dataclasses.replace(
        small, descriptors=small.descriptors * (1 + 1e-7 * (-1) ** np.arange(261, dtype=np.float32))
    )
    other = make_collection(3, random_state=1)
    one, two = (
        fit_space(each).fit.project(other.embedding, other.descriptors) @ fit_space(each).vectors.T
        for each in (small, rounded)
    )
    np.testing.assert_allclose(one, two, atol=1e-4)


def test_likeness_is_mutual(space: Space) -> None:
    # Of members of the sample the own nearness leaves out the track itself, as it must; asked
    # for from outside it would find itself.
    raw = space.vectors @ space.vectors.T
    scores = raw - (space.nearness[:, np.newaxis] + space.nearness) / 2
    np.testing.assert_allclose(scores, scores.T, atol=1e-6)
    order = np.argsort(-all_scores(space), axis=1)[:, :20]
    assert (order[:, 0] == np.arange(600)).mean() > 0.99


def test_hubs_are_suppressed(space: Space) -> None:
    n = len(space.vectors)
    raw = space.vectors @ space.vectors.T
    corrected = raw - (space.nearness[:, np.newaxis] + space.nearness) / 2

    def skewness(scores: np.ndarray) -> float:
        scores = scores - 10 * np.eye(n)
        top = np.argsort(-scores, axis=1)[:, :10]
        counts = np.bincount(top.ravel(), minlength=n).astype(float)
        return float(((counts - counts.mean()) ** 3).mean() / counts.std() ** 3)

    assert skewness(raw) > 0.4
    assert abs(skewness(corrected)) < 0.6 * skewness(raw)


def test_nearest_is_exact(space: Space) -> None:
    indices, scores = nearest(space, 10)
    whole = space.vectors @ space.vectors.T - (space.nearness[:, np.newaxis] + space.nearness) / 2
    whole = (whole + 1) / 2
    np.fill_diagonal(whole, -np.inf)
    expected = -np.sort(-whole, axis=1)[:, :10]
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert (indices != np.arange(600)[:, np.newaxis]).all()
    np.testing.assert_allclose(np.take_along_axis(whole, indices, axis=1), scores, atol=1e-5)


def test_fewer_dimensions_find_the_same(collection: Collection, space: Space) -> None:
    whole = fit_space(collection, size=658)
    ours, all_of_it = nearest(space, 10)[0], nearest(whole, 10)[0]
    shared = [len(set(a) & set(b)) / 10 for a, b in zip(ours, all_of_it, strict=True)]
    assert np.mean(shared) >= 0.95


def test_weights_choose_what_counts(collection: Collection) -> None:
    heard = fit_space(collection, descriptor_weight=0)
    louder = dataclasses.replace(collection, descriptors=collection.descriptors[::-1].copy())
    np.testing.assert_allclose(
        fit_space(louder, descriptor_weight=0).vectors, heard.vectors, atol=1e-5
    )


def test_artists_come_together(collection: Collection, space: Space, tmp_path: Path) -> None:
    artists = np.array(collection.metadata["artist"])
    indices, _ = nearest(space, 5)
    assert (artists[indices] == artists[:, np.newaxis]).mean() > 0.6


def test_neighbours_of_many_are_nearly_all_found() -> None:
    """Beyond a number of tracks the first axes say which are worth a look."""
    space = fit_space(make_collection(5000, artists=100, factors=150))
    indices, scores = nearest(space, 10)
    shares: list[float] = []
    found, its_scores = nearest(space, 10, exact_up_to=1000, progress=shares.append)
    shared = [len(set(a) & set(b)) for a, b in zip(indices.tolist(), found.tolist(), strict=True)]
    assert np.mean(shared) / 10 > 0.97
    assert (np.diff(its_scores, axis=1) <= 0).all()
    assert not (found == np.arange(5000)[:, np.newaxis]).any()
    same = indices[:, 0] == found[:, 0]
    np.testing.assert_allclose(scores[same, 0], its_scores[same, 0], atol=1e-5)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    again, _ = nearest(space, 10, exact_up_to=1000)
    np.testing.assert_array_equal(found, again)
