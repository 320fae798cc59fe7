"""What networks hear, against the extractors that they were trained with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.audio import Audio, load
from linernotes.networks import MelFrontEnd, RawFrontEnd, find_known, spec_file
from linernotes.networks.hearing import prepare

EXAMPLES = Path(__file__).parents[3] / "shared" / "music" / "examples"
TOLERANCE = 1e-4

AST = MelFrontEnd(
    sample_rate=16000, window_length=400, hop_length=160, n_mels=128, n_fft=512,
    minimum_frequency=20, mel_scale="kaldi", slaney_norm=False, triangles_in_mel=True,
    symmetric_window=True, preemphasis=0.97, remove_mean=True, logarithm="ln",
    floor=1.192092955078125e-07, mean=-4.2677393, scale=2 * 4.5689974,
)  # fmt: skip


def clips(sample_rate):
    """Real music where it is at hand, and what no network should stumble over."""
    rng = np.random.default_rng(1)
    yield (0.1 * rng.standard_normal(sample_rate * 3)).astype(np.float32)
    yield np.zeros(sample_rate * 2, np.float32)
    for file in sorted(EXAMPLES.glob("*.ogg"))[:2]:
        yield load(file, sample_rate=sample_rate, mono=True, start=5, duration=12).samples[0]


def close(ours, theirs):
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= TOLERANCE


@pytest.mark.parametrize("name", ["clap", "clap-music"])
def test_clap_hears_what_its_extractor_gives(name):
    pytest.importorskip("torch", reason="torch is not installed")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    extractor = transformers.ClapFeatureExtractor(truncation="rand_trunc")
    spec = find_known(name)
    for clip in clips(48000):
        window = clip[: 10 * 48000]
        told = extractor(window, sampling_rate=48000, truncation="rand_trunc", return_tensors="np")
        close(prepare(spec, window)[0], told["input_features"][0])


@pytest.mark.filterwarnings("ignore:At least one mel filter")
def test_the_audio_spectrogram_transformer_hears_what_its_extractor_gives():
    pytest.importorskip("torch", reason="torch is not installed")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    extractor = transformers.ASTFeatureExtractor()
    for clip in clips(16000):
        told = extractor(clip, sampling_rate=16000, return_tensors="np")["input_values"][0]
        ours = AST.frames(clip)
        close(ours[: len(told)], told[: len(ours)])


def test_raw_waves_are_normalised_as_wav2vec2_wants_them():
    pytest.importorskip("torch", reason="torch is not installed")
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    extractor = transformers.Wav2Vec2FeatureExtractor()
    for clip in clips(16000):
        told = extractor(clip, sampling_rate=16000, return_tensors="np")["input_values"][0]
        close(RawFrontEnd(16000, normalise=True).frames(clip), told)


@pytest.mark.parametrize("htk", [False, True])
@pytest.mark.parametrize("power", [1, 2])
def test_mels_are_those_of_librosa(htk, power):
    front_end = MelFrontEnd(
        sample_rate=22050, window_length=1024, hop_length=256, n_mels=40, power=power,
        mel_scale="htk" if htk else "slaney", padding="reflect", minimum_frequency=30,
        maximum_frequency=9000,
    )  # fmt: skip
    for clip in clips(22050):
        mel = librosa.feature.melspectrogram(
            y=clip, sr=22050, n_fft=1024, hop_length=256, n_mels=40, htk=htk, power=power,
            fmin=30, fmax=9000, pad_mode="reflect",
        )  # fmt: skip
        theirs = 10 * np.log10(np.maximum(mel, 1e-10)).T
        # float32 transforms, as librosa's, do not go further down than this.
        loud = theirs > theirs.max() - 70
        assert np.abs(front_end.frames(clip) - theirs)[loud].max() < 5e-3


def test_panns_hears_what_its_spectrogram_gives():
    """As librosa reckons it in double precision: its float32 transforms end at 1e-3."""
    spec = find_known("panns-cnn14")
    filters = librosa.filters.mel(
        sr=32000, n_fft=1024, n_mels=64, fmin=50, fmax=14000, dtype=np.float64
    )
    for clip in clips(32000):
        window = clip[: 10 * 32000].astype(np.float64)
        window = np.pad(window, (0, 10 * 32000 - len(window)))
        spectrum = librosa.stft(window, n_fft=1024, hop_length=320, pad_mode="reflect")
        mel = np.abs(spectrum.T) ** 2 @ filters.T
        close(prepare(spec, clip[: 10 * 32000])[0, 0], 10 * np.log10(np.maximum(mel, 1e-10)))


@pytest.mark.filterwarnings("ignore:At least one mel filter")
def test_efficientat_hears_what_its_spectrogram_gives():
    """Put together of torch's transform, and of the filters that transformers have for AST."""
    torch = pytest.importorskip("torch", reason="torch is not installed")
    audio = pytest.importorskip("transformers.audio_utils", reason="transformers is not installed")
    spec = find_known("efficientat")
    filters = audio.mel_filter_bank(
        num_frequency_bins=513, num_mel_filters=128, min_frequency=0, max_frequency=15000,
        sampling_rate=32000, mel_scale="kaldi", triangularize_in_mel_space=True,
    )  # fmt: skip
    for clip in clips(32000):
        sound = torch.zeros(10 * 32000, dtype=torch.float64)
        window = torch.from_numpy(clip[: 10 * 32000])
        sound[: len(window)] = window
        hann = torch.hann_window(800, periodic=False, dtype=torch.float64)
        spectrum = torch.stft(
            sound[1:] - 0.97 * sound[:-1], 1024, hop_length=320, win_length=800, window=hann,
            center=True, return_complex=True,
        )  # fmt: skip
        mel = spectrum.abs().square().T.numpy() @ filters
        close(prepare(spec, clip[: 10 * 32000])[0, 0].T, (np.log(mel + 1e-5) + 4.5) / 5)


def test_the_front_end_of_musicnn_is_one_of_these():
    from linernotes.networks.musicnn import log_mel_spectrogram

    front_end = MelFrontEnd(
        sample_rate=16000, window_length=512, hop_length=256, n_mels=96, padding="zeros",
        gain=10000, offset=1, floor=1, logarithm="log10",
    )  # fmt: skip
    for clip in clips(16000):
        close(
            front_end.frames(clip)[: len(clip) // 256],
            log_mel_spectrogram(clip)[: len(clip) // 256],
        )


@settings(deadline=None, max_examples=30)
@given(
    n=st.integers(1, 4000),
    window=st.integers(16, 400),
    hop=st.integers(1, 300),
    padding=st.sampled_from(["none", "reflect", "zeros"]),
    of=st.sampled_from(["frame", "sound"]),
)
def test_any_sound_gives_finite_numbers(n, window, hop, padding, of):
    front_end = MelFrontEnd(
        sample_rate=8000, window_length=window, hop_length=hop, n_mels=5, padding=padding,
        preemphasis=0.5, preemphasis_of=of, remove_mean=True, range_decibel=80,
    )  # fmt: skip
    for sound in (np.zeros(n, np.float32), np.full(n, 1e-30, np.float32), np.ones(n, np.float32)):
        values = front_end.frames(sound)
        assert values.shape[1] == 5
        assert len(values) >= 1
        assert np.isfinite(values).all()


@pytest.mark.slow
def test_vibenet_answers_as_its_own_package_does(tmp_path):
    wheels = os.environ.get("VIBENET_WHEELS")
    if not wheels:
        pytest.skip("VIBENET_WHEELS does not name a folder with its wheel and that of pydub")
    pytest.importorskip("audioread", reason="vibenet imports audioread")
    from linernotes.networks import hear_track, install

    (wheel,) = Path(wheels).glob("vibenet-*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "own")
    for other in Path(wheels).glob("pydub-*.whl"):
        zipfile.ZipFile(other).extractall(tmp_path / "own")
    network = install(spec_file("vibenet"), files=wheel, folder=tmp_path / "networks")
    heard = [clip for clip in clips(16000) if clip.any()]  # silence is no track here
    np.savez(tmp_path / "clips.npz", *heard)
    script = (
        "import json, sys, numpy, vibenet\n"
        "model = vibenet.load_model()\n"
        "for clip in numpy.load(sys.argv[1]).values():\n"
        "    print(json.dumps(list(model.predict(clip, 16000)[0].to_dict().values())))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(tmp_path / "clips.npz")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "own")},
    )
    for clip, line in zip(heard, done.stdout.splitlines(), strict=True):
        ours = hear_track(network, Audio(clip[np.newaxis], 16000)).mean("out")
        assert np.abs(ours - np.array(json.loads(line))).max() <= 1e-3
