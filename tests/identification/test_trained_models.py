"""Identifying with models that were trained here, of whole tracks and of clips."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from learning_support import MARGIN, PLAIN, RATE, make_track, write_tracks
from listening_support import DecodingCounter
from support import linernotes

from linernotes import Audio, identify
from linernotes.errors import ModelError
from linernotes.identification.report import render_report
from linernotes.learning import Model
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.listening.tracks import hear
from linernotes.learning.training import train

KINDS = ("hum", "noise", "whistle")


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    return write_tracks(tmp_path_factory.mktemp("tracks"), KINDS, 6)


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> FeatureCache:
    return FeatureCache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def of_tracks(examples, cache) -> Model:
    recipe = replace(MARGIN, input_spec=InputSpec(("tags", "extracted")))
    return replace(train(examples, recipe=recipe, cache=cache), name="tracks")


@pytest.fixture(scope="module")
def of_clips(examples, cache) -> Model:
    recipe = replace(PLAIN, input_spec=InputSpec(("extracted",), Clips(2.0, at_most=1)))
    return replace(train(examples, recipe=recipe, cache=cache), name="clips")


@pytest.fixture(scope="module")
def medley(tmp_path_factory) -> Path:
    """A hum of 20 s, then a whistle of 24 s."""
    path = tmp_path_factory.mktemp("medley") / "medley.wav"
    parts = [make_track("hum", 90, seconds=20), make_track("whistle", 91, seconds=24)]
    soundfile.write(path, np.concatenate(parts), RATE)
    return path


def named(prediction) -> list[str]:
    return [prediction.classes[i] for i in prediction.timeline.argmax(axis=1)]


@pytest.mark.slow
def test_models_of_all_kinds_answer_together(of_tracks, of_clips, medley):
    heard = identify(medley, models=["genre", of_tracks, of_clips])
    genre, tracks, clips = heard.predictions
    assert len(genre.timeline) == 15
    assert named(tracks) == ["hum", "hum", "whistle", "whistle"]
    assert tracks.start.tolist() == [0, 10, 20, 30]
    assert tracks.end[-1] == pytest.approx(44, abs=0.2)
    assert named(clips) == ["hum"] * 10 + ["whistle"] * 12
    np.testing.assert_allclose(clips.end - clips.start, 2)
    for prediction in (tracks, clips):
        np.testing.assert_allclose(prediction.probabilities.sum(), 1, atol=1e-5)
    # The shipped model answers as it does alone.
    alone = identify(medley).predictions[0]
    np.testing.assert_array_equal(genre.probabilities, alone.probabilities)
    np.testing.assert_array_equal(genre.timeline, alone.timeline)


def test_a_track_gets_the_answer_that_a_library_would_give(of_tracks, medley):
    rows = hear(medley, of_tracks.input_spec.inputs).side_by_side(of_tracks.input_spec.inputs)
    columns = tuple(map(str, range(rows.shape[1])))
    kept = of_tracks.predict_tracks(FeatureMatrix(rows, np.array([0]), columns))[0]
    heard = identify(medley, models=[of_tracks]).predictions[0]
    np.testing.assert_array_equal(heard.probabilities, kept)


def test_a_file_is_opened_and_decoded_once(
    of_tracks: Model, of_clips: Model, medley: Path, decoding: DecodingCounter
) -> None:
    identify(medley, models=["genre", of_tracks, of_clips])
    assert decoding.opened == 1
    assert decoding.seconds == pytest.approx(44)


def test_answers_do_not_depend_on_the_threads(of_tracks: Model, of_clips: Model, medley: Path):
    one, three = (
        identify(medley, models=[of_tracks, of_clips], threads=threads) for threads in (1, 3)
    )
    for alone, together in zip(one.predictions, three.predictions, strict=True):
        np.testing.assert_array_equal(alone.timeline, together.timeline)
        np.testing.assert_array_equal(alone.probabilities, together.probabilities)


def test_arrays_bytes_and_open_files_are_heard_alike(of_tracks, of_clips, tmp_path):
    sound = make_track("noise", 50)
    soundfile.write(tmp_path / "noise.wav", sound, RATE, subtype="FLOAT")
    data = (tmp_path / "noise.wav").read_bytes()
    models = [of_tracks, of_clips]
    answers = [
        [p.probabilities for p in identify(track, models=models, **options).predictions]
        for track, options in [
            (tmp_path / "noise.wav", {}),
            (data, {}),
            (io.BytesIO(data), {}),
            (Audio(sound[np.newaxis], RATE), {}),
            (sound, {"sample_rate": RATE}),
        ]
    ]
    for others in answers[1:]:
        for one, other in zip(answers[0], others, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-4)


def test_only_the_stretch_asked_for_is_heard(of_tracks, of_clips, medley):
    heard = identify(medley, models=[of_tracks, of_clips], start=22.0, duration=8.0)
    for prediction in heard.predictions:
        assert set(named(prediction)) == {"whistle"}
        assert prediction.start[0] >= 22.0
        assert prediction.end[-1] <= 30.1
        assert prediction.top(1)[0][0] == "whistle"


def test_windows_of_the_networks_do_not_move_the_answer_of_a_model_of_tracks(of_tracks, medley):
    usual, other = (
        identify(medley, models=[of_tracks], window=window).predictions[0] for window in (3.0, 12.0)
    )
    np.testing.assert_array_equal(usual.probabilities, other.probabilities)
    assert len(usual.timeline) == len(other.timeline)


@pytest.mark.slow
def test_a_rejected_track_is_none_of_these(of_clips, medley, tmp_path):
    strict = replace(of_clips, threshold=1.0, name="strict")
    heard = identify(medley, models=[strict, of_clips])
    assert [model["rejected"] for model in heard.as_dict()["models"]] == [True, False]
    page = render_report([heard])
    assert "none of these" in page
    strict.save(tmp_path / "strict.linernotes")
    shown = linernotes("identify", medley, "--model", tmp_path / "strict.linernotes")
    assert shown.returncode == 0, shown.stderr
    assert "none of these" in shown.stdout
    assert "not sure" not in shown.stdout


def test_a_model_of_another_version_is_refused_before_the_work(of_clips, tmp_path):
    (heard,) = of_clips.input.inputs
    old = replace(of_clips, input=replace(of_clips.input, inputs=(replace(heard, version="0"),)))
    with pytest.raises(ModelError, match="trained on version 0 of extracted"):
        identify(tmp_path / "not even there.wav", models=[old])


@pytest.mark.slow
def test_tags_are_told_by_trained_models(of_clips, examples, tmp_path):
    genre = replace(of_clips, label="genre", name="kinds", sure_above=0.5)
    genre.save(tmp_path / "kinds.linernotes")
    replace(genre, threshold=1.0).save(tmp_path / "strict.linernotes")
    track = tmp_path / "song.flac"
    soundfile.write(track, make_track("hum", 70), RATE)
    for model, fields in (
        ("kinds", {"genre", "LINERNOTES_KINDS"}),
        ("strict", set()),
    ):
        done = linernotes("tag", track, "--json", "--model", tmp_path / f"{model}.linernotes")
        assert done.returncode == 0, done.stderr
        assert fields <= {part.split('"')[0] for part in done.stdout.split('"field": "')[1:]}
        assert ('"genre"' in done.stdout) == ("genre" in fields)
