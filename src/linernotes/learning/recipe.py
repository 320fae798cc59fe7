"""Recipes: the features to hear, an estimator, and the settings to choose from."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import Any, ClassVar, Literal

from linernotes.errors import ModelError
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.inputs import is_network

#: The package that each extra of the installation brings.
EXTRAS = {"neural": "torch", "boosting": "xgboost"}

# Each module holds the recipes of one family, as ``RECIPES``.
_FAMILIES = (
    "recipes.ours", "recipes.numbers", "baselines.producer", "baselines.genres",
    "baselines.fma", "baselines.mfcc", "baselines.style",
)  # fmt: skip

#: Tracks that a recipe learns from at most, unless it says otherwise: it takes hours otherwise,
#: and more memory than a laptop has.
MOST_TRACKS = 20_000

# What `default` is called where labels are numbers.
_DEFAULT, _DEFAULT_OF_NUMBERS = "default", "numbers"


class RecipeNotFoundError(ModelError):
    """No recipe has this name."""

    code: ClassVar[str] = "recipe-not-found"


class WrongRecipeError(ModelError):
    """A recipe for classes was given numbers to learn, or the other way round."""

    code: ClassVar[str] = "wrong-recipe"


class MissingExtraError(ModelError):
    """A recipe needs a package that is not installed."""

    code: ClassVar[str] = "missing-extra"


LabelKind = Literal["classes", "numbers"]


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A named way to learn labels from what tracks sound like.

    Parameters
    ----------
    name
        Lower case, with hyphens.
    input_spec
        What it hears of a track: the columns that its estimator gets, side by side.
    estimator
        ``estimator(random_state=0)`` returns a new scikit-learn classifier for rows of what was
        heard; one that has a parameter ``classes`` gets the names of the classes. Of a recipe for
        numbers it returns a regressor, which gets standardised targets of shape (rows, targets).
        It has ``predict_proba``, or ``decision_function``, whose scores calibration turns into
        probabilities.
    model
        The estimator in words.
    reproduces
        The published system and its figure; empty for our own.
    search
        Settings for ``set_params`` to choose from inside the training part, the first of them
        the default. Empty where there is nothing to choose.
    parts
        Instead of ``search``, for a pipeline that ends in a step ``blend``, a
        `linernotes.learning.estimators.blend.Blend`: for each of its classifiers, by name, the
        settings to choose from. How much each of them counts is fitted as well; see
        `linernotes.learning.blending`. A recipe that has both is searched where the artists (or
        albums) are known and most classes have several, and weighed elsewhere.
    tolerance
        By how much accuracy on what was trained on may exceed that on what was not, from 0 to
        1; see `choose`. ``None`` for as much as it likes.
    extras
        What has to be installed besides linernotes itself: names among `EXTRAS`.
    label_kind
        "classes" or "numbers".
    most_tracks
        Of more tracks it learns from a fair sample, which is said; ``None`` for as many as there
        are. Fewer where time or memory grow faster than their number.

    Examples
    --------
    >>> find_recipe("fma-logreg").input_spec.inputs
    ('fma',)
    """

    name: str
    input_spec: InputSpec
    estimator: Callable[..., Any]
    model: str
    reproduces: str = ""
    search: tuple[Mapping[str, object], ...] = ()
    parts: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)
    tolerance: float | None = None
    extras: tuple[str, ...] = ()
    label_kind: LabelKind = "classes"
    most_tracks: int | None = MOST_TRACKS

    @property
    def missing(self) -> tuple[str, ...]:
        """The extras that are not installed."""
        return tuple(extra for extra in self.extras if find_spec(EXTRAS[extra]) is None)

    def make(
        self,
        *,
        random_state: int = 0,
        settings: Mapping[str, object] | None = None,
        classes: tuple[str, ...] = (),
    ) -> Any:
        """Return a new estimator, not fitted.

        Parameters
        ----------
        random_state
            The same seed, data and settings give the same numbers.
        settings
            One of `search`; the first one if not given.
        classes
            What the classes are called, in the order of their numbers.

        Raises
        ------
        MissingExtraError
            A package that it needs is not installed.
        """
        if self.missing:
            wanted = ",".join(self.missing)
            raise MissingExtraError(
                f"The recipe {self.name} needs {' and '.join(EXTRAS[e] for e in self.missing)}: "
                f"pip install 'linernotes[{wanted}]'."
            )
        if settings is None:
            settings = self.search[0] if self.search else {}
        named = "classes" in inspect.signature(self.estimator).parameters
        more = {"classes": classes} if named else {}
        return self.estimator(random_state=random_state, **more).set_params(**settings)

    def as_dict(self) -> dict[str, Any]:
        """Return what ``linernotes recipes --json`` prints."""
        clips = self.input_spec.clips
        return {
            "name": self.name,
            "features": list(self.input_spec.inputs),
            "clips": None if clips is None else asdict(clips),
            "model": self.model,
            "settings": [dict(settings) for settings in self.search],
            "parts": {name: [dict(each) for each in tried] for name, tried in self.parts.items()},
            "tolerance": self.tolerance,
            "reproduces": self.reproduces,
            "extras": list(self.extras),
            "tells": self.label_kind,
            "most_tracks": self.most_tracks,
        }


def find_recipe(name: str) -> Recipe:
    """Return a recipe.

    Returns
    -------
    Recipe
        The one of this name.

    Raises
    ------
    RecipeNotFoundError
        There is none of this name.
    NetworkError
        It hears a network that is not installed.
    """
    if is_network(name):
        return _network_recipe(name, "classes")
    recipes = _recipes()
    if name not in recipes:
        raise RecipeNotFoundError(f"There is no recipe {name!r}; choose from {', '.join(recipes)}.")
    return recipes[name]


def list_recipes(label_kind: LabelKind | None = None) -> tuple[str, ...]:
    """Return the names of all recipes, our own first.

    Parameters
    ----------
    label_kind
        Of those alone that tell "classes" or "numbers".

    Returns
    -------
    tuple of str
        Names that `find_recipe` takes.

    Examples
    --------
    >>> "producer-knn" in list_recipes()
    True
    >>> list_recipes("numbers")
    ('numbers', 'ridge', 'curved')
    """
    found = _recipes()
    return tuple(name for name in found if label_kind in (None, found[name].label_kind))


def matching_recipe(recipe: Recipe, label_kind: LabelKind) -> Recipe:
    """Return a recipe if it tells what is to be learned; of "default" the one that does.

    Returns
    -------
    Recipe
        The same, or the default for numbers.

    Raises
    ------
    WrongRecipeError
        It tells something else.

    Examples
    --------
    >>> matching_recipe(find_recipe("default"), "numbers").name
    'numbers'
    """
    if recipe.label_kind == label_kind:
        return recipe
    if is_network(recipe.name):
        return _network_recipe(recipe.name, label_kind)
    if recipe.name == _DEFAULT:
        return find_recipe(_DEFAULT_OF_NUMBERS)
    raise WrongRecipeError(
        f"The recipe {recipe.name} tells {recipe.label_kind}, and these labels are {label_kind}: "
        f"use one of {', '.join(list_recipes(label_kind))}, or say what to take the labels for "
        f"with --as {recipe.label_kind}."
    )


def _network_recipe(name: str, label_kind: LabelKind) -> Recipe:
    # It is made of recipes, which need this module.
    made: Recipe = resolve_name("linernotes.learning.recipes.networks:network_recipe")(
        name, label_kind
    )
    return made


@cache
def _recipes() -> dict[str, Recipe]:
    found: dict[str, Recipe] = {}
    for family in _FAMILIES:
        module = importlib.import_module(f"linernotes.learning.{family}")
        found.update((recipe.name, recipe) for recipe in module.RECIPES)
    return found
