from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from learning_support import load_window_model
from numpy.typing import NDArray

from linernotes.learning import Model, load_model


@dataclass(frozen=True, eq=False)
class FakeTaggram:
    """What a model reads of a taggram, without the network that makes one."""

    probabilities: NDArray[np.float32]
    network: str = "MSD_musicnn"

    @property
    def start(self) -> NDArray[np.float64]:
        return 3.0 * np.arange(len(self.probabilities))

    @property
    def end(self) -> NDArray[np.float64]:
        return self.start + 3.0


@pytest.fixture(scope="session")
def genre() -> Model:
    return load_model("genre")


@pytest.fixture(scope="session")
def window_model() -> Model:
    return load_window_model()


@pytest.fixture(scope="session")
def fake_taggram() -> type[FakeTaggram]:
    return FakeTaggram
