"""Knowing tracks again that a model has learned from."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import mutagen
import numpy as np
import pytest
from learning_support import PLAIN, examples_of, make_material, write_tracks

from linernotes.learning import load_model
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.fingerprints import (
    MOST,
    decode,
    distinct_fingerprints,
    encode,
    fingerprints_of,
)
from linernotes.learning.training import train
from linernotes.library.content import track_id


def test_audio_is_known_again_wherever_it_lies_and_whatever_its_tags(tmp_path: Path) -> None:
    examples = write_tracks(tmp_path, ("hum", "noise"), 2)
    nothing = make_material(2, 4)[0]
    first = fingerprints_of(examples, nothing)
    assert len(set(first.tolist())) == 4
    for path in map(Path, filter(None, examples.path)):
        tagged = mutagen.File(path)
        tagged.add_tags()
        tagged.tags.add(mutagen.id3.TIT2(text="another name"))
        tagged.save()
        path.rename(path.with_name(f"moved {path.name}"))
    moved = tuple(
        str(Path(path).with_name(f"moved {Path(path).name}")) for path in examples.path if path
    )
    again = fingerprints_of(replace(examples, path=moved), nothing)
    assert again.tolist() == first.tolist()
    # As a library knows them, files and all that was heard may be gone.
    ids = tuple(map(track_id, moved))
    known = replace(examples, track_id=ids, path=(None,) * 4)
    assert fingerprints_of(known, nothing).tolist() == first.tolist()
    assert fingerprints_of(examples, nothing).tolist() == [0] * 4  # the files are gone


def test_of_a_table_the_numbers_count() -> None:
    matrix, target = make_material(3, 9)
    examples = examples_of(target, features={"extracted": matrix.values})
    found = fingerprints_of(examples, matrix)
    assert len(set(found.tolist())) == 9
    assert 0 not in found
    part = examples.take([4, 2])
    assert fingerprints_of(part, matrix.take([4, 2])).tolist() == found[[4, 2]].tolist()


def test_a_model_keeps_them(tmp_path: Path) -> None:
    examples = write_tracks(tmp_path, ("hum", "noise"), 3)
    cache = FeatureCache(tmp_path / "cache")
    model = train(examples, recipe=PLAIN, cache=cache, workers=1)
    assert len(model.learned_from) == 6
    model.save(tmp_path / "m.linernotes")
    back = load_model(tmp_path / "m.linernotes")
    np.testing.assert_array_equal(back.learned_from, model.learned_from)
    assert "learned_from" not in back.as_dict()  # nobody wants to read them
    seen = fingerprints_of(examples, make_material(2, 6)[0], cache=cache)
    assert np.isin(seen, back.learned_from).all()


def test_of_very_many_tracks_some_are_kept(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    many = rng.integers(1, 2**64 - 1, MOST + 1000, dtype=np.uint64, endpoint=True)
    kept = distinct_fingerprints(np.append(many, [0, many[0]]))
    assert len(kept) == MOST
    assert kept[-1] < np.sort(many)[MOST]
    matrix, target = make_material(2, 20)
    examples = examples_of(target, features={"extracted": matrix.values})
    model = replace(train(examples, recipe=PLAIN, cache=False), learned_from=kept)
    model.save(tmp_path / "m.linernotes")
    assert (tmp_path / "m.linernotes").stat().st_size < 2.5e6
    np.testing.assert_array_equal(load_model(tmp_path / "m.linernotes").learned_from, kept)


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        ["AAAA"],
        "AAA",
        "é",
        "AA AA",
        base64.b64encode(b"1234567").decode(),
        base64.b64encode(bytes(8)).decode(),
        encode(np.array([2, 1], np.uint64)),
        encode(np.array([2, 2], np.uint64)),
        encode(np.arange(1, MOST + 2, dtype=np.uint64)),
        "A" * 50_000_000,
    ],
)
def test_what_is_something_else_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="learned_from"):
        decode(value)


def test_none_are_none() -> None:
    assert encode(decode("")) == ""
