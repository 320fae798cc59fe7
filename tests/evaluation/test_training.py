"""Models that bear the figures of their recipes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from evaluation_support import linear, made_examples
from learning_support import PLAIN, write_tracks

from linernotes.evaluation import ListeningOptions, evaluate, train_scored
from linernotes.evaluation.errors import GroupsUnknownError
from linernotes.evaluation.training import with_figures
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.training import train_model
from linernotes.library.scans import Progress

DEAF = ListeningOptions(cache=None)


def test_the_figures_are_of_tracks_that_were_left_out_in_turn() -> None:
    told: list[Progress] = []
    made = train_scored(
        made_examples(), recipe=linear(), n_splits=3, name="mine",
        listening=ListeningOptions(cache=None, progress=told.append),
    )  # fmt: skip
    alone = evaluate(linear(), made_examples(), n_splits=3, beside=False, listening=DEAF)
    assert made.evaluation is not None
    assert made.model.card.scores == (alone.predictions.scores,)
    assert made.model.card.scores[0].on == "no artist or album on both sides, 3 folds"
    assert (made.model.name, len(made.examples), made.untested) == ("mine", 80, None)
    phases = [each.phase for each in told]
    assert phases.count("testing") == 4
    assert phases.index("testing") < phases.index("training")


def test_what_cannot_be_parted_is_trained_and_said_to_be_untested() -> None:
    nobody = replace(made_examples(), artist=(None,) * 80)
    made = train_scored(nobody, recipe=linear(), listening=DEAF)
    assert made.evaluation is None
    assert made.model.card.scores == ()
    assert "--split random" in (made.untested or "")
    with pytest.raises(GroupsUnknownError):
        train_scored(nobody, recipe=linear(), split="grouped", listening=DEAF)
    random = train_scored(nobody, recipe=linear(), split="random", n_splits=2, listening=DEAF)
    assert "random split" in random.model.card.scores[0].on
    untested = train_scored(made_examples(), recipe=linear(), test=False, listening=DEAF)
    assert (untested.evaluation, untested.untested) == (None, None)


def test_figures_of_other_classes_stay_off_the_card() -> None:
    model = train_scored(made_examples(), recipe=linear(), test=False, listening=DEAF).model
    other = evaluate(linear(), made_examples(classes=3), beside=False, listening=DEAF)
    assert with_figures(model, other).card.scores == ()


def test_tracks_are_heard_once_for_test_and_training(
    tmp_path: Path,
) -> None:
    examples = write_tracks(tmp_path, ("hum", "noise"), 4)
    heard: list[Progress] = []
    made = train_scored(
        examples, recipe=replace(PLAIN, input_spec=InputSpec(("extracted",))), split="random",
        n_splits=2, listening=ListeningOptions(cache=None, workers=1, progress=heard.append),
    )  # fmt: skip
    assert made.evaluation is not None
    assert len(made.examples) == 8
    assert [each.done for each in heard if each.phase == "listening"] == list(range(9))


def test_what_was_heard_of_the_test_part_is_not_learned_from() -> None:
    split = ("test",) * 20 + ("train",) * 60
    parted = replace(made_examples(), split=split)
    made = train_scored(parted, recipe=linear(), listening=DEAF)
    alone = train_model(parted, recipe=linear(), cache=False)
    assert made.evaluation is not None
    assert made.examples.target == alone.examples.target
    assert made.examples.left_out == alone.examples.left_out
    assert len(made.examples) == 60
