"""A kernel machine whose cost does not grow with the square of the tracks."""

from __future__ import annotations

from typing import Any, Self

from sklearn.kernel_approximation import Nystroem


class Landmarks(Nystroem):
    """How near a row is to each of some rows, picked at random: Nyström's approximation.

    A linear classifier on these columns draws the same curved borders as a support vector
    machine with a Gaussian kernel, whose cost grows with the square of the rows (Williams &
    Seeger, NIPS 2000).

    Parameters
    ----------
    n_components
        Number of landmarks; fewer where there are not so many rows.
    width
        Of the kernel: ``gamma`` is ``width`` over the number of columns.
    random_state
        Picks the landmarks.

    Examples
    --------
    >>> import numpy as np
    >>> Landmarks(n_components=9).fit_transform(np.eye(4)).shape
    (4, 4)
    """

    n_components: int

    def __init__(
        self, *, n_components: int = 500, width: float = 0.3, random_state: int = 0
    ) -> None:
        super().__init__(n_components=n_components, random_state=random_state)
        self.width = width

    def fit(self, X: Any, y: object = None) -> Self:  # noqa: N803
        """Pick the landmarks."""
        wanted = self.n_components
        self.gamma = self.width / X.shape[1]
        self.n_components = min(wanted, len(X))
        try:
            super().fit(X, y)
        finally:
            self.n_components = wanted
        return self
