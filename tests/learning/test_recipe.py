"""Recipes are found by name, and say what they are and what they lack."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain

import pytest

from linernotes.learning.recipe import (
    EXTRAS,
    MissingExtraError,
    RecipeNotFoundError,
    find_recipe,
    list_recipes,
)

# All pipelines that linernotes replaces.
PUBLISHED = (
    "producer-knn", "extracted-svc", "spotify-svc", "mfcc-cnn", "fma-logreg", "fma-forest",
    "fma-gboost", "fma-adaboost", "fma-knn", "mfcc-logreg", "mfcc-image-cnn", "multi-input",
    "style-nn", "style-xgb", "style-cnn", "style-joined", "style-all",
)  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_pipeline_has_a_recipe_that_says_what_it_reproduces(name: str) -> None:
    recipe = find_recipe(name)
    assert recipe.name == name
    assert recipe.reproduces
    assert recipe.model


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("producer-knn", ["44 %"]),
        ("extracted-svc", ["84.2 %", "56.5 %"]),
        ("spotify-svc", ["78.4 %", "50.6 %"]),
        ("fma-logreg", ["57.7 %"]),
        ("fma-forest", ["42.4 %"]),
        ("fma-gboost", ["48.2 %"]),
        ("fma-adaboost", ["42.3 %"]),
        ("fma-knn", ["46.8 %"]),
        ("mfcc-logreg", ["52.2 %"]),
        ("mfcc-image-cnn", ["35 %"]),
        ("style-nn", ["96 %", "both sides"]),
        ("style-xgb", ["92 %", "both sides"]),
        ("style-cnn", ["94 %", "both sides"]),
    ],
)
def test_published_figures_are_named(name: str, figures: list[str]) -> None:
    assert all(figure in find_recipe(name).reproduces for figure in figures)


def test_only_the_extracted_features_limit_over_fitting() -> None:
    limits = {name: find_recipe(name).tolerance for name in list_recipes()}
    assert limits.pop("extracted-svc") == 0.05
    assert set(limits.values()) == {None}


def test_style_recipes_skip_the_intro_and_take_chunks_of_half_a_minute() -> None:
    for name in PUBLISHED:
        clips = find_recipe(name).input_spec.clips
        if name.startswith("style"):
            assert clips is not None
            assert (clips.seconds, clips.skip_intro) == (30.0, 30.0)


def test_every_recipe_is_a_list_of_few_settings_ready_for_json() -> None:
    for name in list_recipes():
        listed = json.loads(json.dumps(find_recipe(name).as_dict()))
        assert {"name", "features", "model", "reproduces", "settings", "extras"} <= set(listed)
        assert len(listed["settings"]) <= 6
        assert all(1 <= len(tried) <= 6 for tried in listed["parts"].values())


def test_a_wrong_name_lists_the_right_ones() -> None:
    with pytest.raises(RecipeNotFoundError, match=r"no recipe 'fma-svm'; choose from .*fma-knn"):
        find_recipe("fma-svm")


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXTRAS, "neural", "no_such_package")
    recipe = replace(find_recipe("style-nn"), extras=("neural",))
    assert recipe.missing == ("neural",)
    with pytest.raises(MissingExtraError, match=r"pip install 'linernotes\[neural\]'") as caught:
        recipe.make()
    assert caught.value.code == "missing-extra"


def test_settings_of_the_search_are_settings_of_the_estimator() -> None:
    for name in list_recipes():
        recipe = find_recipe(name)
        if recipe.missing:
            continue
        for settings in (*recipe.search, *chain.from_iterable(recipe.parts.values())):
            made = recipe.make(random_state=3, settings=settings).get_params()
            assert {key: made[key] for key in settings} == dict(settings)
