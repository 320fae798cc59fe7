"""Networks run over tracks, and words put among them."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks_support import RATE, SPEC, TEXT, audio_graph, graph, high, low, write_joint_network
from onnx import TensorProto, helper

from linernotes.networks import (
    NetworkError,
    embed_words,
    find_installed,
    hear,
    hear_track,
    install,
    read_spec,
)
from linernotes.networks.hearing import prepare, read_output
from linernotes.networks.runtime import onnx_session
from linernotes.networks.spec import NetworkOutput


@pytest.fixture(scope="module")
def spec():
    return read_spec(SPEC.encode())


@pytest.fixture(scope="module")
def session():
    return onnx_session(audio_graph())


@pytest.fixture(scope="module")
def joint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("joint")
    files = write_joint_network(folder / "files")
    return install((SPEC + TEXT).encode(), files=files, folder=folder / "networks")


def test_windows_follow_each_other_and_the_last_ends_with_the_track(spec, session):
    heard = hear(spec, session, [low(3.6)])
    assert heard.start.tolist() == pytest.approx([0, 1, 2, 2.6])
    assert heard.end.tolist() == pytest.approx([1, 2, 3, 3.6])
    assert heard.outputs["embedding"].shape == (4, 2)
    assert hear(spec, session, [low(3.4)]).end[-1] == pytest.approx(3)
    assert hear(spec, session, []).outputs["embedding"].shape == (0, 2)
    assert hear(spec, session, [low(0.2)]).end.tolist() == pytest.approx([0.2])


@settings(deadline=None, max_examples=15)
@given(cuts=st.lists(st.integers(1, 3 * RATE), max_size=6), threads=st.sampled_from([1, 3]))
def test_numbers_depend_on_the_sound_alone(spec, session, cuts, threads):
    sound = np.concatenate([low(1.5), high(1.3)])
    whole = hear(spec, session, [sound], threads=1)
    pieces = hear(spec, session, np.split(sound, sorted(cuts)), threads=threads)
    assert np.array_equal(whole.outputs["embedding"], pieces.outputs["embedding"])
    assert np.array_equal(whole.start, pieces.start)


def test_memory_does_not_grow_with_the_track(spec, session):
    def peak(seconds):
        block = low(10)
        tracemalloc.start()
        hear(spec, session, (block for _ in range(seconds // 10)), threads=2)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(10)
    # The samples alone are ten times as much; how many windows are at work varies.
    assert peak(1200) < peak(60) + 4_000_000


@pytest.mark.parametrize(("short", "seconds"), [("repeat", 1.0), ("silence", 1.0), ("as-is", 0.4)])
def test_a_short_track_is_what_the_network_wants_of_it(short, seconds):
    spec = read_spec(SPEC.replace("window = 1.0", f'window = 1.0\nshort = "{short}"').encode())
    given = prepare(spec, low(0.4))
    assert given.shape[1] == (round(seconds * RATE) - 512) // 256 + 1
    if short == "repeat":
        assert (given[0, : 2 * round(0.4 * RATE) // 256 - 2].sum(axis=1) > 0).all()


def test_frames_are_as_many_as_the_network_wants():
    for frames, window in ((30, 1.0), (200, 2.0)):
        changed = SPEC.replace("window = 1.0", f"window = {window}\nframes = {frames}")
        assert prepare(read_spec(changed.encode()), low(window)).shape == (1, frames, 8)


@pytest.mark.parametrize("shape", [["batch", "mels", "frames"], ["batch", "1", "frames", "mels"]])
def test_axes_lie_as_the_network_wants_them(spec, shape):
    wanted = read_spec(
        SPEC.replace('["batch", "frames", "mels"]', str(shape).replace("'", '"')).encode()
    )
    given, plain = prepare(wanted, low(1.0)), prepare(spec, low(1.0))
    turned = plain.transpose(0, 2, 1) if shape[1] == "mels" else plain[:, np.newaxis]
    assert np.array_equal(given, turned)


def test_an_output_is_told_as_its_description_says():
    logits = np.array([[0.0, 2.0]], np.float32)
    tags = NetworkOutput("x", "tags", 2, ("a", "b"), ("*",))
    assert read_output(tags, logits).tolist() == pytest.approx([0.5, 1 / (1 + np.exp(-2))])
    numbers = NetworkOutput("x", "numbers", 2, ("a", "b"), ("a",))
    assert read_output(numbers, logits).tolist() == [0.5, 1.0]
    over_time = NetworkOutput("x", "embedding", 2, mean_over_time=True, unit_length=True)
    told = read_output(over_time, np.array([[[3.0, 0.0], [3.0, 8.0]]], np.float32))
    assert told.tolist() == pytest.approx([0.6, 0.8])
    for wrong in (np.zeros((1, 3)), np.array([[np.nan, 1]])):
        with pytest.raises(NetworkError, match="output x"):
            read_output(tags, wrong)


def test_a_graph_that_does_not_fit_its_spec_is_told(spec):
    other = graph(
        [helper.make_node("Identity", ["mel"], ["embedding"])],
        {"mel": (TensorProto.FLOAT, ["batch", 7])},
        {"embedding": ["batch", 7]},
    )
    with pytest.raises(NetworkError, match="toy does not run"):
        hear(spec, onnx_session(other), [low()])


def test_words_reach_sounds(joint):
    pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    # Neither these words together nor these sounds were learned from.
    words = embed_words(joint, ["a low sound", "high hiss", "LOW"])
    sounds = [
        hear(joint.spec, onnx_session((joint.folder / "network.onnx").read_bytes()), [sound])
        for sound in (low(frequency=140), high(frequency=6000))
    ]
    fits = words @ np.array([sound.mean("embedding") for sound in sounds]).T
    assert (fits.argmax(axis=1) == [0, 1, 0]).all()
    assert np.allclose(np.linalg.norm(words, axis=1), 1)
    long = embed_words(joint, ["low " * 100_000])
    assert np.isfinite(long).all()


def test_a_track_is_heard_at_the_rate_of_the_network(joint, song_files):
    heard = hear_track(joint, song_files["flac"], duration=3)
    assert heard.end[-1] == pytest.approx(3, abs=0.5)
    assert find_installed("toy", joint.folder.parent).spec.name == "toy"
