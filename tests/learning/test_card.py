from __future__ import annotations

import json

import pytest

from linernotes.learning.card import ModelCard, Scores, card_from_dict

CLASSES = ("blues", "rock")
SCORES = Scores(
    on="Test tracks",
    cases=4,
    accuracy=0.75,
    interval=(0.3, 0.95),
    baseline=0.5,
    macro_f1=0.7333,
    log_loss=0.61,
    calibration_error=0.1,
    recall=(1.0, 0.5),
    precision=(0.6667, 1.0),
    confusion=((2, 0), (1, 1)),
)
CARD = ModelCard(
    summary="Tells blues from rock.",
    data=("Four tracks.",),
    choice=("By hand.",),
    limits=("Everything.",),
    not_for=("Anything.",),
    licence="Apache-2.0",
    test_looks=3,
    scores=(SCORES,),
)


def test_a_card_survives_json():
    assert card_from_dict(json.loads(json.dumps(CARD.as_dict())), 2) == CARD


def test_a_card_reads_well():
    assert CARD.lines(CLASSES) == [
        "Tells blues from rock.",
        "",
        "Data:",
        "  Four tracks.",
        "",
        "How it was chosen:",
        "  By hand.",
        "",
        "What is not known:",
        "  Everything.",
        "",
        "Not for:",
        "  Anything.",
        "",
        "Figures (models measured on the test tracks: 3):",
        "  Test tracks, 4 cases:",
        "    accuracy 0.750 (95 %: 0.300 to 0.950), baseline 0.500",
        "    macro F1 0.733, log loss 0.610, calibration error 0.100",
        "           recall  precision  predicted as, in the same order",
        "    blues    1.00       0.67     2   0",
        "    rock     0.50       1.00     1   1",
        "",
        "Licence: Apache-2.0",
    ]


def test_a_card_of_another_number_of_classes_is_refused():
    with pytest.raises(ValueError, match="do not fit 3 classes"):
        card_from_dict(CARD.as_dict(), 3)


def test_the_shipped_card_is_honest(genre):
    text = "\n".join(genre.describe())
    for words in ("On a data set that it never saw", "GTZAN", "mer4q", "a listener agrees",
                  "left out", "Often confused", "nine of ten"):  # fmt: skip
        assert words in text
    headline = genre.card.scores[0]
    assert headline.on.startswith("All sets, cross-validated")
    assert headline.interval is not None
    assert headline.interval[0] < headline.accuracy < headline.interval[1]
    assert genre.card.test_looks >= 1
    json.dumps(genre.as_dict(), allow_nan=False)
