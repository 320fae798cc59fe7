import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio.signal import Audio
from linernotes.networks.musicnn import NETWORKS, TAGS, listen, log_mel_spectrogram
from linernotes.networks.musicnn.listening import _hear
from linernotes.networks.windows import cut_windows

SMALL_GOLDEN = Path(__file__).parent / "golden.npz"
FULL_GOLDEN = Path(__file__).parents[4] / "shared" / "musicnn" / "golden.npz"

# Largest differences to the original: of probabilities, and of embeddings relative to the
# largest value.
TOLERANCE = {"MSD_musicnn": (1e-5, 1e-4), "MTT_musicnn": (5e-5, 2e-4)}


def noise(seconds, random_state=0):
    n = round(seconds * 16000)
    return (np.random.default_rng(random_state).standard_normal(n) * 0.1).astype(np.float32)


def same(a, b):
    return all(
        np.array_equal(getattr(a[network], name), getattr(b[network], name))
        for network in a
        for name in ("start", "end", "probabilities", "embeddings")
    )


def golden_files():
    reason = "shared/musicnn/golden.npz is not next to the checkout"
    absent = pytest.mark.skipif(not FULL_GOLDEN.exists(), reason=reason)
    return [
        pytest.param(SMALL_GOLDEN, id="small"),
        pytest.param(FULL_GOLDEN, id="full", marks=absent),
    ]


@pytest.mark.parametrize("path", golden_files())
@pytest.mark.parametrize("music", ["msd", "mtt"])
@pytest.mark.parametrize("network", NETWORKS)
def test_the_networks_answer_as_the_original(path, music, network):
    with np.load(path, allow_pickle=False) as golden:
        inputs = golden[f"{music}_input"]
        expected = [
            golden[f"{network}/{music}_{name}"] for name in ("probabilities", "penultimate")
        ]
    rows = _hear([network], inputs)[network]
    probabilities, embeddings = (np.array(output) for output in zip(*rows, strict=True))
    allowed = TOLERANCE[network]
    assert np.abs(probabilities - expected[0]).max() <= allowed[0]
    assert np.abs(embeddings - expected[1]).max() <= allowed[1] * np.abs(expected[1]).max()


@pytest.mark.parametrize("n_frames", [1, 2, 15, 16, 17, 186, 500])
def test_the_networks_take_any_number_of_frames(n_frames):
    frames = np.resize(log_mel_spectrogram(noise(3)), (n_frames, 96))
    for [(probabilities, embedding)] in _hear(NETWORKS, [frames]).values():
        assert probabilities.shape == (50,)
        assert embedding.shape == (200,)
        assert np.isfinite(embedding).all()
        assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_each_network_has_fifty_different_tags():
    assert set(TAGS) == set(NETWORKS)
    assert all(len(set(tags)) == len(tags) == 50 for tags in TAGS.values())


def test_windows_follow_each_other():
    taggrams = listen(Audio(noise(10)[None], 16000))
    assert list(taggrams) == list(NETWORKS)
    for network, taggram in taggrams.items():
        assert taggram.network == network
        assert taggram.tags == TAGS[network]
        assert taggram.probabilities.shape == (3, 50)
        assert taggram.embeddings.shape == (3, 200)
        assert taggram.probabilities.dtype == taggram.embeddings.dtype == np.float32
        assert taggram.start.dtype == taggram.end.dtype == np.float64
        np.testing.assert_allclose(taggram.start, [0, 2.992, 5.984])
        np.testing.assert_allclose(taggram.end, [2.992, 5.984, 8.976])


def test_it_is_told_what_is_heard_while_there_is_more_to_hear():
    told = []
    taggrams = listen([noise(40)], threads=2, follow=told.append)
    assert len(told) > 2
    for network, taggram in taggrams.items():
        rows = np.concatenate([each[network] for each in told])
        assert np.array_equal(rows, taggram.probabilities)
    listen([], follow=told.clear)
    assert told  # of nothing, nothing is told


def test_a_window_hears_its_own_frames():
    samples = noise(7)
    frames = log_mel_spectrogram(samples)
    taggram = listen([samples], networks=["MSD_musicnn"])["MSD_musicnn"]
    [(probabilities, embedding)] = _hear(["MSD_musicnn"], [frames[187:374]])["MSD_musicnn"]
    assert np.array_equal(taggram.probabilities[1], probabilities)
    assert np.array_equal(taggram.embeddings[1], embedding)


def test_windows_overlap_when_the_hop_is_shorter():
    taggram = listen([noise(5)], hop=1, networks=["MSD_musicnn"])["MSD_musicnn"]
    np.testing.assert_allclose(taggram.start, [0, 0.992, 1.984])
    np.testing.assert_allclose(taggram.end, [2.992, 3.984, 4.976])


def test_the_end_of_a_song_counts():
    taggram = listen([noise(5)], networks=["MSD_musicnn"])["MSD_musicnn"]
    np.testing.assert_allclose(taggram.end, [2.992, 5])
    np.testing.assert_allclose(taggram.start[1], 313 * 0.016 - 187 * 0.016)
    short_rest = listen([noise(4.4)], networks=["MSD_musicnn"])["MSD_musicnn"]
    assert len(short_rest.start) == 1


def test_a_short_track_is_one_window():
    taggram = listen([noise(1.2)], networks=["MSD_musicnn"])["MSD_musicnn"]
    assert taggram.start.tolist() == [0]
    assert taggram.end.tolist() == [1.2]
    assert taggram.probabilities.shape == (1, 50)


def test_no_sound_has_no_windows():
    for blocks in ([], [np.empty(0, np.float32)]):
        taggram = listen(blocks, networks=["MSD_musicnn"])["MSD_musicnn"]
        assert taggram.start.shape == taggram.end.shape == (0,)
        assert taggram.probabilities.shape == (0, 50)
        assert taggram.embeddings.shape == (0, 200)


@settings(deadline=None, max_examples=8)
@given(cuts=st.lists(st.integers(0, 16000 * 7), max_size=6), threads=st.integers(1, 3))
def test_neither_blocks_nor_threads_change_a_bit(cuts, threads):
    samples = noise(7)
    whole = listen(Audio(samples[None], 16000), hop=2, threads=1)
    assert same(whole, listen(np.split(samples, sorted(cuts)), hop=2, threads=threads))


def test_channels_are_mixed_evenly():
    left, right = noise(3.2, random_state=1), noise(3.2, random_state=2)
    stereo = listen(Audio(np.stack([left, right]), 16000), networks=["MSD_musicnn"])
    assert same(stereo, listen([(left + right) / 2], networks=["MSD_musicnn"]))


def test_memory_is_bounded():
    def two_hours():
        block = noise(10)
        for _ in range(720):
            yield block

    listen([noise(3)], networks=["MSD_musicnn"])  # loads the network
    tracemalloc.start()
    taggram = listen(two_hours(), hop=120, networks=["MSD_musicnn"], threads=2)["MSD_musicnn"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(taggram.start) == 61
    assert peak < 10e6


def test_onnxruntime_is_imported_only_to_listen_and_reports_to_nobody():
    program = """
import os, sys
import numpy as np
from linernotes.networks.musicnn import listen
assert "onnxruntime" not in sys.modules
listen([np.zeros(16000, np.float32)], threads=1)
assert "onnxruntime" in sys.modules
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
assert not {"librosa", "scipy", "onnx"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": 0.01}, "window"),
        ({"window": float("nan")}, "window"),
        ({"hop": 0}, "hop"),
        ({"networks": ["vgg"]}, "vgg"),
        ({"threads": 0}, "threads"),
    ],
)
def test_wrong_parameters_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        listen([noise(1)], **arguments)


def test_wrong_sound_is_refused():
    with pytest.raises(ValueError, match="44100"):
        listen(Audio(noise(1)[None], 44100))
    with pytest.raises(ValueError, match="mono"):
        listen([noise(1)[None]])
    with pytest.raises(ValueError, match="float32"):
        listen([noise(1).astype(np.float64)])


@settings(deadline=None)
@given(
    n=st.integers(0, 60),
    size=st.integers(1, 20),
    step=st.integers(1, 30),
    block=st.integers(1, 25),
)
def test_windows_are_cut_alike_from_any_blocks(n, size, step, block):
    frames = np.arange(n * 96, dtype=np.float32).reshape(n, 96)
    blocks = [frames[i : i + block] for i in range(0, n, block)]
    windows = list(cut_windows(blocks, size, step))
    starts = list(range(0, n - size + 1, step)) or ([0] if n else [])
    left = n - (starts[-1] + size) if starts else 0
    if left > 0 and 2 * left >= step:
        starts.append(n - size)
    assert [start for start, _ in windows] == starts
    for start, window in windows:
        assert np.array_equal(window, frames[start : start + size])
