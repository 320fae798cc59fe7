"""Recipes that hear installed networks: trained, tested, saved and asked like all others."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from networks_support import RATE, SPEC, audio_graph, high, low

from linernotes.errors import ModelError
from linernotes.evaluation import compare
from linernotes.evaluation.task import ListeningOptions
from linernotes.identification import identify
from linernotes.learning import load_model
from linernotes.learning.data import load_data
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.recipe import find_recipe, matching_recipe
from linernotes.learning.training import train
from linernotes.networks import NetworkError, install, remove

PLAIN = (
    SPEC.replace('"toy"', '"heard"')
    .replace('"MIT"', '"CC-BY-NC-4.0"')
    .replace("free = true", "free = false")
)
LICENCE = "CC-BY-NC-4.0"


@pytest.fixture(scope="module", autouse=True)
def network(tmp_path_factory):
    file = tmp_path_factory.mktemp("network") / "some.onnx"
    file.write_bytes(audio_graph())
    return install(PLAIN.encode(), files=file, accepted_licence=LICENCE)


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """Hums and hisses, by artists who do both."""
    folder = tmp_path_factory.mktemp("examples")
    rng = np.random.default_rng(4)
    for i in range(10):
        for name, make in (("low", low), ("high", high)):
            sound = make(2.0, (100 if name == "low" else 5000) * (1 + i / 20))
            sound = 0.4 * sound + 0.01 * rng.standard_normal(len(sound))
            place = folder / name / f"artist {i}"
            place.mkdir(parents=True, exist_ok=True)
            soundfile.write(place / "song.wav", sound.astype(np.float32), RATE)
    return folder


@pytest.fixture(scope="module")
def listening(tmp_path_factory):
    return ListeningOptions(cache=FeatureCache(tmp_path_factory.mktemp("cache")), workers=1)


def test_a_recipe_is_made_of_networks(network):
    recipe = find_recipe("network:heard")
    assert recipe.input_spec.inputs == ("network:heard",)
    assert matching_recipe(recipe, "numbers").label_kind == "numbers"
    both = find_recipe("network:musicnn+heard")
    assert both.input_spec.inputs == ("embedding", "tags", "descriptors", "network:heard")
    with pytest.raises(NetworkError, match="networks install other"):
        find_recipe("network:other")


@pytest.mark.slow
def test_which_ear_hears_these_labels(examples, listening):
    names = ["few", "network:heard"]
    rows = list(compare(examples, recipes=names, n_splits=2, beside=False, listening=listening))
    assert [row.recipe for row in rows] == names
    assert [row.failure for row in rows] == [None, None]
    assert rows[1].evaluation.accuracy > 0.9


@pytest.mark.slow
def test_a_card_says_how_fine_a_timeline_is(examples, listening, tmp_path):
    file = tmp_path / "some.onnx"
    file.write_bytes(audio_graph())
    install(SPEC.replace('"toy"', '"wide"').replace("= 1.0", "= 30.0").encode(), files=file)
    model = train(load_data(examples), recipe="network:wide", cache=listening.cache, workers=1)
    assert model.card.summary.endswith("over time, in sections of 30 s.")


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["network:heard", "network:musicnn+heard"])
def test_a_model_knows_what_it_hears(examples, listening, tmp_path, recipe, network):
    model = train(load_data(examples), recipe=recipe, cache=listening.cache, workers=1)
    path = tmp_path / "ear.linernotes"
    model.save(path)
    loaded = load_model(str(path))
    assert "heard" in str(loaded.input)
    assert loaded.card.summary.endswith("as a whole and over time.")
    assert any("CC-BY-NC-4.0, which is not a free licence" in line for line in loaded.describe())
    both = np.concatenate([low(30.0), high(30.0, 5600)])
    soundfile.write(tmp_path / "other.wav", 0.3 * both, RATE)
    told = identify(tmp_path / "other.wav", models=[loaded], threads=1)
    (prediction,) = told.predictions
    assert prediction.start.tolist() == [0, 10, 20, 30, 40, 50]
    assert [told.timeline.classes[i] for i in told.timeline.probabilities.argmax(axis=1)] == [
        *["low"] * 3, *["high"] * 3,
    ]  # fmt: skip
    assert set(prediction.answers) <= {"low", "high", "not sure", "none of these"}
    if recipe != "network:heard":
        return
    content = (network.folder / "network.onnx").read_bytes()
    remove("heard")
    try:
        with pytest.raises(ModelError, match="networks install heard"):
            identify(tmp_path / "other.wav", models=[loaded], threads=1)
    finally:
        file = tmp_path / "again.onnx"
        file.write_bytes(content)
        install(PLAIN.encode(), files=file, accepted_licence=LICENCE)
