from __future__ import annotations

import numpy as np
import pytest

from linernotes.learning.estimators.tag_name_classifier import TagNameClassifier, tag_columns
from linernotes.library.analyses import tag_names


def test_genres_of_everyday_are_among_the_tags():
    genres = ("Blues", "Classical", "Country", "Hip-Hop", "jazz", "metal", "pop", "Rock")
    found = tag_columns(genres, tag_names())
    assert all(found)
    assert tag_names()[found[4][0]] == "jazz"


def test_words_within_words_do_not_count():
    assert tag_columns(["pop", "art"], ["popular", "party", "synth pop"]) == ((2,), ())


def test_a_name_without_letters_names_nothing():
    assert tag_columns(["", "!!!"], ["jazz", "!!!"]) == ((), ())


def test_the_highest_tag_of_a_class_counts_and_a_nameless_one_is_in_the_middle():
    called = TagNameClassifier([(0, 1), (), (2,)]).fit(np.zeros((3, 3)), [4, 5, 6])
    scores = called.decision_function(np.array([[-1.0, 2.0, -3.0]]))
    assert scores.tolist() == [[2.0, 0.0, -3.0]]
    assert called.predict(np.array([[-1.0, -2.0, -3.0]])).tolist() == [5]


def test_names_that_are_too_few_are_refused():
    with pytest.raises(ValueError, match="none for 2 classes"):
        TagNameClassifier([(0,)]).fit(np.zeros((2, 1)), [0, 1])
