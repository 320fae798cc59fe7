from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from learning_support import MARGIN, PLAIN, TREES, examples_of, make_material, write_tracks

from linernotes.errors import ModelError, SourceError
from linernotes.learning import load_model
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.training import train, train_model

TABLE = replace(PLAIN, input_spec=InputSpec(("extracted",)))


def table(classes: int = 3, tracks: int = 60, **options):
    matrix, target = make_material(classes, tracks, apart=2.5)
    return examples_of(target, features={"extracted": matrix.values}, **options)


@pytest.mark.parametrize("recipe", [TABLE, TREES, MARGIN])
def test_a_model_comes_back_from_its_file_as_it_was(recipe, tmp_path):
    examples = table()
    trained = train_model(examples, recipe=recipe, cache=False)
    trained.model.save(tmp_path / "m.linernotes")
    back = load_model(tmp_path / "m.linernotes")
    assert back.as_dict() == trained.model.as_dict()
    assert back.training == trained.model.training
    assert back.threshold == trained.model.threshold
    p = back.predict_tracks(trained.matrix)
    np.testing.assert_array_equal(p, trained.model.predict_tracks(trained.matrix))
    np.testing.assert_allclose(p, trained.fitted.predict(trained.matrix), atol=1e-4)
    assert (np.array(back.classes)[p.argmax(axis=1)] == examples.target).mean() > 0.9
    json.dumps(back.as_dict(), allow_nan=False)


def test_the_same_command_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        train(table(), recipe=TREES, random_state=7, cache=False).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    train(table(), recipe=TREES, random_state=8, cache=False).save(tmp_path / "other")
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()


def test_from_files_to_a_model(tmp_path):
    examples = write_tracks(tmp_path, ("hum", "noise"), 3)
    trained = train_model(examples, recipe=PLAIN, cache=FeatureCache(tmp_path / "cache"), workers=1)
    assert trained.model.training.tracks == (3, 3)
    assert trained.model.training.rows == 12
    p = trained.model.predict_tracks(trained.matrix)
    assert p.argmax(axis=1).tolist() == [0, 0, 0, 1, 1, 1]


def test_what_cannot_be_learned_from_is_left_out_and_listed():
    examples = table(3, 30)
    values = examples.features["extracted"].copy()
    values[4] = np.inf
    examples = replace(
        examples,
        target=("alone", *examples.target[1:]),
        features={"extracted": values, "fma": np.full((30, 518), np.nan, np.float32)},
        split=("train",) * 20 + ("test",) * 10,
    )
    trained = train_model(examples, recipe=TABLE, cache=False)
    codes = [entry.code for entry in trained.examples.left_out]
    assert codes.count("nan-features") == 1
    assert codes.count("outside-split") == 10
    assert "alone" not in trained.model.classes
    assert sum(trained.model.training.tracks) == 18 == len(trained.examples)
    assert trained.model.training.left_out == {
        code: codes.count(code) for code in sorted(set(codes))
    }
    assert "test part" in trained.model.training.split
    assert any("Left out: 12" in line for line in trained.model.describe())


def test_artists_are_held_together():
    artists = [f"artist {i // 4}" for i in range(60)]
    grouped = train(table(artists=artists), recipe=TABLE, cache=False)
    assert grouped.training.groups == 15
    by_number = train(table(artists=artists), recipe=TABLE, groups=np.arange(60) // 4, cache=False)
    assert by_number.training == grouped.training
    nobody = train(table(), recipe=TABLE, cache=False)
    assert nobody.training.groups is None
    assert any("figures flatter" in line for line in nobody.describe())


def test_labels_with_odd_characters(tmp_path):
    names = {
        "class 0": "R&B\t/\n💃🏽 ",
        "class 1": "ドラム\u00a0ン",
        "class 2": "<b>\x1b[31m" + "x" * 90,
    }
    examples = table()
    examples = replace(examples, target=tuple(names[t] for t in examples.target), label="ge\nre")
    model = train(examples, recipe=TABLE, cache=False)
    model.save(tmp_path / "odd.linernotes")
    back = load_model(tmp_path / "odd.linernotes")
    assert back.classes == model.classes
    assert not any("\x1b" in line or "\n" in line for line in back.describe())
    too_long = replace(examples, target=tuple(t * 30 for t in examples.target))
    with pytest.raises(ModelError, match="shorten"):
        train(too_long, recipe=TABLE, cache=False)


def test_nothing_to_tell_apart_is_said():
    with pytest.raises(SourceError, match="class"):
        train(table(1, 10), recipe=TABLE, cache=False)


def test_no_audio_and_no_features_is_said():
    with pytest.raises((SourceError, ModelError)):
        train(examples_of(["a", "b"] * 5), recipe=TABLE, cache=False)


def test_scores_can_be_put_on_the_card(genre):
    model = train(table(), recipe=TABLE, cache=False)
    scores = replace(genre.card.scores[0], recall=(1.0,) * 3, precision=(1.0,) * 3, confusion=())
    told = model.with_scores(scores, test_looks=2)
    assert told.card.test_looks == 2
    assert any("accuracy" in line for line in told.describe())
    assert model.card.scores == ()


def test_a_hundred_classes(tmp_path):
    matrix, target = make_material(100, 300, apart=3.0)
    examples = examples_of(target, features={"extracted": matrix.values})
    model = train(examples, recipe=TREES, cache=False)
    model.save(tmp_path / "m.linernotes")
    assert len(load_model(tmp_path / "m.linernotes").classes) == 100
