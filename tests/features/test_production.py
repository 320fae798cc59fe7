import io
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import make_song

from linernotes.audio import Audio, load
from linernotes.features.analysis import Analysis
from linernotes.features.production import PRODUCTION

EXAMPLES = Path(__file__).parents[3] / "shared" / "music" / "examples"
RATE = 44100
SONG = make_song(duration=2.0).T


def numbers(samples, rate=RATE):
    """The mean of each row over the frames, and its spread where there are several."""
    analysis = Analysis(Audio(np.asarray(samples, np.float32), rate))
    found = {}
    for descriptor in PRODUCTION:
        rows = descriptor(analysis, sample_rate=22050, n_fft=2048)
        assert rows.dtype == np.float32
        assert rows.ndim == 2
        for row, values in zip(descriptor.rows(sample_rate=22050), rows, strict=True):
            name = f"{descriptor.name}.{row.name}"
            found[name] = values.mean()
            if len(values) > 1:
                found[f"{name} std"] = values.std()
    return found


def assert_equal(found, expected, *, tolerance):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=tolerance, abs=tolerance), name


def test_names_are_unique_and_rows_described():
    names = [descriptor.name for descriptor in PRODUCTION]
    assert len(set(names)) == len(names)
    for descriptor in PRODUCTION:
        rows = descriptor.rows(n_fft=2048)
        assert len({row.name for row in rows}) == len(rows)
        assert all(row.unit and row.description for row in rows)


@settings(max_examples=5, deadline=None)
@given(gain=st.floats(-40, 10))
def test_gain_changes_nothing(gain):
    assert_equal(numbers(SONG * 10 ** (gain / 20)), numbers(SONG), tolerance=5e-3)


def test_swapping_the_channels_mirrors_what_has_a_sign_and_nothing_else():
    found, swapped = numbers(SONG), numbers(SONG[::-1])
    for name, value in found.items():
        mirrored = name
        if "deg" in name:
            angle = name.removeprefix("goniometer.").removesuffix("deg")
            mirrored = f"goniometer.{-int(angle)}deg"
        signed = name == "goniometer.balance" or (
            name.startswith("stereo_level_difference") and not name.endswith("std")
        )
        assert swapped[mirrored] == pytest.approx(-value if signed else value, abs=2e-3), name


def test_mono_is_the_same_on_both_sides():
    mono = SONG[:1]
    assert_equal(numbers(mono), numbers(np.repeat(mono, 2, axis=0)), tolerance=1e-3)


def test_the_sample_rate_hardly_matters():
    """Below half of 32 kHz there is all that is measured."""
    import soxr

    quiet = 0.5 * SONG
    other = soxr.resample(quiet.T, RATE, 32000).T
    found, expected = numbers(other, 32000), numbers(quiet)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=0.05, abs=0.3), name


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("length", [0, 1, 100, 3000, RATE])
def test_every_clip_has_finite_values(channels, length):
    rng = np.random.default_rng(0)
    for samples in (
        np.zeros((channels, length)),
        np.ones((channels, length)),
        np.sign(rng.standard_normal((channels, length))),
        1e-9 * rng.standard_normal((channels, length)),
        1e5 * rng.standard_normal((channels, length)),
    ):
        assert np.isfinite(list(numbers(samples).values())).all()


@pytest.mark.parametrize("rate", [2000, 8000, 192000])
def test_all_sample_rates_are_fine(rate):
    assert np.isfinite(list(numbers(SONG[:, :8000], rate).values())).all()


def encoded(audio, codec, container_format):
    """A clip at 128 kb/s and back; mp3 in joint stereo."""
    file = io.BytesIO()
    with av.open(file, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=audio.sample_rate, layout="stereo")
        stream.bit_rate = 128_000
        frame = av.AudioFrame.from_ndarray(audio.samples, format="fltp", layout="stereo")
        frame.sample_rate = audio.sample_rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return load(file.getvalue())


# As a share of the spread between tracks; mp3 is in joint stereo.
@pytest.mark.parametrize(
    ("codec", "container_format", "bound"),
    [("libmp3lame", "mp3", 0.2), ("aac", "adts", 0.6)],
)
@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="needs the music in ../shared/music/examples")
@pytest.mark.slow
def test_reencoding_moves_no_number_far(codec, container_format, bound):
    before, after = [], []
    for path in sorted(EXAMPLES.glob("*.ogg")):
        clip = load(path, start=2.0, duration=10.0)
        samples = np.repeat(clip.samples, 2, axis=0)[:2] if clip.channels == 1 else clip.samples
        clip = Audio(np.ascontiguousarray(samples), clip.sample_rate)
        again = encoded(clip, codec, container_format)
        before.append(numbers(clip.samples, clip.sample_rate))
        after.append(numbers(again.samples, again.sample_rate))
    assert len(before) >= 8
    for name in before[0]:
        original, changed = (np.array([found[name] for found in side]) for side in (before, after))
        drift = np.median(np.abs(changed - original))
        assert drift <= bound * original.std() + 1e-6, name
