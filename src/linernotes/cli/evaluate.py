"""``linernotes evaluate`` and ``recipes``."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from linernotes.cli.bars import share_bar
from linernotes.datasets.examples import Examples, LeftOut
from linernotes.display import printable
from linernotes.evaluation.comparison import RecipeRow, compare, table
from linernotes.evaluation.evaluating import evaluate, find_recipe_or_model, load_examples_for
from linernotes.evaluation.report import check_report_path, write_report
from linernotes.evaluation.result import Evaluation
from linernotes.evaluation.splits import Method
from linernotes.evaluation.task import ListeningOptions
from linernotes.learning.data import load_data
from linernotes.learning.recipe import (
    Recipe,
    WrongRecipeError,
    find_recipe,
    list_recipes,
    matching_recipe,
)
from linernotes.learning.regression import Regression
from linernotes.learning.sampling import examples_for
from linernotes.library.scans import Progress

ALL = "all"

# What is left out on purpose is no failure.
_MEANT = frozenset(("duplicate", "known-broken", "no-label", "outside-split"))
_LISTED = 20


@dataclass(frozen=True)
class How:
    """How an evaluation was asked for on the command line.

    Parameters
    ----------
    groups
        What is kept on one side: "artist", "album".
    split
        "grouped", "official", "random", or ``None`` for what suits the data.
    n_splits
        Folds.
    beside
        Whether to evaluate by another split as well.
    random_state
        Of everything left to chance.
    workers
        Processes that listen.
    """

    groups: tuple[str, ...] = ("artist", "album")
    split: Method | None = None
    n_splits: int = 5
    beside: bool = True
    random_state: int = 0
    workers: int | None = None

    def options(self) -> dict[str, Any]:
        """Return what `evaluate` and `compare` take alike."""
        return {
            "groups": self.groups,
            "split": self.split,
            "n_splits": self.n_splits,
            "beside": self.beside,
            "random_state": self.random_state,
        }


def evaluate_subject(
    subject: str,
    data: str,
    *,
    label: str | None = None,
    numbers: bool | None = None,
    library: str | None = None,
    labels: Path | None = None,
    networks: Sequence[str] = (),
    report: Path | None = None,
    as_json: bool = False,
    how: How | None = None,
) -> tuple[int, int]:
    """Tell how good a recipe or model is on labelled tracks, and write the report.

    Returns
    -------
    done, failed
        Numbers of tracks, or of recipes where all are evaluated.
    """
    how = how or How()
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    if subject == ALL:
        examples = load_data(data, label=label, library=library, numbers=numbers, labels=labels)
        return compare_all(examples, how=how, as_json=as_json, messages=messages)
    if networks:
        return _compare_networks(
            subject, networks,
            lambda: load_data(data, label=label, library=library, numbers=numbers, labels=labels),
            how=how, as_json=as_json, messages=messages,
        )  # fmt: skip
    chosen = find_recipe_or_model(subject)  # so that a wrong name is said before the data are read
    if not isinstance(chosen, Recipe) and numbers not in (None, isinstance(chosen, Regression)):
        raise WrongRecipeError(f"The model {chosen.name} tells {chosen.subject}: leave out --as.")
    if report is not None:
        check_report_path(report)
    examples = (
        load_data(data, label=label, library=library, numbers=numbers, labels=labels)
        if isinstance(chosen, Recipe)
        else load_examples_for(chosen, data, label=label, library=library, labels=labels)
    )
    if isinstance(chosen, Recipe):
        # Of a million tracks nothing stays but the sample.
        chosen = matching_recipe(chosen, examples.label_kind)
        examples = examples_for(chosen, examples, random_state=how.random_state)
    with telling(messages) as tell:
        found = evaluate(
            chosen, examples, listening=listen(how, tell), progress=tell, **how.options()
        )
        if report is not None:
            tell(Progress("drawing", 0, 1, 0))
            write_report(found, report)
    list_left_out(found.left_out, messages)
    if as_json:
        print(json.dumps(found.as_dict()), flush=True)
    else:
        show(found)
    if report is not None:
        messages.print(printable(f"report: {report}"), markup=False)
    return len(found.predictions.truth), count_failed(found.left_out)


def _compare_networks(
    subject: str,
    networks: Sequence[str],
    load: Callable[[], Examples],
    *,
    how: How,
    as_json: bool,
    messages: Console,
) -> tuple[int, int]:
    """Evaluate a recipe beside those that hear installed networks: which ear hears these labels."""
    from linernotes.networks import find_installed, list_installed

    if ALL in networks:
        installed = [each for each in list_installed() if each.spec.embedding is not None]
    else:
        installed = [find_installed(name) for name in networks]
    recipes = [subject, *(f"network:{network.spec.name}" for network in installed)]
    for name in recipes:
        find_recipe(name)  # so that what is wrong is said before the data are read
    told = compare_all(load(), how=how, as_json=as_json, messages=messages, recipes=recipes)
    for network in installed:
        seconds = network.receipt.seconds
        words = f"{network.spec.name}: {seconds:.2f} s a track on one processor, decoding apart"
        messages.print(printable(words), markup=False)
    return told


def compare_all(
    examples: Examples,
    *,
    how: How,
    as_json: bool,
    messages: Console,
    models: Path | None = None,
    recipes: Sequence[str] = (),
) -> tuple[int, int]:
    """Evaluate all recipes, or those that are named, each as it comes, and print the table.

    Returns
    -------
    done, failed
        Numbers of recipes.
    """
    rows: list[RecipeRow] = []
    names = list(recipes) or list(list_recipes(examples.label_kind))
    with telling(messages) as tell:

        def heed(progress: Progress) -> None:
            name = names[len(rows)]
            tell(replace(progress, phase=f"{name}: {progress.phase}"))

        found = compare(
            examples, recipes=names, listening=listen(how, heed), progress=heed, models=models,
            **how.options(),
        )  # fmt: skip
        for row in found:
            rows.append(row)
            if as_json:
                print(json.dumps(row.as_dict()), flush=True)
            messages.print(printable(_told(row)), markup=False)
    evaluated = [row.evaluation for row in rows if row.evaluation is not None]
    if evaluated:
        list_left_out(evaluated[0].left_out, messages)
    if not as_json:
        print("\n".join(map(printable, table(rows))))
        for heading, sentences in _doubts(evaluated[:1]):
            print(f"\n{heading}:")
            print(_wrapped(sentences))
    return len(evaluated), len(rows) - len(evaluated)


def show(evaluation: Evaluation) -> None:
    """Print the figures for a person."""
    width = min(Console().width, 100)
    for line in evaluation.lines():
        # Rows of the table are as wide as they are.
        if len(line) <= width or "   " in line.strip():
            print(printable(line))
        else:
            indent = " " * (len(line) - len(line.lstrip()))
            print(textwrap.fill(printable(line), width, subsequent_indent=indent + "  "))


def show_recipes(*, as_json: bool = False) -> None:
    """Print every recipe: name, features, model, and what it reproduces."""
    recipes = [find_recipe(name) for name in list_recipes()]
    if as_json:
        for recipe in recipes:
            print(json.dumps(recipe.as_dict()))
        return
    width = min(Console().width, 100)
    for recipe in recipes:
        numbers = " (for labels that are numbers)" if recipe.label_kind == "numbers" else ""
        about = f"{', '.join(recipe.input_spec.inputs)}; {recipe.model}{numbers}"
        needs = "".join(f" (needs linernotes[{extra}])" for extra in recipe.missing)
        first = f"{recipe.name:16}"
        print(textwrap.fill(about + needs, width, initial_indent=first, subsequent_indent=" " * 16))
        if recipe.reproduces:
            print(textwrap.fill(f"after: {recipe.reproduces}", width, initial_indent=" " * 16,
                                subsequent_indent=" " * 16))  # fmt: skip
    print("\nlinernotes evaluate NAME DATA tells how good one is on your tracks.")


def listen(how: How, tell: Callable[[Progress], None]) -> ListeningOptions:
    """Return how tracks are heard: each once, since what was heard is kept."""
    return ListeningOptions(workers=how.workers, progress=tell)


@contextmanager
def telling(messages: Console) -> Iterator[Callable[[Progress], None]]:
    """Show how far the work is, where there is somebody to see it."""
    with share_bar(messages) as show:

        def tell(progress: Progress) -> None:
            if progress.failure is not None:
                failure = progress.failure
                text = f"{failure.file}: {failure.code}: {failure.message}"
                messages.print(printable(text), markup=False)
            show(progress.phase, progress.done / max(1, progress.total))

        yield tell


def list_left_out(left_out: Sequence[LeftOut], messages: Console) -> None:
    """Say of each track that was not used why not; of very many, of the first."""
    for each in left_out[:_LISTED]:
        text = f"left out: {each.name}: {each.code}: {each.message}"
        messages.print(printable(text), markup=False)
    if len(left_out) > _LISTED:
        more = len(left_out) - _LISTED
        messages.print(f"left out: {more} more (--json lists them all)", markup=False)


def count_failed(left_out: Sequence[LeftOut]) -> int:
    """Count what was left out though it should not have been."""
    return sum(each.code not in _MEANT for each in left_out)


def _told(row: RecipeRow) -> str:
    if row.evaluation is None:
        return f"{row.recipe}: {row.failure.message if row.failure else ''}"
    predictions = row.evaluation.predictions
    return f"{row.recipe}: {predictions.quality:.3f}, trained in {predictions.seconds:.1f} s"


def _doubts(evaluated: Sequence[Evaluation]) -> Iterator[tuple[str, Sequence[str]]]:
    for found in evaluated:
        for heading, sentences in (
            ("Warnings", found.warnings),
            ("What may have leaked", found.leaks),
            ("What cannot be known", found.unknown),
        ):
            if sentences:
                yield heading, sentences


def _wrapped(sentences: Sequence[str]) -> str:
    width = min(Console().width, 100)
    return "\n".join(
        textwrap.fill(printable(each), width, initial_indent="  ", subsequent_indent="    ")
        for each in sentences
    )
