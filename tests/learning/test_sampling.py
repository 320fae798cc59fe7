"""A sample of very many tracks is fair: to classes, to artists, and whatever their order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_support import TREES, examples_of

from linernotes.evaluation import evaluate
from linernotes.evaluation.comparison import compare
from linernotes.learning.recipe import find_recipe, list_recipes
from linernotes.learning.sampling import fair_sample, sampled, sampled_rows
from linernotes.learning.training import train_model

few = st.integers(0, 5)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(few, few), min_size=1, max_size=120), most=st.integers(6, 60))
def test_no_class_and_no_artist_is_crowded_out(rows: list[tuple[int, int]], most: int) -> None:
    strata, groups = np.array(rows, np.int64).T
    lots = np.random.default_rng(0).permutation(len(rows)).astype(np.uint64)
    chosen = fair_sample(strata, groups, lots, most=most)
    assert (np.diff(chosen) > 0).all()
    assert len(chosen) <= most
    if len(rows) <= most:
        assert len(chosen) == len(rows)
        return
    assert set(strata[chosen]) == set(strata)
    for stratum in set(strata):
        here = Counter(groups[strata == stratum])
        kept = Counter(groups[chosen][strata[chosen] == stratum])
        # Whoever has tracks left has as many in the sample as anybody, but for the last turn.
        left = [kept[group] for group, count in here.items() if kept[group] < count]
        assert not left or min(left) >= max(kept.values()) - 1


def test_common_classes_keep_their_share() -> None:
    strata = np.repeat([0, 1, 2], [9000, 900, 100])
    chosen = fair_sample(strata, np.arange(10_000), np.arange(10_000, dtype=np.uint64), most=1000)
    counts = np.bincount(strata[chosen])
    assert counts.sum() == 1000
    assert counts.tolist() == [869, 103, 28]  # of rare ones a few more than their share


def test_the_order_of_tracks_does_not_matter() -> None:
    targets = ["a", "b"] * 200
    paths: list[str | None] = [f"s3://bucket/{number}.mp3" for number in range(400)]
    artists: list[str | None] = [f"artist {number // 8}" for number in range(400)]
    examples = examples_of(targets, paths, artists=artists)
    turned = examples.take(np.random.default_rng(0).permutation(400))
    one, other = sampled(examples, 50), sampled(turned, 50)
    assert set(one.path) == set(other.path)
    assert one.drawn_from == 400
    assert "a sample of 50 of 400 tracks was used" in one.warnings[-1]
    assert set(sampled(examples, 50, random_state=1).path) != set(one.path)
    # Of a sample of a sample it is said of how many the first one was.
    twice = sampled(one, 20)
    assert (len(twice), twice.drawn_from, len(twice.warnings)) == (20, 400, 1)
    assert sampled_rows(examples, 400) is None
    assert sampled_rows(examples, None) is None


def test_the_test_part_of_an_official_split_is_left_whole() -> None:
    split: list[str | None] = ["train"] * 300 + ["test"] * 100
    kept = sampled(examples_of(["a", "b"] * 200, split=split), 50)
    assert Counter(kept.split) == {"train": 50, "test": 100}


def test_a_recipe_learns_from_a_sample_and_says_so_everywhere() -> None:
    rng = np.random.default_rng(0)
    targets = ["a", "b"] * 100
    values = rng.normal(size=(200, 56)).astype(np.float32)
    values[::2] += 2
    artists: list[str | None] = [f"artist {number // 4}" for number in range(200)]
    examples = examples_of(targets, features={"extracted": values}, artists=artists)
    recipe = replace(TREES, most_tracks=80)
    made = train_model(examples, recipe=recipe, cache=False)
    assert made.model.training is not None
    assert sum(made.model.training.tracks) == len(made.examples) == 80
    assert "a sample of 200 tracks" in made.model.training.split
    assert any("a sample of 200 tracks" in line for line in made.model.card.data)
    assert "a sample of 80 of 200 tracks was used" in made.examples.warnings[-1]
    again = train_model(examples, recipe=recipe, cache=False)
    assert again.model.estimator == made.model.estimator
    found = evaluate(recipe, examples)
    assert len(found.predictions.truth) == 80
    assert any("a sample of 80 of 200 tracks" in text for text in found.warnings)
    (row,) = compare(examples, recipes=[recipe])
    assert row.evaluation is not None
    assert len(row.evaluation.predictions.truth) == 80
    grouped = train_model(
        examples, recipe=recipe, cache=False, groups=np.arange(200, dtype=np.int64) // 2
    )
    assert grouped.model.training is not None
    assert 40 <= (grouped.model.training.groups or 0) <= 80


@pytest.mark.parametrize("name", list_recipes())
def test_no_recipe_takes_all_the_memory_that_there_is(name: str) -> None:
    recipe = find_recipe(name)
    assert recipe.most_tracks is not None
    assert recipe.as_dict()["most_tracks"] == recipe.most_tracks
