"""Scores of predicted classes, which can be compared and believed.

Conventions: ``truth`` holds the index of each track's class, -1 where the predictor does not
know the class at all (always wrong). ``probabilities`` has a row a track and a column a class.
The predicted class is the most probable one, of equal ones the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linernotes.learning.card import Scores

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BINS = 15
"""Bins of the calibration error, of equal width, as in the cards of the shipped models."""

RESAMPLES = 2000
_FLOOR = float(np.finfo(np.float64).eps)  # as scikit-learn does


@dataclass(frozen=True)
class Bin:
    """Predictions of about the same top probability.

    Parameters
    ----------
    low, high
        The bin's edges; it holds its lower one.
    tracks
        How many predictions it holds.
    confidence
        Mean of their top probabilities.
    accuracy
        Share of right ones.
    """

    low: float
    high: float
    tracks: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class ClassScores:
    """Scores of one class.

    Parameters
    ----------
    name
        The class.
    tracks
        How many tracks are of it.
    precision, recall, f1
        0 to 1; 0 where there is nothing to divide by.
    taken_for
        What its tracks were wrongly taken for, and how often, most frequent first.
    wrongly_found
        How many tracks of other classes were taken for it.
    """

    name: str
    tracks: int
    precision: float
    recall: float
    f1: float
    taken_for: tuple[tuple[str, int], ...]
    wrongly_found: int


def score(
    truth: Ints,
    probabilities: Floats,
    classes: Sequence[str],
    *,
    on: str = "tracks",
    constant: Ints | None = None,
    groups: Ints | None = None,
) -> Scores:
    """Return all figures of some predictions.

    Parameters
    ----------
    truth
        Shape (tracks,).
    probabilities
        Shape (tracks, classes); rows sum to one.
    classes
        Names, in the order of the columns.
    on
        What this was measured on, in words.
    constant
        Shape (tracks,): what always answering the commonest class of the training part would
        have answered; the commonest class of ``truth`` if not given, which flatters the
        baseline.
    groups
        Shape (tracks,): tracks of one number depend on one another, as those of one artist do.
        The interval is then a bootstrap over groups, and Wilson's otherwise.

    Returns
    -------
    Scores
        Accuracy with its interval, and all other figures.

    Raises
    ------
    ValueError
        There is no track, or the shapes do not fit.

    Examples
    --------
    >>> scores = score(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]]), "ab")
    >>> round(scores.accuracy, 2), scores.confusion
    (0.67, ((1, 0), (1, 1)))
    """
    if not len(truth) or probabilities.shape != (len(truth), len(classes)):
        raise ValueError("Scores need at least one track, and a column for each class.")
    answer = probabilities.argmax(axis=1)
    right = answer == truth
    table = confusion(truth, answer, len(classes))
    recall, precision, _ = _rates(truth, answer, len(classes))
    if constant is None:
        constant = np.full(
            len(truth), np.bincount(truth + 1)[1:].argmax() if any(truth >= 0) else 0
        )
    return Scores(
        on=on,
        cases=len(truth),
        accuracy=float(right.mean()),
        interval=accuracy_interval(right, groups),
        baseline=float((constant == truth).mean()),
        macro_f1=macro_f1(truth, answer),
        log_loss=log_loss(truth, probabilities),
        calibration_error=calibration_error(truth, probabilities),
        recall=tuple(recall.tolist()),
        precision=tuple(precision.tolist()),
        confusion=tuple(tuple(row) for row in table.tolist()),
    )


def by_class(truth: Ints, probabilities: Floats, classes: Sequence[str]) -> tuple[ClassScores, ...]:
    """Return how each class fared, in the order of the classes.

    Examples
    --------
    >>> by_class(np.array([0, 0]), np.array([[0.9, 0.1], [0.2, 0.8]]), "ab")[0].taken_for
    (('b', 1),)
    """
    answer = probabilities.argmax(axis=1)
    table = confusion(truth, answer, len(classes))
    recall, precision, f1 = _rates(truth, answer, len(classes))
    found = np.bincount(answer, minlength=len(classes))
    scores = []
    for i, name in enumerate(classes):
        wrong = table[i].copy()
        wrong[i] = 0
        order = [j for j in np.argsort(-wrong, kind="stable").tolist() if wrong[j]]
        scores.append(
            ClassScores(
                name=name,
                tracks=int(table[i].sum()),
                precision=float(precision[i]),
                recall=float(recall[i]),
                f1=float(f1[i]),
                taken_for=tuple((classes[j], int(wrong[j])) for j in order),
                wrongly_found=int(found[i] - table[i, i]),
            )
        )
    return tuple(scores)


def confusion(truth: Ints, answer: Ints, classes: int) -> Ints:
    """Return counts, a row a true class and a column a predicted one; unknown truths are left out.

    Examples
    --------
    >>> confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
    [[1, 0], [1, 1]]
    """
    from sklearn.metrics import confusion_matrix

    table: Ints = confusion_matrix(truth, answer, labels=np.arange(-1, classes))[1:, 1:]
    return table


def macro_f1(truth: Ints, answer: Ints) -> float:
    """Return F1 averaged over the classes that occur among truths or predictions.

    Examples
    --------
    >>> macro_f1(np.array([0, 1]), np.array([0, 1]))
    1.0
    """
    from sklearn.metrics import f1_score

    occurring = np.union1d(truth[truth >= 0], answer)
    return float(f1_score(truth, answer, labels=occurring, average="macro", zero_division=0))


def log_loss(truth: Ints, probabilities: Floats) -> float:
    """Return the mean of -ln(probability of the right class); one of 0 counts as 2.2e-16.

    As scikit-learn's, but for classes that the predictor does not know, to which it gives 0.

    Examples
    --------
    >>> log_loss(np.array([0]), np.array([[1.0, 0.0]])) == 0
    True
    """
    given = probabilities[np.arange(len(truth)), np.maximum(truth, 0)].astype(np.float64)
    given = np.where(truth < 0, 0.0, given)
    # Adding zero keeps a perfect score from being written as -0.
    return float(-np.log(np.clip(given, _FLOOR, 1.0)).mean()) + 0.0


def calibration_error(truth: Ints, probabilities: Floats) -> float:
    """Return the expected calibration error of the top probability [1]_.

    The mean distance between how sure predictions are and how often they are right, over
    bins of equal width, weighted by the bins' sizes. scikit-learn's ``calibration_curve`` does not
    tell the sizes, and puts what lies on an edge into the lower bin.

    .. [1] Guo, C., Pleiss, G., Sun, Y. & Weinberger, K. (2017). On calibration of modern neural
       networks. ICML.

    Examples
    --------
    >>> round(calibration_error(np.array([0, 1]), np.array([[0.8, 0.2], [0.8, 0.2]])), 3)
    0.3
    """
    weight = [
        bin_.tracks * abs(bin_.accuracy - bin_.confidence) for bin_ in bins(truth, probabilities)
    ]
    return float(sum(weight) / len(truth))


def bins(truth: Ints, probabilities: Floats) -> tuple[Bin, ...]:
    """Return the reliability curve: the bins that hold anything, by rising probability.

    Examples
    --------
    >>> bins(np.array([0, 1]), np.array([[0.8, 0.2], [0.8, 0.2]]))[0].accuracy
    0.5
    """
    top = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == truth
    place = np.clip((top * BINS).astype(int), 0, BINS - 1)
    return tuple(
        Bin(
            low=i / BINS,
            high=(i + 1) / BINS,
            tracks=int((place == i).sum()),
            confidence=float(top[place == i].mean()),
            accuracy=float(right[place == i].mean()),
        )
        for i in np.unique(place).tolist()
    )


def wilson(right: int, tracks: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share of independent tracks [1]_.

    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
       inference. Journal of the American Statistical Association 22.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    if tracks < 1 or not 0 <= right <= tracks:
        raise ValueError("The interval needs at least one track, and no more right than there are.")
    from scipy.stats import binomtest

    interval = binomtest(right, tracks).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)


def accuracy_interval(
    right: NDArray[np.bool_], groups: Ints | None = None, *, random_state: int = 0
) -> tuple[float, float]:
    """Return the 95 % interval of the accuracy.

    Tracks of one group are right or wrong together, so that a hundred of them say less than a
    hundred tracks. Groups are drawn anew, with replacement, 2,000 times, and the middle 95 % of
    the accuracies are the interval (percentile bootstrap over clusters [1]_). It is never
    narrower than Wilson's, which is what independent tracks get: of a few groups, or where all
    is right, the bootstrap alone would be too sure of itself.

    Parameters
    ----------
    right
        Shape (tracks,).
    groups
        Shape (tracks,); ``None`` for independent tracks.
    random_state
        Of the bootstrap.

    .. [1] Davison, A. C. & Hinkley, D. V. (1997). Bootstrap methods and their application.
       Cambridge University Press.

    Examples
    --------
    >>> right = np.array([True, False] * 20)
    >>> low, high = accuracy_interval(right)
    >>> wider = accuracy_interval(right, np.arange(40) // 2 % 5)
    >>> wider[0] <= low and wider[1] >= high
    True
    """
    low, high = wilson(int(right.sum()), len(right))
    if groups is None:
        return low, high
    _, member = np.unique(groups, return_inverse=True)
    count = int(member.max()) + 1
    if count == len(right):
        return low, high
    sizes = np.bincount(member, minlength=count)
    hits = np.bincount(member, weights=right, minlength=count)
    drawn = np.random.default_rng(random_state).multinomial(
        count, np.full(count, 1 / count), RESAMPLES
    )
    shares = (drawn @ hits) / (drawn @ sizes)
    ends = np.percentile(shares, [2.5, 97.5])
    return min(low, float(ends[0])), max(high, float(ends[1]))


def _rates(truth: Ints, answer: Ints, classes: int) -> tuple[Floats, Floats, Floats]:
    """Return recall, precision and F1 of each class, 0 where there is nothing to divide by."""
    from sklearn.metrics import precision_recall_fscore_support

    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, answer, labels=np.arange(classes), zero_division=0
    )
    return recall, precision, f1
