"""Whether the networks' tags contradict a model."""

from __future__ import annotations

import numpy as np

from linernotes.learning.agreement import contradicted, naming_tags

TAGS = ("rock", "electronic", "techno", "classical", "guitar")
GENRES = ("electronic", "classical", "reggae")


def answer(genre, **tags):
    probabilities = np.array([[0.9 if name == genre else 0.05 for name in GENRES]])
    heard = np.array([[tags.get(name, 0.01) for name in TAGS]])
    return bool(contradicted(GENRES, probabilities, TAGS, heard)[0])


def test_a_clear_tag_of_another_class_contradicts():
    assert answer("classical", electronic=0.6)
    assert answer("classical", techno=0.6)  # another word for the same


def test_tags_of_the_class_itself_or_of_no_class_do_not():
    assert not answer("electronic", electronic=0.6)
    assert not answer("electronic", guitar=0.9, rock=0.9)
    assert not answer("classical", electronic=0.6, classical=0.4)


def test_a_faint_tag_says_nothing():
    assert not answer("classical", electronic=0.2)


def test_what_no_tag_names_is_never_contradicted():
    assert not answer("reggae", electronic=0.9)


def test_every_track_is_told_apart():
    probabilities = np.eye(3)[[0, 1]]
    heard = np.array([[0, 0.9, 0, 0, 0], [0, 0.9, 0, 0, 0]])
    assert contradicted(GENRES, probabilities, TAGS, heard).tolist() == [False, True]


def test_names_are_compared_whatever_their_case():
    assert naming_tags("HipHop", ("hip-hop", "hop")) == (0,)
