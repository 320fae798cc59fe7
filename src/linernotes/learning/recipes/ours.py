"""Our own recipes: for any label, for producers, and for a handful of examples.

All of them hear what a library keeps of each track, so that a scanned library need not be heard
again to learn from it or to tell its labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linernotes.learning.estimators.tag_name_classifier import tag_columns
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.inputs import find_input
from linernotes.learning.recipe import Recipe
from linernotes.library.analyses import tag_names

INPUT_SPEC = InputSpec(("embedding", "tags", "descriptors"))

_EMBEDDING, _TAGS, _DESCRIPTORS = (find_input(name).columns for name in INPUT_SPEC.inputs)
_FIRST_TAG, _FIRST_DESCRIPTOR = _EMBEDDING, _EMBEDDING + _TAGS
_END = _FIRST_DESCRIPTOR + _DESCRIPTORS
# The set "descriptors" ends with those of "production".
_FIRST_PRODUCTION = _END - find_input("production").columns


_WEIGHTS = {"discriminant": 0.2, "linear": 1.0, "embedding": 1.0, "curves": 1.0, "called": 2.0}


def blend(
    *,
    probabilities: tuple[int, int],
    described: tuple[int, int],
    embedded: tuple[int, int] | None = None,
    called: Sequence[Sequence[int]] = (),
    curved: bool = True,
    random_state: int = 0,
) -> Any:
    """Return the estimator of our recipes, for any layout of columns.

    Classifiers answer together, since each is good where others are not: a Gaussian
    discriminant with artists as a source of variation (best with few examples and many classes,
    but too sure of itself, whence its weight), logistic regression on all columns, the same on
    the networks' embeddings alone (best for a few broad genres), logistic regression on Nyström
    landmarks among whitened columns, whose borders may be curved (best for authors), and, where
    tags bear the names of classes, these tags (best for music unlike the examples). The weights
    are those that hold where no track can be held out to fit them to.

    Parameters
    ----------
    probabilities
        The columns that are probabilities: first, and one behind the last.
    described
        The columns that the discriminant and the landmarks look at: those that mean
        something. There must not be too many of them for a covariance.
    embedded
        The columns of embeddings, if there are any.
    called
        For each class the columns of the tags that name it; see `tag_columns`.
    curved
        Whether to use landmarks.
    random_state
        Picks the landmarks.

    Returns
    -------
    Any
        A scikit-learn estimator that is not fitted yet.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.repeat([[0.1, 0.9], [0.8, 0.2]], 4, axis=0)
    >>> estimator = blend(probabilities=(0, 2), described=(0, 2))
    >>> estimator.fit(rows, list("aaaabbbb")).predict(rows[:1])
    array(['a'], dtype='<U1')
    """
    from sklearn.pipeline import Pipeline

    from linernotes.learning.estimators.blend import Blend
    from linernotes.learning.estimators.covariance import WithinClassWhitening
    from linernotes.learning.estimators.discriminant import Discriminant
    from linernotes.learning.estimators.landmarks import Landmarks
    from linernotes.learning.estimators.preprocessing import ClippedScaler, ColumnSelector
    from linernotes.learning.estimators.tag_name_classifier import TagNameClassifier

    parts: list[tuple[str, Any]] = [
        ("discriminant", Discriminant(start=described[0], stop=described[1])),
        ("linear", _regression(0.01)),
    ]
    if embedded:
        alone = [("columns", ColumnSelector(*embedded)), ("linear", _regression(0.01))]
        parts.append(("embedding", Pipeline(alone)))
    if curved:
        curves = [
            ("columns", ColumnSelector(*described)),
            ("whitened", WithinClassWhitening()),
            ("landmarks", Landmarks(random_state=random_state)),
            ("linear", _regression(10.0)),
        ]
        parts.append(("curves", Pipeline(curves)))
    if any(called):
        parts.append(("called", TagNameClassifier(called)))
    return Pipeline(
        [
            ("tidied", ClippedScaler(start=probabilities[0], stop=probabilities[1])),
            ("blend", Blend(parts, weights=_WEIGHTS)),
        ]
    )


def _regression(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    # More digits than that change no answer, and take three times as long.
    return LogisticRegression(C=strength, tol=1e-3, max_iter=1000)


def default_estimator(*, random_state: int = 0, classes: tuple[str, ...] = ()) -> Any:
    """Return the estimator of the recipe ``default``."""
    return blend(
        probabilities=(_FIRST_TAG, _FIRST_DESCRIPTOR),
        described=(_FIRST_TAG, _END),
        embedded=(0, _EMBEDDING),
        called=tag_columns(classes, tag_names(), first=_FIRST_TAG),
        random_state=random_state,
    )


def _few(*, random_state: int = 0, classes: tuple[str, ...] = ()) -> Any:
    return blend(
        probabilities=(_FIRST_TAG, _FIRST_DESCRIPTOR),
        described=(_FIRST_TAG, _END),
        called=tag_columns(classes, tag_names(), first=_FIRST_TAG),
        curved=False,
        random_state=random_state,
    )


def _producer(*, random_state: int = 0) -> Any:
    """Return what tells producers: by how a record was made, and by what is played if need be.

    What the networks hear (instruments, voices, style) comes with the artist and the genre, and
    so misleads where the same producer works with others: there it is heard through a
    discriminant alone, which trusts no direction in which the artists of one producer differ.
    ``benchmarks/producers.py`` shows what this gains with artists that were never heard. Where
    nobody said who the artists are, or each producer has one, held-out tracks cannot show what
    misleads, and the next tracks will be by the same people: all parts are weighed.
    """
    from sklearn.pipeline import Pipeline

    from linernotes.learning.estimators.blend import Blend
    from linernotes.learning.estimators.discriminant import Discriminant
    from linernotes.learning.estimators.preprocessing import ColumnSelector

    sound = [
        ("columns", ColumnSelector(_FIRST_PRODUCTION, _END)),
        ("linear", _regression(0.1)),
    ]
    everything = default_estimator(random_state=random_state)
    parts: list[tuple[str, Any]] = [
        ("production", Discriminant(start=_FIRST_PRODUCTION, stop=_END)),
        ("sound", Pipeline(sound)),
        *everything[-1].estimators,
    ]
    weights = {"production": 0.2, "sound": 1.0, "discriminant": 0.2}
    return Pipeline([*everything.steps[:-1], ("blend", Blend(parts, weights=weights))])


def _strengths(setting: str, *strengths: float) -> tuple[dict[str, object], ...]:
    return tuple({setting: strength} for strength in strengths)


_C = (0.001, 0.003, 0.01, 0.03, 0.1, 1.0)

#: What may be chosen in each part of `blend`.
PARTS: dict[str, tuple[dict[str, object], ...]] = {
    "discriminant": ({},),
    "linear": _strengths("blend__linear__C", *_C),
    "embedding": _strengths("blend__embedding__linear__C", *_C),
    "curves": _strengths("blend__curves__linear__C", 3.0, 10.0, 100.0),
    "called": ({},),
}

RECIPES = (
    Recipe(
        name="default",
        input_spec=INPUT_SPEC,
        estimator=default_estimator,
        parts=PARTS,
        model="discriminant + logistic regression of everything and of embeddings alone + "
        "Nyström landmarks + tags that bear the names of classes, blended by weights that fit "
        "the data",
    ),
    Recipe(
        name="producer",
        input_spec=INPUT_SPEC,
        estimator=_producer,
        search=_strengths("blend__sound__linear__C", 0.1, 1.0, 0.03),
        parts={
            "production": ({},),
            "sound": _strengths("blend__sound__linear__C", 0.1, 1.0, 0.03),
            **{name: tried for name, tried in PARTS.items() if name != "called"},
        },
        model="discriminants with artists as a source of variation + logistic regression on the "
        "production descriptors, blended; where artists are not known, with the parts of default "
        "and by weights that fit the data",
    ),
    Recipe(
        name="few",
        input_spec=INPUT_SPEC,
        estimator=_few,
        model="discriminant + logistic regression + tags that bear the names of classes, "
        "blended; nothing to choose",
    ),
)
