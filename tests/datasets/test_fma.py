from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from dataset_support import FMA_TRACKS, fma_features, write_fma

from linernotes.datasets.examples import (
    ColumnNotFoundError,
    ExamplesNotFoundError,
    ExamplesUnreadableError,
    NoExamplesError,
)
from linernotes.datasets.fma import FEATURES, read_fma
from linernotes.features import names


@pytest.mark.parametrize("zipped", [False, True])
def test_a_subset_with_its_split_and_features(tmp_path: Path, zipped: bool) -> None:
    root = write_fma(tmp_path / "fma", zipped=zipped)
    examples = read_fma(root, subset="small")
    assert examples.track_id == ("000002", "000005", "000010", "000140")
    assert examples.target == ("Hip-Hop", "Hip-Hop", "Pop", "Folk")
    assert examples.split == ("train", "train", "test", "validation")
    assert examples.artist == ("AWOL", "AWOL", "Kurt Vile", "Alec K. Redfearn")
    assert examples.album[2] == "Constant Hitmaker"
    assert examples.path[0] == str(root / "fma_small/000/000002.mp3")
    assert (examples.label, examples.name) == ("genre", "fma:small")
    assert examples.features["fma"].shape == (4, 518)
    assert examples.features["fma"][1, 3] == np.float32(5.003)
    assert {left.name: left.code for left in examples.left_out} == {
        "098565": "known-broken",
        "000141": "missing-file",
    }


def test_the_features_are_in_the_order_of_the_feature_set(tmp_path: Path) -> None:
    header = fma_features([]).splitlines()
    columns = [
        "_".join(parts) for parts in zip(*(line.split(",") for line in header[:3]), strict=True)
    ]
    assert tuple(columns[1:]) == names("fma")
    assert len(names("fma")) == FEATURES
    # As in the published file.
    assert header[0].startswith("feature,chroma_cens,")
    assert header[1].startswith("statistics,kurtosis,")
    assert header[2].startswith("number,01,02,")


def test_subsets_hold_the_smaller_ones(tmp_path: Path) -> None:
    root = write_fma(tmp_path, audio=())
    medium = read_fma(root)
    assert medium.name == "fma:medium"
    assert medium.path == (None,) * 6
    assert medium.target[-1] == "Rock"
    assert "audio" in medium.warnings[0]
    large = read_fma(root, subset="large")
    assert [left.code for left in large.left_out] == ["known-broken", "no-label"]


def test_any_column_is_a_label(tmp_path: Path) -> None:
    root = write_fma(tmp_path)
    assert read_fma(root, label="artist").classes == ("AWOL", "Alec K. Redfearn", "Kurt Vile")
    assert read_fma(root, label="track.language_code").classes == ("en",)
    with pytest.raises(ColumnNotFoundError, match="mood"):
        read_fma(root, label="mood")
    with pytest.raises(ColumnNotFoundError, match="small, medium"):
        read_fma(root, subset="tiny")


def test_tracks_without_whole_features_are_listed(tmp_path: Path) -> None:
    root = write_fma(tmp_path)
    lines = fma_features([track[0] for track in FMA_TRACKS]).splitlines()
    lines[4] = lines[4].replace(lines[4].split(",")[9], "nan")
    lines[5] = lines[5][: len(lines[5]) // 2]
    del lines[6]
    (root / "fma_metadata/features.csv").write_text("\n".join(lines))
    examples = read_fma(root)
    assert examples.track_id == ("000140",)
    codes = {left.name: left.code for left in examples.left_out}
    assert [codes[name] for name in ("000002", "000005", "000010")] == [
        "nan-features", "nan-features", "no-features",
    ]  # fmt: skip
    assert len(read_fma(root, features=False)) == 4


def test_features_that_are_not_fmas_are_passed_over(tmp_path: Path) -> None:
    root = write_fma(tmp_path)
    (root / "fma_metadata/features.csv").write_text("a,b\n1,2\n")
    examples = read_fma(root)
    assert examples.features == {}
    assert "518" in examples.warnings[0]


def test_what_is_not_fma_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExamplesNotFoundError, match="metadata"):
        read_fma(tmp_path)
    with pytest.raises(NoExamplesError, match="neither audio nor features"):
        read_fma(write_fma(tmp_path / "bare", audio=(), features=False))
    root = write_fma(tmp_path / "flat")
    (root / "fma_metadata/tracks.csv").write_text("track_id,genre\n1,x\n")
    with pytest.raises(ExamplesUnreadableError, match="three lines"):
        read_fma(root)
    archive = tmp_path / "zip" / "fma_metadata.zip"
    archive.parent.mkdir()
    archive.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(ExamplesUnreadableError, match="damaged"):
        read_fma(archive.parent)


def test_an_archive_with_flipped_bits_is_refused(tmp_path: Path) -> None:
    root = write_fma(tmp_path, zipped=True)
    archive = root / "fma_metadata.zip"
    content = bytearray(archive.read_bytes())
    for place in range(200, 1200, 7):
        content[place] ^= 0x55
    archive.write_bytes(content)
    with pytest.raises(ExamplesUnreadableError, match="damaged"):
        read_fma(root)
