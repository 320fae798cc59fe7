import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.features.descriptor import clip_of
from linernotes.features.key import estimate_key
from linernotes.features.key_chroma import KEY_CHROMA, VIEWS, held_share, key_chroma

RATE = 22050


@given(random_state=st.integers(0, 999), shift=st.integers(1, 11))
@settings(max_examples=20, deadline=None)
def test_transposed_notes_have_transposed_pitch_classes_and_keys(random_state, shift):
    rng = np.random.default_rng(random_state)
    notes = np.zeros((84, 20), np.float32)
    # So far from the ends of both ranges that nothing leaves them.
    notes[14:48] = rng.random((34, 20)) * (rng.random((34, 20)) < 0.4)
    before, after = key_chroma(notes), key_chroma(np.roll(notes, shift, axis=0))
    assert after == pytest.approx(np.roll(before, shift, axis=1))
    keys = [estimate_key(views[0], others=tuple(views[1:])) for views in (before, after)]
    assert keys[1].tonic == (keys[0].tonic + shift) % 12
    assert keys[1].confidence == pytest.approx(keys[0].confidence)


def test_what_lies_between_notes_does_not_count():
    notes = np.full((84, 50), 0.5, np.float32)
    notes[[36, 40, 43]] = 1
    assert np.flatnonzero(key_chroma(notes)[0] > 1).tolist() == [0, 4, 7]


def test_quiet_notes_count_in_one_view_and_little_in_another():
    notes = np.zeros((84, 1), np.float32)
    notes[36], notes[43] = 1, 0.01
    compressed, plain, *_ = key_chroma(notes)
    assert compressed[7] == pytest.approx(0.01**0.3)
    assert plain[7] == pytest.approx(0.01)


def test_the_lowest_octave_counts_in_two_views():
    notes = np.zeros((84, 1), np.float32)
    notes[2] = 1
    assert key_chroma(notes)[:, 2].tolist() == [0, 0, 1, 1]


def test_notes_that_last_are_told_from_those_that_glide():
    held, glides = np.zeros((84, 200), np.float32), np.zeros((84, 200), np.float32)
    held[30] = 1
    glides[20 + np.arange(200) // 4 % 40, np.arange(200)] = 1
    assert held_share(held) == pytest.approx(0.96)
    assert held_share(glides) == 0
    assert held_share(0 * held) == 0
    assert held_share(held[:, :3]) == 0


def test_pieces_add_up():
    notes = np.random.default_rng(0).random((84, 100)).astype(np.float32)
    parts = key_chroma(notes[:, :30]) + key_chroma(notes[:, 30:])
    assert parts == pytest.approx(key_chroma(notes))
    assert not key_chroma(notes[:, :0]).any()


@pytest.mark.parametrize("n_samples", [0, 1, 3000, RATE])
def test_the_descriptor_is_one_column(n_samples):
    rows = KEY_CHROMA(clip_of(np.full(n_samples, 0.1, np.float32), RATE))
    assert rows.dtype == np.float32
    assert rows.shape == (12 * VIEWS + 1, 1)
    assert len(KEY_CHROMA.rows()) == 12 * VIEWS + 1
    assert np.isfinite(rows).all()
