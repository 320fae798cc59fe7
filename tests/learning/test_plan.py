"""What is served from one pass over a track is what hearing each thing on its own gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from listening_support import DecodingCounter
from numpy.typing import NDArray
from support import encode, make_song

from linernotes.audio import Audio, load, stream
from linernotes.engine.threads import Background
from linernotes.errors import TimeOutError
from linernotes.features import extract_sets
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.listening.plan import FeaturesBySpec, Plan, PlannedListening, Stretch
from linernotes.learning.listening.tracks import hear
from linernotes.learning.track_features import TrackFeatures
from linernotes.library.analysis import analyse_track
from linernotes.networks.musicnn import Taggram, listen

RATE = 22050
TRACK = InputSpec(("embedding", "extracted", "tags", "descriptors"))
CLIPS = InputSpec(("extracted",), Clips(7.0))
NETWORKS = InputSpec(("tags", "embedding"))


def music(seconds: int) -> NDArray[np.float32]:
    """Music that never quite repeats itself, shape (n, 2)."""
    song = make_song(duration=10, sample_rate=RATE)
    parts = [np.roll(song, 4321 * k, axis=0) * (1 - k / 20) for k in range(seconds // 10 + 1)]
    return np.concatenate(parts)[: seconds * RATE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tracks of 57 s, of 24 s, and a damaged one."""
    folder = tmp_path_factory.mktemp("tracks")
    for name, seconds in (("long.flac", 57), ("long.mp3", 57), ("short.flac", 24)):
        soundfile.write(folder / name, music(seconds), RATE)
    encode(folder / "long.m4a", music(57), RATE, "aac")
    silent = music(57)
    silent[: 20 * RATE] = 0
    soundfile.write(folder / "silent.flac", silent, RATE)
    damaged = bytearray((folder / "long.flac").read_bytes())
    damaged[len(damaged) // 2 : len(damaged) // 2 + 20_000] = bytes(20_000)
    (folder / "damaged.flac").write_bytes(damaged)
    return folder


@dataclass(frozen=True)
class Served:
    rows: FeaturesBySpec
    taggrams: dict[str, Taggram]


def serve(
    track: Path | Audio,
    *input_specs: InputSpec,
    threads: int = 2,
    stretch: Stretch | None = None,
    window: float = 3.0,
) -> Served:
    stretch = stretch or Stretch()
    plan = Plan(input_specs, usual_windows=window == 3.0)
    with (
        Background(threads) as background,
        stream(
            track,
            sample_rate=16_000,
            mono=True,
            start=stretch.start,
            duration=stretch.duration,
            skip_intro=stretch.skip_intro,
            timeout=stretch.timeout,
        ) as blocks,
    ):
        listening = PlannedListening(plan, track, blocks, stretch, background)
        taggrams = listen((block[0] for block in blocks), window=window, threads=threads)
        return Served(listening.rows(taggrams), taggrams)


def assert_same(one: TrackFeatures | None, other: TrackFeatures, *, within: float = 0.0) -> None:
    assert one is not None
    np.testing.assert_array_equal(one.start, other.start)
    np.testing.assert_array_equal(one.end, other.end)
    assert one.warnings == other.warnings
    for name, values in other.values.items():
        np.testing.assert_allclose(one.values[name], values, rtol=within, atol=within)


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("name", ["long.flac", "long.mp3", "short.flac"])
def test_all_that_models_need_is_served_from_decoding_once(
    folder: Path, name: str, threads: int, decoding: DecodingCounter
) -> None:
    served = serve(folder / name, TRACK, CLIPS, NETWORKS, threads=threads)
    whole = load(folder / name)
    assert decoding.opened == 2  # the pass, and loading it here
    assert decoding.seconds == pytest.approx(2 * whole.duration, abs=0.1)
    timeline, track = served.rows[TRACK]
    # Entered in the middle, MP3 of some sample rates has other last bits.
    within = 2e-3 if name.endswith("mp3") else 0.0
    assert_same(track, hear(folder / name, TRACK.inputs), within=within)
    clips = hear(folder / name, CLIPS.inputs, CLIPS.clips, every=True)
    assert_same(served.rows[CLIPS][0], clips, within=within)
    assert served.rows[CLIPS][1] is None
    assert len(served.rows[NETWORKS][0].start) == len(served.taggrams["MSD_musicnn"].start)
    assert len(timeline.start) == round(whole.duration / 10)
    for i, start in enumerate(timeline.start):
        first = round(start * RATE)
        section = Audio(whole.samples[:, first : first + 10 * RATE], RATE)
        for name_of_set, values in extract_sets(section, ("extracted", "descriptors")).items():
            np.testing.assert_allclose(
                timeline.values[name_of_set][i], values, rtol=1e-4, atol=1e-4
            )


def test_windows_are_entered_where_decoders_add_noise(
    folder: Path, decoding: DecodingCounter
) -> None:
    """Decoders of AAC fill up with noise, other noise wherever they begin."""
    of_track = InputSpec(("extracted",))
    served = serve(folder / "long.m4a", of_track, CLIPS).rows
    decoded = decoding.seconds
    assert_same(served[of_track][1], hear(folder / "long.m4a", ("extracted",)))
    assert_same(served[CLIPS][0], hear(folder / "long.m4a", ("extracted",), CLIPS.clips,
                                       every=True))  # fmt: skip
    assert decoded > 2 * 57


def test_only_the_stretch_is_heard(folder: Path, decoding: DecodingCounter) -> None:
    stretch = Stretch(start=2.0, duration=44.0, skip_intro=5.0)
    track = folder / "long.flac"
    served = serve(track, InputSpec(("extracted",)), CLIPS, stretch=stretch)
    assert decoding.opened == 1
    assert decoding.seconds == pytest.approx(44, abs=1)
    options = {"start": 2.0, "duration": 44.0, "skip_intro": 5.0}
    assert_same(served.rows[InputSpec(("extracted",))][1], hear(track, ("extracted",), **options))
    assert_same(served.rows[CLIPS][0], hear(track, ("extracted",), CLIPS.clips, every=True,
                                            **options))  # fmt: skip
    timeline = served.rows[InputSpec(("extracted",))][0]
    assert len(timeline.start) == 4


@pytest.mark.parametrize("name", ["damaged.flac", "silent.flac"])
def test_what_cannot_be_heard_of_a_track_is_left_out_as_a_library_leaves_it_out(
    folder: Path, name: str
) -> None:
    of_track = InputSpec(("extracted",))
    served = serve(folder / name, of_track, CLIPS).rows
    assert_same(served[of_track][1], hear(folder / name, ("extracted",)))
    assert_same(served[CLIPS][0], hear(folder / name, ("extracted",), CLIPS.clips, every=True))
    assert name == "damaged.flac" or len(served[CLIPS][0].warnings) == 2


@pytest.mark.parametrize(
    ("clips", "stretch"),
    [
        (Clips(70.0), Stretch()),
        (Clips(5.0, skip_intro=10.0), Stretch(duration=30.0)),
        (Clips(5.0, skip_intro=10.0), Stretch()),
        (Clips(90.0, skip_intro=10.0), Stretch(start=8.0)),
    ],
)
def test_clips_of_any_length_and_place_are_heard(
    folder: Path, clips: Clips, stretch: Stretch
) -> None:
    input_spec = InputSpec(("extracted",), clips)
    served = serve(folder / "long.flac", input_spec, stretch=stretch).rows[input_spec][0]
    alone = hear(
        folder / "long.flac",
        ("extracted",),
        clips,
        every=True,
        start=stretch.start,
        duration=stretch.duration,
    )
    assert_same(served, alone)


def test_other_windows_of_the_networks_do_not_move_a_short_track(folder: Path) -> None:
    usual, other = (
        serve(folder / "short.flac", NETWORKS, TRACK, window=window).rows[TRACK]
        for window in (3.0, 8.0)
    )
    assert usual[1] is not None
    assert_same(other[1], usual[1])
    assert len(usual[0].start) == len(other[0].start) == 2


def test_windows_longer_than_a_section_are_all_of_its_sections(song_files: dict[str, Path]) -> None:
    input_spec = InputSpec(("tags", "extracted"))
    timeline, _ = serve(song_files["wav"], input_spec, window=8.0).rows[input_spec]
    assert timeline.values["tags"].shape[0] == timeline.values["extracted"].shape[0] == 1


def test_sections_follow_the_track() -> None:
    time = np.arange(RATE * 26) / RATE
    low, high = np.sin(2 * np.pi * 100 * time), np.sin(2 * np.pi * 4000 * time)
    sound = np.where(time < 10, low, high).astype(np.float32)[np.newaxis] * 0.3
    input_spec = InputSpec(("embedding", "extracted", "tags"))
    timeline, _ = serve(Audio(sound, RATE), input_spec).rows[input_spec]
    assert timeline.start.tolist() == [0, 10, 20]
    assert timeline.end[-1] == pytest.approx(26, abs=0.1)
    mfcc = timeline.values["extracted"]
    assert np.abs(mfcc[0] - mfcc[1]).max() > 5 * np.abs(mfcc[1] - mfcc[2]).max()
    assert timeline.values["embedding"].shape == (3, 800)


def test_time_runs_out_in_the_pass_too(folder: Path) -> None:
    with pytest.raises(TimeOutError):
        serve(folder / "long.flac", TRACK, stretch=Stretch(deadline=0.0))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["long.flac", "short.flac", "long.m4a"])
def test_what_a_library_keeps_comes_from_the_same_pass(
    folder: Path, name: str, decoding: DecodingCounter
) -> None:
    plan, stretch = Plan((NETWORKS, CLIPS), for_library=True), Stretch()
    with (
        Background(2) as background,
        stream(folder / name, sample_rate=16_000, mono=True) as blocks,
    ):
        listening = PlannedListening(plan, folder / name, blocks, stretch, background)
        taggrams = listen((block[0] for block in blocks), threads=2)
        served = listening.analysis(taggrams)
    assert decoding.opened == 1 or name == "long.m4a"
    alone = analyse_track(folder / name)
    assert (served.extent, served.duration) == (alone.extent, alone.duration)
    assert served.networks is not None
    assert alone.networks is not None
    np.testing.assert_array_equal(served.descriptors, alone.descriptors)
    np.testing.assert_array_equal(served.networks.embedding, alone.networks.embedding)
    np.testing.assert_array_equal(served.networks.timeline, alone.networks.timeline)
