"""What trained models say of a library's tracks, and the commands that ask them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from learning_support import (
    MARGIN,
    PLAIN,
    RIDGE,
    WINDOW_MODEL,
    examples_of,
    load_window_model,
    make_track,
    numbered_examples,
    write_tracks,
)
from support import linernotes

from linernotes import Library, identify
from linernotes.datasets.examples import Numbers
from linernotes.errors import ModelError
from linernotes.explore.filters import Filters
from linernotes.identification.collection_fields import free_field_name, with_model_fields
from linernotes.identification.collection_labels import check_library_model, label_collection
from linernotes.learning.certainty import NONE_OF_THESE
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.training import train

KINDS = ("hum", "noise", "whistle")


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    return write_tracks(tmp_path_factory.mktemp("music"), KINDS, 4)


@pytest.fixture(scope="module")
def place(music, tmp_path_factory):
    place = tmp_path_factory.mktemp("library") / "library"
    Library(place).scan([*music.path], workers=1)
    return place


@pytest.fixture(scope="module")
def model(music, place):
    recipe = replace(MARGIN, input_spec=InputSpec(("embedding", "descriptors")))
    trained = train(music, recipe=recipe, cache=False, library=Library(place).collection())
    return replace(trained, name="My Kinds")


@pytest.fixture(scope="module")
def levels(music, place):
    """A model of two numbers: how hissing a track is, and its place in the alphabet."""
    values = [[float("noise" in path), float(i)] for i, path in enumerate(music.path)]
    numbers = Numbers(("hiss", "genre"), np.array(values))
    recipe = replace(RIDGE, input_spec=InputSpec(("embedding", "descriptors")))
    examples = numbered_examples(numbers, paths=list(music.path))
    return train(examples, recipe=recipe, name="levels", cache=False,
                 library=Library(place).collection())  # fmt: skip


def test_export_tells_what_was_heard_without_being_asked(place, tmp_path):
    import csv

    linernotes("export", tmp_path / "all.csv", "--library", place)
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"energy", "valence", "heard_mood", "heard_genre"} <= set(rows[0])
    for row in rows:  # what is no music has no mood
        none = row["heard_genre"] == NONE_OF_THESE
        assert (row["energy"] == "") == (row["heard_mood"] == NONE_OF_THESE) == none
    found = linernotes(
        "similar",
        rows[0]["path"],
        "--library",
        place,
        "--where",
        "heard_mood=*",
        "-n",
        "3",
        "--json",
    )
    assert found.returncode == 0, found.stderr
    assert len(found.stdout.splitlines()) == 3


def test_numbers_become_fields_that_filters_compare(place, levels, music):
    collection = Library(place).collection()
    values = label_collection(collection, levels)
    table, numbers, licences = with_model_fields(collection, [levels])
    assert licences == {}
    assert numbers == ("hiss", "heard_genre")
    told = [float(text) for text in table.metadata["hiss"]]
    np.testing.assert_allclose(told, values.values[:, 0], atol=1e-5)
    loud = Filters(table).select("hiss>=0.5")
    assert [collection.path[i] for i in np.flatnonzero(loud)] == [
        path for path in collection.path if "noise" in path
    ]
    row = collection.path.index(music.path[5])
    heard = identify(music.path[5], models=[levels])
    np.testing.assert_allclose(heard.predictions[0].values, values.values[row], atol=1e-4)


def test_numbers_are_counted_by_fifths_of_their_range(place, levels):
    counts = label_collection(Library(place).collection(), levels).counts()
    assert len(counts) == 10
    assert sum(counts.values()) == 24
    assert counts["hiss 0.00 to 0.20"] == 8
    assert counts["hiss 0.80 to 1.00"] == 4


def test_a_track_without_numbers_has_no_value(place, levels):
    collection = Library(place).collection()
    embedding = collection.embedding.copy()
    embedding[0, 3] = np.nan
    odd = replace(collection, embedding=embedding)
    values = label_collection(odd, levels)
    assert np.isnan(values.values[0]).all()
    assert sum(values.counts().values()) == 22
    assert with_model_fields(odd, [levels])[0].metadata["hiss"][0] is None
    near = values.nearness(values.values[1])
    assert near[0] == 0
    assert near[1] == pytest.approx(1)
    assert np.isfinite(near).all()


def test_two_answers_of_one_name_are_kept_apart():
    assert free_field_name("genre", {"genre": (), "heard_genre": ()}) == "heard_heard_genre"


@pytest.mark.slow
def test_all_tracks_are_tableas_identify_does(place, model, music):
    collection = Library(place).collection()
    labels = label_collection(collection, replace(model, threshold=0.0))
    assert labels.counts() == dict.fromkeys(KINDS, 4)
    row = collection.path.index(music.path[5])
    heard = identify(music.path[5], models=[model]).predictions[0]
    np.testing.assert_allclose(heard.probabilities, labels.probabilities[row], atol=1e-6)


def test_labels_become_fields(place, model):
    collection = Library(place).collection()
    told = with_model_fields(collection, [model, replace(model, name="genre", threshold=1.0)])[0]
    assert set(told.metadata["my_kinds"]) <= {*KINDS, NONE_OF_THESE, "not sure"}
    assert set(told.metadata["heard_genre"]) == {NONE_OF_THESE}
    assert told.metadata["genre"] == collection.metadata["genre"]
    for odd in ("ジャンル", "1st"):
        assert free_field_name(odd, {}).startswith("heard_")


def test_numbers_that_are_none_are_no_answer(place, model):
    collection = Library(place).collection()
    embedding = collection.embedding.copy()
    embedding[0, 3] = np.nan
    labels = label_collection(replace(collection, embedding=embedding), model)
    np.testing.assert_allclose(labels.probabilities[0], 1 / 3)


def test_models_that_hear_something_else_are_refused(music):
    features = {"extracted": np.random.default_rng(0).normal(size=(12, 56)).astype(np.float32)}
    clips = train(examples_of(list(music.target), features=features), recipe=PLAIN, cache=False)
    for other, says in (
        (clips, "which a library does not keep"),
        (load_window_model(), "window by window"),
    ):
        with pytest.raises(ModelError, match=says):
            check_library_model(other)


@pytest.mark.slow
def test_the_commands_take_models(place, model, music, tmp_path):
    model = replace(model, threshold=0.0)
    file = tmp_path / "kinds.linernotes"
    model.save(file)
    scanned = linernotes("scan", *music.path, "--library", place, "--model", file, "--json")
    assert scanned.returncode == 0, scanned.stderr
    assert json.loads(scanned.stdout)["models"] == {"My Kinds": dict.fromkeys(KINDS, 4)}

    found = linernotes(
        "similar", music.path[0], "--library", place, "--model", file, "--json",
        "--where", "my_kinds!=noise", "-n", 3,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    paths = [json.loads(line)["path"] for line in found.stdout.splitlines()]
    assert paths
    assert not any("noise" in path for path in paths)
    assert "hum" in paths[0]

    done = linernotes("export", tmp_path / "table.csv", "--library", place, "--model", file)
    assert done.returncode == 0, done.stderr
    assert '"my_kinds"' in (tmp_path / "table.csv").read_text().splitlines()[0]

    refused = linernotes("scan", *music.path, "--library", place, "--model", WINDOW_MODEL)
    assert refused.returncode == 2
    assert "window by window" in refused.stderr


@pytest.mark.slow
def test_a_track_from_elsewhere_is_heard_for_the_model(place, model, tmp_path):
    import soundfile

    path = tmp_path / "elsewhere.wav"
    soundfile.write(path, make_track("whistle", 60), 22050)
    model.save(tmp_path / "kinds.linernotes")
    found = linernotes(
        "similar", path, "--library", place, "--model", tmp_path / "kinds.linernotes", "--json"
    )
    assert found.returncode == 0, found.stderr
    first = json.loads(found.stdout.splitlines()[0])
    assert "whistle" in first["path"]
