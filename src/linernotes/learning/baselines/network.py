"""Neural networks for rows of numbers, for pictures, and for both at once.

A network has a branch for each kind of input. What the branches make of it is put side by side
and goes through common layers to the classes. Training needs torch; what is kept of it are plain
arrays, from which the network is written into an ONNX graph node by node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

Floats = NDArray[np.float32]

#: Standardised numbers are cut off here: a few columns have values far from all others.
LARGEST_DEVIATION = 5.0


@dataclass(frozen=True)
class NumberBranch:
    """A branch for columns that each mean something of their own.

    Parameters
    ----------
    columns
        How many.
    hidden
        Sizes of its layers, each followed by a rectifier.
    """

    columns: int
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class PictureBranch:
    """A branch for columns that are a picture, band by band.

    Parameters
    ----------
    bands, frames
        Its height and width.
    shrink
        How many neighbouring places, along bands and along time, are averaged at first: small
        pictures are learned from in seconds.
    channels
        Of each convolution of 3 x 3, which a normalisation over the batch, a rectifier and
        the largest of neighbouring places follow. What is left is averaged over time.
    pool
        How many neighbours the largest is taken of, along bands and along time.
    """

    bands: int
    frames: int
    shrink: tuple[int, int] = (1, 1)
    channels: tuple[int, ...] = (8, 16, 32)
    pool: tuple[int, int] = (2, 4)

    @property
    def columns(self) -> int:
        """How many columns it takes."""
        return self.bands * self.frames

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the shrunken picture."""
        return self.bands // self.shrink[0], self.frames // self.shrink[1]

    @property
    def left(self) -> tuple[int, int]:
        """Height and width of what is left behind the last layer; 0 for too small a picture."""
        height, width = self.size
        for _ in self.channels:
            height, width = height // self.pool[0], width // self.pool[1]
        return height, width


Branch: TypeAlias = NumberBranch | PictureBranch


@dataclass(frozen=True, eq=False)
class Layer:
    """Weights of a trained layer.

    Parameters
    ----------
    weight
        (outputs, inputs) of a dense layer, (outputs, inputs, bands, frames) of a convolution.
    bias
        (outputs,).
    """

    weight: Floats
    bias: Floats


@dataclass(frozen=True, eq=False)
class TrainedBranch:
    """A branch with its weights.

    Parameters
    ----------
    spec
        What it looks like.
    mean, scale
        The standardisation: of each column, or of each band of the shrunken picture in the shape
        (bands, 1).
    layers
        In order.
    """

    spec: Branch
    mean: Floats
    scale: Floats
    layers: tuple[Layer, ...]


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """All that a trained network is.

    Parameters
    ----------
    branches
        They take the columns one after the other.
    head
        Dense layers with rectifiers in between; the last one gives a score for each class.
    epochs
        How many times training went through the rows.
    """

    branches: tuple[TrainedBranch, ...]
    head: tuple[Layer, ...]
    epochs: int


class Network(ClassifierMixin, BaseEstimator):
    """A neural network as a scikit-learn classifier.

    Where there are many rows, a share of them, the same of each class, is kept aside and tells
    when to stop. Few rows are all learned from, `epochs` times. The same rows and seed give the
    same weights, however many processors there are.

    Parameters
    ----------
    branches
        `NumberBranch` or `PictureBranch`, in the order of their columns.
    hidden
        Sizes of the layers between branches and classes.
    dropout
        Share of what the branches tell that training leaves out at random.
    learning_rate, weight_decay
        Of the optimiser, AdamW (I. Loshchilov and F. Hutter, ICLR 2019). The rate rises to the
        given one, then falls to nothing (L. Smith and N. Topin, "Super-convergence", 2019).
    epochs
        How often training goes through the rows at most.
    patience
        How many of them may pass without the held-out rows getting any more probable.
    held_out
        The share kept aside, if that is at least 100 rows.
    batch_size
        Rows between two steps.
    random_state
        Of the weights to start from, the order of the rows and what is kept aside.

    Attributes
    ----------
    classes_
        The classes, sorted.
    trained_
        A `TrainedNetwork`.

    Examples
    --------
    >>> rows = np.repeat(np.eye(2, dtype=np.float32), 20, axis=0)
    >>> network = Network((NumberBranch(2),))
    >>> network.fit(rows, ["a"] * 20 + ["b"] * 20).predict(rows[:1])  # doctest: +SKIP
    array(['a'], dtype='<U1')
    """

    def __init__(
        self,
        branches: tuple[Branch, ...] = (),
        *,
        hidden: tuple[int, ...] = (32,),
        dropout: float = 0.3,
        learning_rate: float = 1e-2,
        weight_decay: float = 1e-2,
        epochs: int = 20,
        patience: int = 5,
        held_out: float = 0.15,
        batch_size: int = 32,
        random_state: int = 0,
    ) -> None:
        self.branches = branches
        self.hidden = hidden
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.epochs = epochs
        self.patience = patience
        self.held_out = held_out
        self.batch_size = batch_size
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Train on rows.

        Raises
        ------
        ValueError
            There are not as many columns as the branches take, or fewer than two classes.
        """
        from linernotes.learning.baselines.network_training import train

        values = np.asarray(X, np.float32)
        wanted = sum(branch.columns for branch in self.branches)
        if values.ndim != 2 or values.shape[1] != wanted:
            raise ValueError(f"The network takes {wanted} columns, not the shape {values.shape}.")
        self.classes_, codes = np.unique(np.asarray(y), return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("A network needs at least two classes to tell apart.")
        self.n_features_in_ = wanted
        self.trained_ = train(self, values, codes)
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Return the probability of each class, (rows, classes)."""
        from linernotes.learning.baselines.network_training import scores

        check_is_fitted(self)
        found = scores(self.trained_, np.asarray(X, np.float32))
        found = np.exp(found - found.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float64] = found / found.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the most probable class of each row."""
        winners: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return winners
