"""Finished models, on tables and on sound."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from evaluation_support import linear, made_examples

from linernotes.datasets.examples import Examples
from linernotes.errors import ModelError
from linernotes.evaluation.evaluating import evaluate
from linernotes.evaluation.report import write_report
from linernotes.learning import Model, load_model
from linernotes.learning.fingerprints import no_fingerprints
from linernotes.learning.training import train


@pytest.fixture(scope="module")
def model() -> Model:
    return train(made_examples(), recipe=linear(), cache=False, name="known")


def test_a_model_remembers_what_it_learned_from_and_that_is_said(model: Model) -> None:
    found = evaluate(model, made_examples())
    assert found.finished
    assert found.accuracy == 1
    (said,) = found.warnings
    assert said.startswith("80 of 80 tracks tested are among those that the model has learned from")
    assert found.beside is None
    assert found.predictions.gap is None
    assert (found.predictions.n_train, found.as_dict()["n_test"]) == (80, 80)
    assert "a finished model on tracks given; 80 tracks tested" in "\n".join(found.lines())
    assert "does not keep what it has learned from" not in " ".join(found.unknown)


def test_the_tracks_count_not_what_they_are_called(model: Model) -> None:
    others = made_examples(random_state=1)
    assert evaluate(model, others).warnings == ()
    values = others.features["descriptors"].copy()
    values[:20] = made_examples().features["descriptors"][:20]
    mixed = dataclasses.replace(others, features={"descriptors": values}, name="elsewhere")
    found = evaluate(model, mixed)
    (said,) = found.warnings
    assert said.startswith("20 of 80 tracks tested are among those")
    right = (found.predictions.answer == found.predictions.truth)[20:].mean()
    assert said.endswith(f"of the others it is right about {right:.1%}")


def test_of_a_model_without_fingerprints_the_name_of_the_data_tells(model: Model) -> None:
    old = dataclasses.replace(model, learned_from=no_fingerprints())
    found = evaluate(old, made_examples())
    assert any("learned from made up" in warning for warning in found.warnings)
    assert "does not keep what it has learned from" in found.unknown[0]
    elsewhere = dataclasses.replace(made_examples(), name="elsewhere")
    assert evaluate(old, elsewhere).warnings == ()


def test_only_the_test_part_of_an_official_split_is_used(model: Model) -> None:
    examples = made_examples()
    split = tuple(("train", "train", "test")[i % 3] for i in range(len(examples)))
    found = evaluate(model, dataclasses.replace(examples, split=split))
    assert found.predictions.split == "official"
    assert len(found.predictions.truth) == split.count("test")
    assert set(found.examples.split) == {"test"}


def test_classes_that_it_does_not_know_are_always_wrong(model: Model) -> None:
    examples = made_examples()
    target = tuple("tango" if name == "class 1" else name for name in examples.target)
    found = evaluate(model, dataclasses.replace(examples, target=target, name="tango too"))
    assert found.accuracy == pytest.approx(0.75)
    assert any("tango" in warning for warning in found.warnings)
    assert sum(map(sum, found.predictions.scores.confusion)) == 60
    none = dataclasses.replace(examples, target=("tango",) * len(examples))
    with pytest.raises(ModelError, match="its own classes"):
        evaluate(model, none)


def test_the_page_about_a_model(model: Model, tmp_path: Path) -> None:
    found = evaluate(model, made_examples(artist_effect=0.5))
    write_report(found, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "by the model <bdi>known</bdi>" in page
    assert "A learning curve needs a recipe" in page
    assert "What it listens to" in page
    assert found.diagnostics.coordinates.shape == (80, 2)


def test_gaps_in_a_table_are_left_out(model: Model) -> None:
    examples = made_examples()
    values = examples.features["descriptors"].copy()
    values[3, 3] = np.inf
    found = evaluate(model, dataclasses.replace(examples, features={"descriptors": values}))
    assert len(found.predictions.truth) == 79
    assert [each.code for each in found.left_out] == ["nan-features"]
    nothing = dataclasses.replace(examples, features={})
    with pytest.raises(ModelError, match="could be heard"):
        evaluate(model, nothing)


@pytest.mark.slow
def test_a_model_that_listens_window_by_window(song_files: dict[str, Path]) -> None:
    paths = (str(song_files["flac"]), str(song_files["ogg"]), "gone.mp3", None)
    nothing = (None,) * 4
    examples = Examples("genre", ("jazz", "rock", "jazz", "pop"), paths, nothing, nothing, nothing,
                        {}, nothing)  # fmt: skip
    model = load_model(Path(__file__).parents[1] / "learning" / "models" / "genre-1.linernotes")
    found = evaluate(model, examples)
    assert (found.recipe, len(found.predictions.truth)) == ("genre", 2)
    assert found.predictions.classes == model.classes
    assert sorted(each.code for each in found.left_out) == ["no-audio", "unreadable"]
    assert np.allclose(found.predictions.probabilities.sum(axis=1), 1, atol=1e-5)
