"""Networks that look at the cepstrum over time as at a picture, alone or beside statistics."""

from __future__ import annotations

from typing import Any

from linernotes.features import names
from linernotes.learning.input_spec import Clips, InputSpec
from linernotes.learning.recipe import Recipe

_CLIPS = Clips(30.0)


def _matrix_network(*, random_state: int = 0) -> Any:
    from linernotes.learning.baselines.network import Network
    from linernotes.learning.baselines.network_layers import PictureBranch

    return Network((PictureBranch(12, 2584, shrink=(1, 8)),), epochs=25, random_state=random_state)


def _image_network(*, random_state: int = 0) -> Any:
    from linernotes.learning.baselines.network import Network
    from linernotes.learning.baselines.network_layers import PictureBranch

    return Network((PictureBranch(20, 1292, shrink=(1, 4)),), epochs=20, random_state=random_state)


def _two_branches(*, random_state: int = 0) -> Any:
    from linernotes.learning.baselines.network import Network
    from linernotes.learning.baselines.network_layers import NumberBranch, PictureBranch

    statistics = NumberBranch(len(names("fma")), hidden=(64,))
    return Network(
        (PictureBranch(20, 1292, shrink=(1, 4)), statistics), epochs=20, random_state=random_state
    )


RECIPES = (
    Recipe(
        name="mfcc-cnn",
        input_spec=InputSpec(("mfcc_matrix",), _CLIPS),
        estimator=_matrix_network,
        model="convolutional network, three layers",
        reproduces="genre classifier: below its support vector machine, 84.2 % of 5 genres",
        extras=("neural",),
    ),
    Recipe(
        name="mfcc-image-cnn",
        input_spec=InputSpec(("mfcc_image",), _CLIPS),
        estimator=_image_network,
        model="convolutional network, three layers",
        reproduces="convolutional network on FMA small: about 35 % of 8 genres",
        extras=("neural",),
    ),
    Recipe(
        name="multi-input",
        input_spec=InputSpec(("mfcc_image", "fma"), _CLIPS),
        estimator=_two_branches,
        model="network of two branches: pictures of the cepstrum, and 518 statistics",
        reproduces="planned for FMA small, and never built",
        extras=("neural",),
    ),
)
