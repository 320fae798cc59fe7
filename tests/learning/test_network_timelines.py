"""Installed networks hear a track over time while it is decoded, once, for all who want it."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from networks_support import RATE, SPEC, audio_graph, high, low
from support import encode

from linernotes.audio import Audio, stream
from linernotes.engine.threads import Background
from linernotes.errors import TimeOutError
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.listening.plan import Plan, PlannedListening, Stretch
from linernotes.learning.listening.tracks import hear
from linernotes.networks import NetworkError, find_installed, hear_track, install
from linernotes.networks.musicnn import listen

ONE = InputSpec(("network:quick",))
WIDE = InputSpec(("network:wide",))
MIXED = InputSpec(("embedding", "extracted", "network:quick"))
WIDE_MIXED = InputSpec(("extracted", "network:wide"))


@pytest.fixture(scope="module", autouse=True)
def networks(tmp_path_factory):
    file = tmp_path_factory.mktemp("network") / "some.onnx"
    file.write_bytes(audio_graph())
    for name, window in (("quick", "4.0"), ("wide", "25.0")):
        spec = SPEC.replace('"toy"', f'"{name}"').replace("window = 1.0", f"window = {window}")
        install(spec.encode(), files=file)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A hum of 30 s, then a hiss of 32 s; the same damaged, and as AAC."""
    folder = tmp_path_factory.mktemp("tracks")
    noise = 0.01 * np.random.default_rng(3).standard_normal(62 * RATE)
    sound = (0.3 * np.concatenate([low(30.0), high(32.0)]) + noise).astype(np.float32)
    soundfile.write(folder / "long.flac", sound, RATE)
    soundfile.write(folder / "short.flac", sound[25 * RATE : 50 * RATE], RATE)
    encode(folder / "long.m4a", np.stack([sound, sound], axis=1), RATE, "aac")
    damaged = bytearray((folder / "long.flac").read_bytes())
    damaged[len(damaged) // 2 : len(damaged) // 2 + 20_000] = bytes(20_000)
    (folder / "damaged.flac").write_bytes(damaged)
    return folder


def serve(track, *input_specs, threads=2, over_time=True, stretch=None):
    stretch = stretch or Stretch()
    plan = Plan(input_specs, over_time=over_time)
    with (
        Background(threads) as background,
        stream(track, sample_rate=16_000, mono=True, **stretch.as_options()) as blocks,
        PlannedListening(plan, track, blocks, stretch, background) as listening,
    ):
        heard = listen((block[0] for block in blocks), threads=threads)
        moved = {
            name: replace(each, start=each.start + blocks.start, end=each.end + blocks.start)
            for name, each in heard.items()
        }
        return listening.rows(moved)


@pytest.mark.parametrize("threads", [1, 2])
def test_sections_and_the_whole_come_from_one_pass(folder, decoding, threads):
    track = folder / "long.flac"
    served = serve(track, ONE, MIXED, WIDE, threads=threads)
    assert decoding.opened == 1
    assert decoding.seconds == pytest.approx(62, abs=0.1)
    timeline, whole = served[ONE]
    alone = hear(track, ONE.inputs)
    np.testing.assert_array_equal(whole.values["network:quick"], alone.values["network:quick"])
    assert timeline.start.tolist() == [0, 10, 20, 30, 40, 50]
    windows = hear_track(find_installed("quick"), track)
    middles = (windows.start + windows.end) / 2
    for i, start in enumerate(timeline.start):
        end = timeline.end[i]
        inside = windows.outputs["embedding"][(middles >= start) & (middles < end)]
        row = timeline.values["network:quick"][i]
        np.testing.assert_allclose(row, inside.mean(axis=0), atol=1e-6)
    mixed, mixed_whole = served[MIXED]
    assert mixed.values["embedding"].shape == (6, 800)
    np.testing.assert_array_equal(mixed.values["network:quick"], timeline.values["network:quick"])
    measured = hear(track, MIXED.inputs).values
    for name in MIXED.inputs:
        np.testing.assert_array_equal(mixed_whole.values[name], measured[name])


def test_a_timeline_tells_of_nothing_shorter_than_a_window(folder):
    served = serve(folder / "long.flac", WIDE, WIDE_MIXED, MIXED)
    for input_spec in (WIDE, WIDE_MIXED):
        timeline, _ = served[input_spec]
        assert timeline.start.tolist() == [0, 25]
        assert timeline.end.tolist() == [25, pytest.approx(62, abs=0.1)]
    assert len(served[WIDE_MIXED][0].values["extracted"]) == 2
    assert len(served[MIXED][0].start) == 6
    hum, hiss = served[WIDE][0].values["network:wide"]
    assert hum[0] > hum[1]
    assert hiss[1] > hiss[0]


def test_a_short_track_is_heard_once(folder, decoding):
    timeline, whole = serve(folder / "short.flac", ONE)[ONE]
    assert decoding.opened == 1
    assert len(timeline.start) == 2
    alone = hear(folder / "short.flac", ONE.inputs)
    np.testing.assert_array_equal(whole.values["network:quick"], alone.values["network:quick"])


@pytest.mark.parametrize("name", ["long.m4a", "damaged.flac"])
def test_what_the_stream_cannot_serve_is_heard_as_a_library_hears_it(folder, name):
    timeline, whole = serve(folder / name, ONE)[ONE]
    alone = hear(folder / name, ONE.inputs)
    np.testing.assert_array_equal(whole.values["network:quick"], alone.values["network:quick"])
    assert len(timeline.start) == 6


def test_without_a_timeline_only_the_excerpt_is_heard(folder):
    timeline, whole = serve(folder / "long.flac", ONE, MIXED, over_time=False)[ONE]
    assert len(timeline.start) == 1
    alone = hear(folder / "long.flac", ONE.inputs)
    np.testing.assert_array_equal(whole.values["network:quick"], alone.values["network:quick"])


def test_clips_are_heard_on_their_own(folder):
    clips = InputSpec(("network:quick",), Clips(20.0))
    timeline, whole = serve(folder / "long.flac", clips)[clips]
    assert whole is None
    assert len(timeline.start) == 3


def test_the_stretch_that_is_heard_has_the_times_of_the_track(folder):
    stretch = Stretch(start=5.0, duration=30.0)
    timeline, whole = serve(folder / "long.flac", ONE, stretch=stretch)[ONE]
    assert timeline.start.tolist() == [5, 15, 25]
    alone = hear(folder / "long.flac", ONE.inputs, start=5.0, duration=30.0)
    np.testing.assert_array_equal(whole.values["network:quick"], alone.values["network:quick"])


@pytest.mark.parametrize("fault", ["time", "network"])
def test_no_thread_outlives_what_goes_wrong(folder, fault, tmp_path):
    serve(folder / "short.flac", ONE)  # threads that are kept begin
    before = threading.active_count()
    if fault == "time":
        with pytest.raises(TimeOutError):
            serve(folder / "long.flac", ONE, stretch=Stretch(deadline=0.0))
    else:
        file = tmp_path / "other.onnx"
        file.write_bytes(audio_graph())
        network = install(SPEC.replace('"toy"', '"gone"').encode(), files=file)
        (network.folder / "network.onnx").write_bytes(b"something else")
        gone = InputSpec(("network:gone",))
        with pytest.raises(NetworkError, match="not what was installed"):
            serve(folder / "long.flac", gone)
    assert threading.active_count() == before


def test_a_track_in_memory_is_heard(folder):
    sound = np.tile(low(12.0), (2, 1))
    timeline, whole = serve(Audio(sound, RATE), ONE)[ONE]
    assert len(timeline.start) == 1
    assert whole.values["network:quick"].shape == (1, 2)
