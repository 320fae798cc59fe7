from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from dataset_support import write_gtzan

from linernotes.datasets.examples import ExamplesNotFoundError
from linernotes.datasets.gtzan import GENRES, official_split, read_gtzan


def test_the_split_is_the_fault_filtered_one() -> None:
    split = official_split()
    assert Counter(split.values()) == {"train": 443, "validation": 197, "test": 290}
    assert Counter(clip.partition(".")[0] for clip in split).keys() == set(GENRES)
    assert all(0 <= int(clip.partition(".")[2]) <= 99 for clip in split)


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_split_is_the_one_that_others_use(shared: Path, part: str) -> None:
    ids = np.load(shared / "taggrams" / f"gtzan_{part}.npz")["IDS"].tolist()
    clips = {name.partition("/")[2].removesuffix(".au") for name in ids}
    assert clips == {clip for clip, its in official_split().items() if its == part}


def test_clips_are_read_with_their_parts(tmp_path: Path) -> None:
    clips = ["blues.00029", "blues.00012", "jazz.00002", "jazz.00054", "pop.00015"]
    write_gtzan(tmp_path / "genres", clips=clips)
    (tmp_path / "genres" / "blues" / "notes.wav").touch()
    examples = read_gtzan(tmp_path)
    assert examples.track_id == ("blues.00012", "blues.00029", "jazz.00002")
    assert examples.target == ("blues", "blues", "jazz")
    assert examples.split == ("test", "train", "validation")
    assert examples.artist == (None, None, None)
    assert (examples.label, examples.name) == ("genre", "gtzan")
    codes = {Path(left.name).name: left.code for left in examples.left_out}
    assert codes == {"jazz.00054.wav": "known-broken", "pop.00015.wav": "outside-split"}
    assert any("926 of the 930" in warning for warning in examples.warnings)
    assert len(read_gtzan(tmp_path, filtered=False)) == 4


def test_the_clip_that_is_corrupt_as_wav_is_not_as_au(tmp_path: Path) -> None:
    write_gtzan(tmp_path, clips=["jazz.00054", "blues.00000"], suffix="au")
    assert read_gtzan(tmp_path).track_id == ("blues.00000", "jazz.00054")


def test_a_clip_in_two_formats_counts_once(tmp_path: Path) -> None:
    for suffix in ("au", "wav"):
        write_gtzan(tmp_path / "genres_original", clips=["rock.00000"], suffix=suffix)
    examples = read_gtzan(tmp_path)
    assert len(examples) == 1
    assert [left.code for left in examples.left_out] == ["duplicate"]


def test_what_is_not_gtzan_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExamplesNotFoundError, match="blues, classical"):
        read_gtzan(tmp_path)
    (tmp_path / "blues").mkdir()
    with pytest.raises(ExamplesNotFoundError, match="no clips"):
        read_gtzan(tmp_path)
