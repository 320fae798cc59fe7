"""Feature sets in scikit-learn's pipelines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
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


@pytest.mark.parametrize("n_jobs", [1, 2, None])
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


def test_a_bad_track_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    empty.touch()
    with pytest.raises(errors.EmptyFileError, match=r"empty\.wav"):
        FeatureSet("fma").transform([empty])
