"""Training a model that bears its figures: tested first on tracks left out in turn, then trained.

What is saved has learned from all tracks given. The figures on its card are those of the same
recipe trained on a part of them, so that it may be a little better than they say.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from linernotes.datasets.examples import Examples
from linernotes.datasets.groups import GROUPINGS
from linernotes.display import printable
from linernotes.evaluation.errors import SplitError
from linernotes.evaluation.evaluating import FOLDS, evaluate_recipe
from linernotes.evaluation.predictions import Predictions
from linernotes.evaluation.result import Evaluation
from linernotes.evaluation.splits import Method
from linernotes.evaluation.task import ListeningOptions, Task, Tell, hear, task_of
from linernotes.learning.data import as_examples
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.fitting import TrainingError
from linernotes.learning.model import AnyModel, Model
from linernotes.learning.recipe import Recipe, find_recipe, matching_recipe
from linernotes.learning.regression import Regression
from linernotes.learning.sampling import examples_for
from linernotes.learning.training import train_model
from linernotes.library.scans import Progress


@dataclass(frozen=True, eq=False)
class ScoredModel:
    """A model, and what its recipe was measured to be worth.

    Parameters
    ----------
    model
        Trained on all of the examples, with the figures on its card.
    examples
        The tracks that it learned from; ``examples.left_out`` are the others.
    evaluation
        Where the figures come from; ``None`` if it was not tested.
    untested
        Why it could not be tested, in a sentence.
    """

    model: AnyModel
    examples: Examples
    evaluation: Evaluation | None
    untested: str | None = None


def train_scored(
    data: str | os.PathLike[str] | Examples,
    *,
    label: str | None = None,
    numbers: bool | None = None,
    recipe: str | Recipe = "default",
    groups: Sequence[str] = GROUPINGS,
    split: Method | None = None,
    n_splits: int = FOLDS,
    test: bool = True,
    name: str | None = None,
    random_state: int = 0,
    listening: ListeningOptions | None = None,
) -> ScoredModel:
    """Test a recipe on tracks left out in turn, train it on all of them, and note the figures.

    Parameters
    ----------
    data, label, numbers, recipe, groups
        As in `linernotes.train`.
    split, n_splits
        How it is tested, as in `linernotes.evaluate`. Where tracks cannot be parted by groups
        and nobody has said how else, the model is trained all the same, and said to be untested.
    test
        Whether to test it; that takes about as many times longer as there are folds.
    name, random_state
        As in `linernotes.train`.
    listening
        How tracks are heard; its ``progress`` is told of the testing and the training as well.

    Returns
    -------
    ScoredModel
        The model with its figures on its card, and the evaluation that gave them.

    Raises
    ------
    ExamplesError
        There is nothing to learn from.
    SplitError
        The tracks cannot be parted as ``split`` says.
    ModelError
        There is no such recipe, or it cannot be trained.

    Examples
    --------
    >>> made = train_scored("music/by-genre", label="genre")  # doctest: +SKIP
    >>> made.model.card.scores[0].accuracy  # doctest: +SKIP
    0.72
    >>> made.model.save("genres.linernotes")  # doctest: +SKIP
    """
    listening = listening or ListeningOptions()
    chosen = recipe if isinstance(recipe, Recipe) else find_recipe(recipe)
    # So that a missing package is said before the data are read.
    chosen.make(random_state=random_state)
    examples = as_examples(data, label=label, numbers=numbers)
    chosen = matching_recipe(chosen, examples.label_kind)
    examples = examples_for(chosen, examples, random_state=random_state)
    found, untested, heard = None, None, None
    if test:
        heard = hear(examples, chosen.input_spec, listening)
        try:
            task = task_of(examples, heard, group_by=groups, random_state=random_state)
            found = evaluate_recipe(
                chosen, task, groups=groups, split=split, n_splits=n_splits, beside=False,
                progress=_as_testing(listening.progress),
            )  # fmt: skip
        except (SplitError, TrainingError) as error:
            # A part may lack what the whole has: a second value of a number.
            if split is not None:
                raise
            untested = str(error)
    trained = train_model(
        examples, recipe=chosen, groups=groups, name=name,
        random_state=random_state, library=listening.library,
        cache=listening.cache or False, workers=listening.workers, progress=listening.progress,
        heard=heard,
    )  # fmt: skip
    model = trained.model if found is None else with_figures(trained.model, found)
    return ScoredModel(model, trained.examples, found, untested)


def train_tested(
    recipe: Recipe,
    task: Task,
    evaluation: Evaluation,
    groups: Sequence[str],
    cache: FeatureCache | None,
) -> AnyModel:
    """Train a recipe on all tracks of a task that it was tested on; nothing is heard again.

    Parameters
    ----------
    recipe
        Which.
    task
        The tracks, and what was heard of them.
    evaluation
        What the test gave, for the model's card.
    groups
        What was never on both sides.
    cache
        Where fingerprints of the tracks are kept.

    Returns
    -------
    Model or Regression
        With its figures on the card.
    """
    trained = train_model(
        task.examples, recipe=recipe, groups=groups, name=recipe.name,
        random_state=task.random_state, cache=cache or False, heard=(task.matrix, ()),
    )  # fmt: skip
    return with_figures(trained.model, evaluation)


def with_figures(model: AnyModel, evaluation: Evaluation) -> AnyModel:
    """Return a model with the figures of its recipe on its card, if they are of what it tells."""
    predictions = evaluation.predictions
    if isinstance(model, Regression) == isinstance(predictions, Predictions):
        return model
    names = (
        predictions.classes
        if isinstance(predictions, Predictions)
        else [t.name for t in predictions.targets]
    )
    told = model.classes if isinstance(model, Model) else tuple(t.name for t in model.targets)
    return (
        model.with_scores(*predictions.card_scores)
        if tuple(map(printable, names)) == told
        else model
    )


def _as_testing(tell: Tell | None) -> Tell | None:
    if tell is None:
        return None

    def told(progress: Progress) -> None:
        tell(replace(progress, phase="testing"))

    return told
