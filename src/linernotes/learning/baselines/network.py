"""Neural networks for rows of numbers, for pictures, and for both at once.

A network has a branch for each kind of input. What the branches make of it is put side by side
and goes through common layers to the classes. Training needs torch; what is kept of it are plain
arrays, from which the network is written into an ONNX graph node by node.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from linernotes.learning.baselines.network_layers import Branch


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
    >>> from linernotes.learning.baselines.network_layers import NumberBranch
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
        probabilities: NDArray[np.float64] = softmax(found, axis=1)
        return probabilities

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """Return the most probable class of each row."""
        winners: NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return winners
