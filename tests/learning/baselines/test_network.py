"""Networks learn, stop in time, leave torch as it was, and are plain arrays afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone

from linernotes.learning.baselines.network import Network
from linernotes.learning.baselines.network_layers import NumberBranch, PictureBranch

torch = pytest.importorskip("torch", reason="needs the extra neural, which is not installed")


def blobs(rows: int, *, columns: int = 6) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    rng = np.random.default_rng(0)
    target = np.arange(rows) % 3
    values = rng.normal(size=(rows, columns)) + 4 * np.eye(3, columns)[target]
    return values.astype(np.float32), target


def stripes(rows: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Pictures of 8 x 16 with a line: lying, at any height, or upright, at any place."""
    rng = np.random.default_rng(1)
    target = np.arange(rows) % 2
    pictures = rng.normal(0, 0.1, (rows, 8, 16))
    for picture, upright in zip(pictures, target, strict=True):
        if upright:
            picture[:, rng.integers(16)] += 1
        else:
            picture[rng.integers(8)] += 1
    return pictures.reshape(rows, -1).astype(np.float32), target


def test_numbers_are_told_apart_whatever_their_scale() -> None:
    values, target = blobs(200)
    values = values * np.float32([1e-4, 1, 1e5, 1, 1, 1]) + np.float32([0, 0, 1e6, 0, 0, 0])
    network = Network((NumberBranch(6, (8,)),)).fit(values[:120], target[:120])
    assert (network.predict(values[120:]) == target[120:]).mean() > 0.9


def test_pictures_are_told_apart_by_shapes_wherever_they_are() -> None:
    values, target = stripes(240)
    network = Network((PictureBranch(8, 16, channels=(8, 8), pool=(2, 2)),), epochs=30)
    network.fit(values[:160], target[:160])
    assert (network.predict(values[160:]) == target[160:]).mean() > 0.9


def test_branches_take_their_columns_in_order_and_both_count() -> None:
    pictures, upright = stripes(240)
    numbers, blob = blobs(240)
    values, target = np.hstack([pictures, numbers]), 3 * upright + blob
    branches = (PictureBranch(8, 16, channels=(8, 8), pool=(2, 2)), NumberBranch(6))
    network = Network(branches, epochs=40).fit(values[:180], target[:180])
    assert (network.predict(values[180:]) == target[180:]).mean() > 0.8


def test_labels_may_be_names() -> None:
    values, target = blobs(60)
    names = np.array(["jazz", "rock", "dub"])[target]
    network = Network((NumberBranch(6),)).fit(values, names)
    assert network.classes_.tolist() == ["dub", "jazz", "rock"]
    assert (network.predict(values) == names).mean() > 0.9
    np.testing.assert_allclose(network.predict_proba(values).sum(axis=1), 1, atol=1e-6)


def test_a_column_that_never_changes_tells_nothing() -> None:
    values, target = blobs(60)
    values[:, 5] = 1e6
    network = Network((NumberBranch(6),)).fit(values, target)
    assert np.isfinite(network.predict_proba(values)).all()


def test_training_stops_when_held_out_rows_get_no_better() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(800, 6)).astype(np.float32)
    guess = rng.integers(0, 2, 800)  # nothing can be learned
    network = Network((NumberBranch(6, (64,)),), epochs=200, patience=3).fit(values, guess)
    assert network.trained_.epochs < 100
    short = Network((NumberBranch(6, (64,)),), epochs=7, patience=3).fit(values[:100], guess[:100])
    assert short.trained_.epochs == 7


def test_numbers_are_the_same_whatever_went_on_before() -> None:
    values, target = stripes(60)
    network = Network((PictureBranch(8, 16, channels=(4,), pool=(2, 2)),), epochs=4, random_state=3)
    first = network.fit(values, target).predict_proba(values)
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    try:
        torch.set_num_threads(before[0] + 1)
        torch.manual_seed(99)
        expected = torch.rand(1)
        torch.manual_seed(99)
        again = clone(network).fit(values, target).predict_proba(values)
        assert torch.get_num_threads() == before[0] + 1
        assert torch.rand(1) == expected
    finally:
        torch.set_num_threads(before[0])
    assert torch.are_deterministic_algorithms_enabled() == before[1]
    np.testing.assert_array_equal(again, first)
    other = clone(network).set_params(random_state=4).fit(values, target).predict_proba(values)
    assert not np.array_equal(other, first)


def test_rows_are_answered_alone_as_in_company() -> None:
    values, target = stripes(300)
    network = Network((PictureBranch(8, 16, shrink=(1, 2), channels=(4,), pool=(2, 2)),), epochs=2)
    network.fit(values, target)
    whole = network.predict_proba(values)
    np.testing.assert_allclose(network.predict_proba(values[200:201]), whole[200:201], atol=1e-6)
    assert network.predict_proba(values[:0]).shape == (0, 2)


def test_what_is_learned_from_stays_as_it_is() -> None:
    values, target = blobs(60)
    before = values.copy()
    Network((NumberBranch(6),)).fit(values, target).predict(values)
    np.testing.assert_array_equal(values, before)


def test_a_network_keeps_no_torch() -> None:
    values, target = stripes(40)
    network = Network((PictureBranch(8, 16, channels=(4, 4), pool=(2, 2)),), epochs=1)
    (branch,) = network.fit(values, target).trained_.branches
    assert [layer.weight.shape for layer in branch.layers] == [(4, 1, 3, 3), (4, 4, 3, 3)]
    assert all(isinstance(layer.bias, np.ndarray) for layer in branch.layers)


@pytest.mark.parametrize(
    ("branches", "columns", "classes", "message"),
    [
        ((NumberBranch(5),), 6, 2, "takes 5 columns"),
        ((NumberBranch(6),), 6, 1, "at least two classes"),
        ((PictureBranch(2, 3, pool=(2, 2)),), 6, 2, "too small"),
    ],
)
def test_what_does_not_fit_is_refused(
    branches: tuple[NumberBranch | PictureBranch], columns: int, classes: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Network(branches).fit(np.ones((8, columns), np.float32), np.arange(8) % classes)
