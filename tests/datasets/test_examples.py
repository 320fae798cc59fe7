from __future__ import annotations

import numpy as np
import pytest
from dataset_support import make_examples

from linernotes.datasets.examples import Examples, similar_classes


def test_columns_of_different_lengths_are_refused() -> None:
    nothing = (None, None)
    with pytest.raises(ValueError, match="one length"):
        Examples("g", ("a",), nothing, nothing, nothing, nothing, {}, nothing)


def test_taking_tracks_takes_all_that_is_known_of_them() -> None:
    nothing = (None,) * 3
    features = {"fma": np.arange(6, dtype=np.float32).reshape(3, 2)}
    examples = Examples("g", tuple("abc"), tuple("xyz"), tuple("ABC"), nothing,
                        ("train", "test", None), features, nothing, name="n")  # fmt: skip
    taken = examples.take([2, 0])
    assert (taken.target, taken.path, taken.artist) == (("c", "a"), ("z", "x"), ("C", "A"))
    assert taken.split == (None, "train")
    assert taken.features["fma"].tolist() == [[4, 5], [0, 1]]
    assert taken.name == "n"
    assert len(examples.take([])) == 0


def test_odd_labels_are_kept() -> None:
    odd = "a\x1b[2J\n\u202ee\udcff é 音楽 👩‍🎤"
    assert make_examples([odd, "b"]).classes[0] == odd


def test_classes_that_sound_the_same_are_told_of() -> None:
    assert similar_classes(["a", "b"]) == ()
    # A ligature, upper case, and a space: the same when said.
    assert len(similar_classes(["Lo-fi", "lo\ufb01", "LO FI", "rock"])) == 1
