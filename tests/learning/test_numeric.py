from __future__ import annotations

import numpy as np
import pytest
from learning_support import examples_of

from linernotes.datasets.examples import Examples, FewNumbersError, NoNumbersError, OneValueError
from linernotes.learning.data import trainable
from linernotes.learning.numeric import as_numbers, read_column

RATINGS = [f"{x / 10:.1f}" for x in range(20)]


def texts(*values: object) -> Examples:
    return examples_of([str(value) for value in values])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["-7.2", "+1e3", ".5"], (-7.2, 1000.0, 0.5)),
        (["1,234", "12", "1,000,000"], (1234.0, 12.0, 1e6)),
        (["0,5", "1,25", "3"], (0.5, 1.25, 3.0)),
        (["0,512", "1,204"], (0.512, 1.204)),
        (["90 BPM", "120bpm"], (90.0, 120.0)),
        (["nan", "inf", "-Infinity", "1e400", "1e20", "0x10", "1_0", "٣x", ""], (None,) * 9),
        (["80s", "2step", "3rd"], (None,) * 3),
    ],
)
def test_numbers_are_read_as_people_write_them(written, read):
    assert read_column(written).values == read


def test_a_unit_counts_where_all_have_it():
    assert read_column(["85 %", "3%"]).unit == "%"
    assert read_column(["85 %", "3 dB"]).unit == ""


@pytest.mark.parametrize(
    ("values", "are"),
    [
        (RATINGS, True),
        ([0, 1] * 20, False),
        (list(range(10)) * 5, False),
        ([1, 2, 3, 4, 5] * 8, False),
        ([0.5, 1.5, 2.5] * 10, False),
        (list(range(1960, 2021)) * 2, True),
        ([1960, 1970, 1980, 1990, 2000, 2010] * 9, False),
        ([97, 104, 120, 121, 133, 140, 152], True),
        (["rock", "jazz", "80s", "pop"] * 5, False),
        ([*RATINGS, "n/a", "?"], True),
        (["1", *"abcdefghij"], False),
    ],
)
def test_the_values_decide_whether_a_label_is_numbers(values, are):
    assert (as_numbers(texts(*values)).numbers is not None) == are


def test_what_was_taken_for_what_is_said():
    (said,) = as_numbers(texts(*range(1960, 2021))).warnings
    assert "numbers from 1960 to 2020" in said
    assert "--as classes" in said
    (said,) = as_numbers(texts(*[0, 1] * 9)).warnings
    assert "2 different values of kind are numbers" in said
    assert "--as numbers" in said
    assert as_numbers(texts("rock", "jazz")).warnings == ()


def test_what_is_asked_for_is_taken():
    assert as_numbers(texts(*RATINGS), False).numbers is None
    assert as_numbers(texts(*RATINGS), False).warnings == ()
    told = as_numbers(texts(*[0, 1] * 9), True)
    assert told.numbers.values.ravel().tolist() == [0, 1] * 9
    assert told.warnings == ()
    with pytest.raises(NoNumbersError, match="kind holds no numbers but 'rock', 'jazz'"):
        as_numbers(texts("rock", "jazz"), True)


def test_text_gaps_and_infinities_are_left_out_one_by_one():
    found = as_numbers(texts(*RATINGS, "loud", "nan", "inf", "1e300"))
    assert len(found) == 20
    assert [each.code for each in found.left_out] == ["not-a-number"] * 4
    messages = [each.message for each in found.left_out]
    assert "'loud', which is no number" in messages[0]
    assert "nan, which is no finite number" in messages[1]
    assert "too large" in messages[3]


def test_minus_one_is_not_one_with_a_hyphen():
    examples = texts(*[-1.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5])
    from dataclasses import replace

    from linernotes.datasets.examples import similar_classes

    warned = replace(examples, warnings=similar_classes(examples.target))
    assert len(warned.warnings) == 1
    assert "same" not in " ".join(as_numbers(warned).warnings)


def test_the_unit_may_be_in_the_name():
    from dataclasses import replace

    named = replace(texts(*RATINGS), label="loudness (LUFS)")
    assert as_numbers(named).numbers.units == ("LUFS",)


def test_one_value_is_none_to_learn():
    with pytest.raises(OneValueError, match="all tracks have the kind 3"):
        trainable(as_numbers(texts(*[3] * 30), True))


def test_a_few_numbers_are_too_few():
    with pytest.raises(FewNumbersError, match="only 4 of the tracks"):
        trainable(as_numbers(texts(0.1, 0.2, 0.3, 0.4), True))
    with pytest.raises(FewNumbersError, match=r"2 were left out, as row 2: its kind is 'loud'"):
        trainable(as_numbers(texts(0.1, "loud", "soft"), True))


def test_gaps_in_features_cost_the_track_alone():
    from dataclasses import replace

    features = np.zeros((20, 2), np.float32)
    features[3, 1] = np.nan
    found = trainable(as_numbers(replace(texts(*RATINGS), features={"x": features})))
    assert len(found) == len(found.numbers.values) == 19
    assert found.left_out[0].code == "nan-features"
