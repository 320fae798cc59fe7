"""Feature sets in scikit-learn's pipelines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils import estimator_checks
from support import make_song

from linernotes import errors
from linernotes.audio import Audio, load
from linernotes.features import FeatureSet, extract, names


def test_tracks_become_a_matrix(song_files: dict[str, Path]) -> None:
    tracks = [song_files["wav"], song_files["mp3"].read_bytes(), load(song_files["ogg"])]
    matrix = FeatureSet("extracted").transform(tracks)
    assert matrix.shape == (3, 56)
    assert np.array_equal(matrix[2], extract(tracks[2], "extracted"))
    assert FeatureSet("extracted").transform([]).shape == (0, 56)


@pytest.mark.parametrize("n_jobs", [1, 2, -1, None])
def test_threads_change_no_number(song_files: dict[str, Path], n_jobs: int | None) -> None:
    tracks = [song_files[name] for name in ("wav", "ogg", "mp3", "flac")]
    alone = FeatureSet("fma", n_jobs=1).fit_transform(tracks)
    assert np.array_equal(FeatureSet("fma", n_jobs=n_jobs).fit_transform(tracks), alone)


def test_a_pipeline_learns_from_tracks() -> None:
    rng = np.random.default_rng(0)
    song = np.ascontiguousarray(make_song(duration=2).T)
    tonal = [Audio(song * gain, 44100) for gain in (0.3, 0.5, 0.7, 0.9)]
    noisy = [Audio(rng.normal(0, 0.1, song.shape).astype(np.float32), 44100) for _ in range(4)]
    pipeline = make_pipeline(FeatureSet("fma"), StandardScaler(), SVC())
    pipeline.fit([*tonal[:3], *noisy[:3]], ["tonal"] * 3 + ["noise"] * 3)
    assert list(pipeline.predict([tonal[3], noisy[3]])) == ["tonal", "noise"]
    assert list(pipeline[:1].get_feature_names_out()) == list(names("fma"))


def test_it_has_scikit_learns_manners() -> None:
    transformer = FeatureSet("fma", n_jobs=2)
    assert clone(transformer).get_params() == {"name": "fma", "n_jobs": 2}
    assert transformer.set_params(name="extracted").name == "extracted"
    with pytest.raises(errors.FeatureSetNotFoundError):
        FeatureSet("nonsense").fit([])


@pytest.mark.parametrize(
    "check",
    [  # the others pass matrices of numbers, of which no track is made
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_set_params,
        estimator_checks.check_valid_tag_types,
    ],
    ids=lambda check: check.__name__,
)
def test_scikit_learn_finds_no_fault(check: Callable[[str, FeatureSet], None]) -> None:
    check("FeatureSet", FeatureSet("extracted"))


def test_what_it_measures_is_chosen_like_any_setting() -> None:
    song = np.ascontiguousarray(make_song(duration=2).T)
    quiet, loud = (
        [Audio(song * gain * level, 44100) for gain in (1.0, 1.1, 0.9)] for level in (0.02, 0.8)
    )
    search = GridSearchCV(
        make_pipeline(FeatureSet(), StandardScaler(), SVC()),
        {"featureset__name": ["extracted", "production"]},
        cv=3,
    )
    search.fit([*quiet, *loud], ["quiet"] * 3 + ["loud"] * 3)
    assert search.best_params_["featureset__name"] in ("extracted", "production")
    assert search.best_score_ == 1


def test_a_table_has_named_columns_and_keeps_its_index(song_files: dict[str, Path]) -> None:
    pandas = pytest.importorskip("pandas")
    tracks = pandas.Series([song_files["wav"], song_files["flac"]], index=["a", "b"])
    table = FeatureSet("extracted").set_output(transform="pandas").fit_transform(tracks)
    assert list(table.columns) == list(names("extracted"))
    assert list(table.index) == ["a", "b"]
    assert np.array_equal(table.to_numpy(), FeatureSet("extracted").transform(list(tracks)))


def test_a_bad_track_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    empty.touch()
    with pytest.raises(errors.EmptyFileError, match=r"empty\.wav"):
        FeatureSet("fma").transform([empty])
