from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from dataset_support import make_examples
from hypothesis import given, settings
from hypothesis import strategies as st

from linernotes.datasets.examples import Examples
from linernotes.datasets.groups import group_of
from linernotes.evaluation.errors import (
    GroupsUnknownError,
    NoOfficialSplitError,
    OneGroupError,
    SplitError,
)
from linernotes.evaluation.splits import Split, best_method, folds, split_once


def collection(
    classes: int = 4, artists: int = 12, albums: int = 2, tracks: int = 5, *, random_state: int = 0
) -> Examples:
    """Artists of one class each, with albums of some tracks."""
    random = np.random.default_rng(random_state)
    rows = [
        (f"class {artist % classes}", f"artist {artist}", f"album {artist}.{album}")
        for artist in range(artists)
        for album in range(albums)
        for _ in range(int(random.integers(1, tracks + 1)))
    ]
    target, artist, album = zip(*rows, strict=True)
    return make_examples(target, artist=artist, album=album)


def is_apart(
    examples: Examples, split: Split, group_by: Sequence[str] = ("artist", "album")
) -> bool:
    group = group_of(examples, group_by=group_by)
    return not set(group[split.train].tolist()) & set(group[split.test].tolist())


def test_no_artist_or_album_is_on_both_sides() -> None:
    examples = collection()
    split = split_once(examples)
    assert is_apart(examples, split)
    assert (split.name, split.groups, split.kind) == (
        "artist+album",
        ("artist", "album"),
        "grouped",
    )
    assert sorted([*split.train, *split.test]) == list(range(len(examples)))
    assert {examples.target[row] for row in split.test} == set(examples.classes)
    assert split.notes == ()
    assert split.stamp == "no artist or album on both sides"


def test_every_class_has_its_share_in_each_fold() -> None:
    examples = collection(classes=5, artists=100, albums=1, tracks=4)
    for split in folds(examples, n_splits=5):
        assert is_apart(examples, split)
        share = Counter(examples.target[row] for row in split.test)
        for name in examples.classes:
            assert 0.15 < share[name] / examples.target.count(name) < 0.25


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_the_test_part_is_as_large_as_asked_for(share: float) -> None:
    examples = collection(classes=5, artists=100, albums=2, tracks=4)
    split = split_once(examples, test_share=share)
    assert len(split.test) / len(examples) == pytest.approx(share, abs=0.03)


def test_albums_alone_part_what_one_artist_made() -> None:
    target = ["a"] * 6 + ["b"] * 6
    examples = make_examples(target, artist=target, album=[f"{row // 2}" for row in range(12)])
    with pytest.raises(OneGroupError, match="group them by album alone, or ask for a random split"):
        split_once(examples)
    split = split_once(examples, group_by=("album",))
    assert split.name == "album"
    assert is_apart(examples, split, group_by=("album",))
    assert not is_apart(examples, split)


def test_all_tracks_by_one_artist_cannot_be_parted() -> None:
    examples = make_examples(["a", "b"] * 5, artist=["Nina"] * 10)
    for part in (split_once, folds):
        with pytest.raises(
            OneGroupError, match="add tracks by others, or ask for a random"
        ) as caught:
            part(examples)  # type: ignore[operator]
        assert caught.value.code == "grouped-split-impossible"
    assert folds(examples, method="random")[0].name == "random"


def test_nobody_tells_who_made_what() -> None:
    with pytest.raises(GroupsUnknownError, match="ask for a random split"):
        split_once(make_examples(["a", "b"] * 5))
    with pytest.raises(GroupsUnknownError, match="album"):
        split_once(make_examples(["a", "b"] * 5, artist=["p", "q"] * 5), group_by=("album",))


def test_tracks_without_artist_are_told_of() -> None:
    examples = make_examples(["a", "b"] * 6, artist=["p", "q", "r", "s", *[None] * 8])
    assert "8 tracks of 12 without artist or album" in split_once(examples).notes[0]


def test_a_random_split_is_stamped() -> None:
    examples = collection()
    split = split_once(examples, method="random")
    assert (split.name, split.groups, split.kind) == ("random", (), "random")
    assert "random" in split.stamp
    assert "will do worse" in split.notes[0]
    assert not is_apart(examples, split)


def test_an_official_split_is_taken_as_it_is() -> None:
    parts = ["train", "test", "validation", None, "train", "test"]
    examples = make_examples(["a", "c", "a", "a", "b", "b"], split=parts)
    assert best_method(examples) == "official"
    split = split_once(examples, method="official")
    assert split.train.tolist() == [0, 4]
    assert split.test.tolist() == [1, 5]
    assert split.validation.tolist() == [2]
    assert (split.name, split.kind, split.random_state) == ("official", "official", None)
    assert "1 track in no part" in split.notes[0]
    assert split.notes[1].startswith("c can only be tested")
    assert [fold.train.tolist() for fold in folds(examples, method="official")] == [[0, 4]]
    assert best_method(make_examples(["a", "b"])) == "grouped"
    for lacking in ("train", "test"):
        rest = [None if part == lacking else part for part in parts]
        with pytest.raises(NoOfficialSplitError, match=lacking):
            split_once(make_examples(examples.target, split=rest), method="official")


def test_a_class_by_one_artist_is_learned_and_not_tested() -> None:
    target = ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    artist = ["p", "q"] * 2 + ["r", "s"] * 2 + ["t"] * 4
    examples = make_examples(target, artist=artist)
    for split in (split_once(examples), *folds(examples)):
        assert {8, 9, 10, 11} <= set(split.train.tolist())
        assert any("only learned from: c;" in note for note in split.notes)
    made = folds(examples)
    assert any("4 groups" in note and "4 folds" in note for note in made[0].notes)
    assert sorted(np.concatenate([split.test for split in made]).tolist()) == list(range(8))


def test_two_groups_of_each_class_are_enough() -> None:
    examples = make_examples(["a", "a", "b", "b"], artist=["p", "q", "r", "s"])
    for split in (split_once(examples), *folds(examples, n_splits=2)):
        assert {examples.target[row] for row in split.train} == {"a", "b"}
        assert {examples.target[row] for row in split.test} == {"a", "b"}


def test_artists_of_several_classes_stay_on_one_side() -> None:
    target = ["a", "b", "a", "b", "a", "b", "a", "b"]
    examples = make_examples(target, artist=["p", "p", "q", "q", "r", "s", "t", "u"])
    for split in (split_once(examples), *folds(examples, n_splits=3)):
        assert is_apart(examples, split)
        assert {examples.target[row] for row in split.train} == {"a", "b"}


def test_what_else_an_untested_artist_made_is_learned_as_well() -> None:
    # All of class c is by r, who made some of a and b, too.
    target, artist = ["a", "b", "a", "b", "c"], ["p", "q", "r", "r", "r"]
    split = split_once(make_examples(target, artist=artist))
    assert split.train.tolist() == [2, 3, 4]
    assert split.test.tolist() == [0, 1]
    assert len(split.notes) == 1
    assert split.notes[0].startswith("not tested, only learned from: c;")


@pytest.mark.parametrize(
    "target", [["a"] * 6, ["a"] * 5 + ["b"]], ids=["one class", "a class with one track"]
)
def test_there_have_to_be_two_classes_to_test(target: list[str]) -> None:
    for method in ("grouped", "random"):
        with pytest.raises(OneGroupError):
            split_once(make_examples(target, artist=list("pqrstu")), method=method)  # type: ignore[arg-type]


def test_options_are_checked() -> None:
    examples = collection()
    with pytest.raises(ValueError, match="test_share"):
        split_once(examples, test_share=1.0)
    with pytest.raises(ValueError, match="2 or more"):
        folds(examples, n_splits=1)
    with pytest.raises(ValueError, match="method"):
        split_once(examples, method="chronological")  # type: ignore[arg-type]


def test_the_seed_decides_between_equals() -> None:
    examples = collection(artists=40)
    first = split_once(examples, random_state=1)
    assert first.test.tolist() == split_once(examples, random_state=1).test.tolist()
    assert first.test.tolist() != split_once(examples, random_state=2).test.tolist()


def test_many_tracks_are_parted_in_a_moment() -> None:
    examples = collection(classes=16, artists=5_000, albums=2, tracks=4)
    start = time.process_time()
    folds(examples)
    assert time.process_time() - start < 10


tracks = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.one_of(st.none(), st.sampled_from("pqrstuvw")),
        st.one_of(st.none(), st.sampled_from("123456")),
    ),
    min_size=2,
    max_size=40,
)


def made_of(rows: list[tuple[str, str | None, str | None]]) -> Examples:
    target, artist, album = zip(*rows, strict=True)
    return make_examples(target, artist=artist, album=album)


@settings(max_examples=150)
@given(tracks, st.sampled_from(["grouped", "random"]), st.integers(2, 5), st.integers(0, 3))
def test_laws_of_folds(
    rows: list[tuple[str, str | None, str | None]], method: str, n_splits: int, random_state: int
) -> None:
    examples = made_of(rows)
    try:
        made = folds(examples, n_splits=n_splits, method=method, random_state=random_state)  # type: ignore[arg-type]
    except SplitError as error:
        assert error.code in ("grouped-split-impossible", "groups-unknown")  # noqa: PT017
        return
    assert 2 <= len(made) <= n_splits
    tested = np.concatenate([split.test for split in made])
    # Nothing is tested twice, and what is not tested is said to be so.
    assert len(set(tested.tolist())) == len(tested)
    if len(tested) < len(examples):
        assert any("not tested" in note for note in made[0].notes)
    by_class = defaultdict(set)
    for split in made:
        assert len(split.test) > 0
        assert sorted([*split.train, *split.test]) == list(range(len(examples)))
        if method == "grouped":
            assert is_apart(examples, split)
        unknown = {examples.target[row] for row in split.test} - {
            examples.target[row] for row in split.train
        }
        assert bool(unknown) == any("not learned" in note for note in split.notes)
        for row in split.test:
            by_class[examples.target[row]].add(id(split))
    assert len(by_class) >= 2


@settings(max_examples=100)
@given(tracks, st.randoms(), st.sampled_from(["grouped", "random"]))
def test_the_order_of_the_rows_does_not_matter(
    rows: list[tuple[str, str | None, str | None]], random: object, method: str
) -> None:
    examples = made_of(rows)
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    try:
        before = split_once(examples, method=method)  # type: ignore[arg-type]
    except SplitError as error:
        with pytest.raises(type(error)):
            split_once(examples.take(order), method=method)  # type: ignore[arg-type]
        return
    after = split_once(examples.take(order), method=method)  # type: ignore[arg-type]
    assert sorted(order[row] for row in after.test) == before.test.tolist()
    assert len(before.test) > 0
    assert len(before.train) > 0
    assert replace(before, random_state=1).name == before.name
