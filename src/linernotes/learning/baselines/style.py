"""A tool that told 14 styles apart: a dense network, boosted trees, a look at spectrograms.

Its figures are inflated: chunks of one piece were on both sides of the split.
"""

from __future__ import annotations

from typing import Any

from linernotes.features import names
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.recipe import Recipe

_CHUNKS = Clips(30.0, skip_intro=30.0, at_most=3)
# A chunk is five pictures, so that one chunk a track is plenty, and fits into memory.
_PICTURES = Clips(30.0, skip_intro=30.0, at_most=1)
_CAVEAT = "chunks of one piece on both sides of the split"


def _dense(*, random_state: int = 0) -> Any:
    from linernotes.learning.baselines.network import Network
    from linernotes.learning.baselines.network_layers import NumberBranch

    return Network(
        (NumberBranch(len(names("style")), hidden=(64,)),), epochs=40, random_state=random_state
    )


def _trees(*, random_state: int = 0) -> Any:
    from linernotes.learning.baselines.boosting import BoostedTrees

    return BoostedTrees(random_state=random_state)


def _pictures(*, random_state: int = 0) -> Any:
    from linernotes.learning.baselines.network import Network
    from linernotes.learning.baselines.network_layers import PictureBranch
    from linernotes.learning.baselines.pictures import Pictures

    # Pictures of one track resemble each other: held-out ones would not tell when to stop.
    picture = PictureBranch(100, 100, shrink=(2, 2), pool=(2, 2))
    return Pictures(Network((picture,), epochs=10, held_out=0.0, random_state=random_state), 5)


def _joined(*, random_state: int = 0) -> Any:
    return _vote(
        {"dense": _dense(random_state=random_state), "trees": _trees(random_state=random_state)}
    )


def _all(*, random_state: int = 0) -> Any:
    from sklearn.pipeline import Pipeline

    from linernotes.learning.estimators.preprocessing import ColumnSelector

    statistics, pictures = len(names("style")), len(names("log_spectrogram"))
    numbers = ColumnSelector(0, statistics)
    images = ColumnSelector(statistics, statistics + pictures)
    return _vote(
        {
            "dense": Pipeline(
                [("columns", numbers), ("network", _dense(random_state=random_state))]
            ),
            "trees": Pipeline(
                [("columns", numbers), ("boosting", _trees(random_state=random_state))]
            ),
            "pictures": Pipeline(
                [("columns", images), ("network", _pictures(random_state=random_state))]
            ),
        }
    )


def _vote(voters: dict[str, Any]) -> Any:
    from sklearn.ensemble import VotingClassifier

    return VotingClassifier(list(voters.items()), voting="soft", flatten_transform=False)


RECIPES = (
    Recipe(
        name="style-nn",
        input_spec=InputSpec(("style",), _CHUNKS),
        estimator=_dense,
        model="dense network, a hidden layer on each side of the dropout",
        reproduces=f"dense network: 96 % of 14 styles, {_CAVEAT}",
        search=({"dropout": 0.3}, {"dropout": 0.5}),
        extras=("neural",),
    ),
    Recipe(
        name="style-xgb",
        input_spec=InputSpec(("style",), _CHUNKS),
        estimator=_trees,
        model="gradient-boosted trees of xgboost, 60 a class",
        reproduces=f"xgboost: 92 % of 14 styles, {_CAVEAT}",
        search=({"max_depth": 3}, {"max_depth": 5}),
        extras=("boosting",),
    ),
    Recipe(
        name="style-cnn",
        input_spec=InputSpec(("log_spectrogram",), _PICTURES),
        estimator=_pictures,
        model="convolutional network, three layers, mean of the five pictures of a chunk",
        reproduces=f"convolutional network on 23,000 pictures: 94 % of 14 styles, {_CAVEAT}",
        extras=("neural",),
    ),
    Recipe(
        name="style-joined",
        input_spec=InputSpec(("style",), _CHUNKS),
        estimator=_joined,
        model="mean of dense network and boosted trees",
        reproduces=f"vote of the two: best of all, no figure given, {_CAVEAT}",
        extras=("neural", "boosting"),
    ),
    Recipe(
        name="style-all",
        input_spec=InputSpec(("style", "log_spectrogram"), _PICTURES),
        estimator=_all,
        model="mean of dense network, boosted trees and convolutional network",
        reproduces=f"vote of the three: best of all, no figure given, {_CAVEAT}",
        extras=("neural", "boosting"),
    ),
)
