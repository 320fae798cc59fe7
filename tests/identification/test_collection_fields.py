"""What the models that come with linernotes say of a library's tracks."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from linernotes.explore import Explorer
from linernotes.explore.colours import check_colour
from linernotes.explore.filters import FilterError, Filters
from linernotes.features import names
from linernotes.identification import collection_fields
from linernotes.identification.collection_fields import shipped_model_fields
from linernotes.identification.collection_labels import CollectionLabels, label_collection
from linernotes.learning import load_model
from linernotes.learning.certainty import NONE_OF_THESE
from linernotes.learning.mood import WORDS, mood_words
from linernotes.library import Collection
from linernotes.library.analyses import EMBEDDING_LENGTH, tag_names


def library_of(count: int) -> Collection:
    random = np.random.default_rng(0)
    nothing = (None,) * count
    return Collection(
        track_id=tuple(map(str, range(count))),
        path=tuple(f"/music/{i}.ogg" for i in range(count)),
        metadata={"genre": ("Rock",) * count, "mood": nothing},
        duration=np.full(count, 200, np.float32),
        embedding=random.normal(size=(count, EMBEDDING_LENGTH)).astype(np.float32),
        tags=random.uniform(0.001, 0.6, (count, len(tag_names()))).astype(np.float32),
        tag_names=tag_names(),
        descriptors=np.zeros((count, len(names("descriptors"))), np.float32),
    )


@pytest.fixture(scope="module")
def collection() -> Collection:
    return library_of(300)


def test_moods_are_words_and_numbers(collection: Collection) -> None:
    told = shipped_model_fields(collection)
    values = label_collection(collection, load_model("mood")).values
    known = np.array([value is not None for value in told["energy"]])
    told_values = [float(value) for value in told["energy"] if value is not None]
    np.testing.assert_allclose(told_values, values[known, 0], atol=1e-5)
    assert set(told["heard_mood"]) <= {*WORDS.values(), "not sure", NONE_OF_THESE}
    words = mood_words(values)
    assert all(a == b for a, b, k in zip(told["heard_mood"], words, known, strict=True) if k)


def test_what_has_no_genre_has_no_mood(collection: Collection, monkeypatch) -> None:
    genre = load_model("genre")
    real = label_collection

    def asked(tracks, model):
        found = real(tracks, load_model("mood"))
        if model.name != "genre":
            return found
        p = np.tile(np.eye(len(genre.classes))[0], (len(tracks), 1)).astype(np.float32)
        p[::2] = 1 / len(genre.classes)
        strict = replace(genre, threshold=0.9)
        return CollectionLabels(strict, p, np.zeros(len(tracks), bool), np.ones(len(tracks), bool))

    monkeypatch.setattr(collection_fields, "label_collection", asked)
    told = shipped_model_fields(collection)
    assert set(told["heard_genre"]) == {NONE_OF_THESE, genre.classes[0]}
    assert set(told["heard_mood"][::2]) == {NONE_OF_THESE}
    assert set(told["energy"][::2]) == {None}
    assert None not in told["energy"][1::2]


def test_filters_ask_only_when_they_have_to(collection: Collection) -> None:
    asked = []

    def further():
        asked.append(1)
        return shipped_model_fields(collection)

    filters = Filters(collection, further)
    assert filters.select("genre=rock").all()
    assert not asked
    loud = filters.select("energy>0.5")
    assert loud.any()
    assert not loud.all()
    rest = filters.select('energy<=0.5 or heard_mood="none of these"')
    assert (rest ^ loud).all()
    assert filters.select("heard_mood=*").all()
    assert len(asked) == 1
    with pytest.raises(FilterError, match="did you mean valence"):
        filters.select("valense=1")


def test_similar_tracks_are_filtered_by_mood(collection: Collection) -> None:
    explorer = Explorer(collection, further=shipped_model_fields)
    found = explorer.similar(explorer.like("0"), n=50, where="energy>0.5")
    told = shipped_model_fields(collection)["energy"]
    assert found
    assert all(float(told[match.index] or 0) > 0.5 for match in found)


def test_maps_can_be_coloured_by_mood(collection: Collection) -> None:
    check_colour(collection, "energy", shipped_model_fields(collection))
    check_colour(collection, "heard_mood", shipped_model_fields(collection))


def test_ten_thousand_tracks_take_little() -> None:
    """As long as this is far below a minute, a hundred thousand take seconds."""
    tracks = library_of(10_000)
    started = time.process_time()
    shipped_model_fields(tracks)
    assert time.process_time() - started < 10
