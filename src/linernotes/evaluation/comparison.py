"""Every recipe on the same tracks, parted alike: the table of ``--recipe all``."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linernotes.datasets.examples import Examples
from linernotes.datasets.groups import GROUPINGS
from linernotes.display import printable
from linernotes.errors import Failure
from linernotes.evaluation.confounding import Leak
from linernotes.evaluation.evaluating import FOLDS, evaluate_recipe
from linernotes.evaluation.result import Evaluation
from linernotes.evaluation.splits import Method
from linernotes.evaluation.task import ListeningOptions, Tell, prepare
from linernotes.evaluation.training import train_tested
from linernotes.learning.catalogue import SUFFIX
from linernotes.learning.data import as_examples
from linernotes.learning.feature_cache import FeatureCache
from linernotes.learning.input_spec import InputSpec
from linernotes.learning.measuring_ahead import measure_ahead
from linernotes.learning.recipe import Recipe, find_recipe, list_recipes, matching_recipe
from linernotes.learning.sampling import sampled


@dataclass(frozen=True, eq=False)
class RecipeRow:
    """The outcome of one recipe.

    Parameters
    ----------
    recipe
        Its name.
    evaluation
        Its figures; ``None`` if it failed.
    failure
        Why it failed, or ``None``.
    listening
        Seconds that hearing the tracks took; next to none if they were heard before. They are
        heard for all recipes at once, which counts for the first.
    size
        Bytes of the model file; ``None`` where none was made.
    """

    recipe: str
    evaluation: Evaluation | None
    failure: Failure | None
    listening: float
    size: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the row, ready for JSON."""
        if self.evaluation is None:
            assert self.failure is not None  # noqa: S101 - one of both is there
            failure = {"code": self.failure.code, "message": self.failure.message}
            return {"recipe": self.recipe, "error": failure}
        return {
            **self.evaluation.as_dict(),
            "listening_seconds": round(self.listening, 3),
            "size": self.size,
        }


def compare(
    data: str | os.PathLike[str] | Examples,
    *,
    recipes: Sequence[str | Recipe] | None = None,
    label: str | None = None,
    numbers: bool | None = None,
    groups: Sequence[str] = GROUPINGS,
    split: Method | None = None,
    n_splits: int = FOLDS,
    beside: bool = True,
    random_state: int = 0,
    listening: ListeningOptions | None = None,
    models: str | os.PathLike[str] | None = None,
    progress: Tell | None = None,
) -> Iterator[RecipeRow]:
    """Evaluate recipes one after the other; one that fails costs its own row alone.

    Each is tested on the tracks that it can hear, parted by the same rule and seed. Choosing the
    best of many by these figures flatters it: confirm it on tracks that had no part in them.

    Parameters
    ----------
    data
        As in `evaluate`.
    recipes
        Recipes or their names; all that tell classes, or numbers, if not given.
    label, numbers, groups, split, n_splits, beside, random_state, listening
        As in `evaluate`.
    models
        Folder, which is there, for a model of each recipe, trained on all tracks after its test.
    progress
        As in `evaluate`.

    Yields
    ------
    RecipeRow
        In the order of the names.

    Examples
    --------
    >>> [row.recipe for row in compare("tracks.csv")]  # doctest: +SKIP
    ['default', 'producer', 'few']
    """
    examples = as_examples(data, label=label, numbers=numbers)
    listening = listening or ListeningOptions()
    asked = list(recipes or list_recipes(examples.label_kind))
    with ExitStack() as stack:
        if listening.cache is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="linernotes-"))
            listening = replace(listening, cache=FeatureCache(Path(folder)))
        started = time.perf_counter()
        examples = sampled(examples, _most(asked), random_state=random_state)
        _hear_for_all(asked, examples, listening)
        ahead = time.perf_counter() - started
        leaks: dict[tuple[str | None, ...], tuple[Leak, ...]] = {}
        for each in asked:
            name = each if isinstance(each, str) else each.name
            started, seconds, ahead = time.perf_counter() - ahead, 0.0, 0.0
            try:
                recipe = _fitting(each, examples)
                recipe.make(random_state=random_state)
                task = prepare(
                    examples,
                    recipe,
                    group_by=groups,
                    random_state=random_state,
                    listening=listening,
                )
                seconds = time.perf_counter() - started
                known = leaks.get(task.examples.path)
                evaluation = evaluate_recipe(
                    recipe, task, groups=groups, split=split, n_splits=n_splits, beside=beside,
                    leaks=known, progress=progress,
                )  # fmt: skip
                size = None
                if models is not None:
                    model = train_tested(recipe, task, evaluation, groups, listening.cache)
                    target = Path(models, f"{recipe.name}{SUFFIX}")
                    model.save(target)
                    size = target.stat().st_size
            except Exception as error:  # whatever a library raises costs one row
                yield RecipeRow(name, None, Failure.of(None, error), seconds, None)
            else:
                # What was trained is not needed any more, and twenty recipes fill the memory.
                yield RecipeRow(name, replace(evaluation, diagnose=None), None, seconds, size)


def _hear_for_all(
    recipes: Sequence[str | Recipe], examples: Examples, listening: ListeningOptions
) -> None:
    """Open each file once for all recipes that can be made; the others tell later why not."""
    input_specs: list[InputSpec] = []
    for each in recipes:
        with suppress(Exception):  # that an extra is missing costs a row and no listening
            recipe = _fitting(each, examples)
            recipe.make(random_state=0)
            input_specs.append(recipe.input_spec)
    assert listening.cache is not None  # noqa: S101 - the caller made one
    measure_ahead(
        examples,
        input_specs,
        listening.cache,
        library=listening.library,
        workers=listening.workers,
        progress=listening.progress,
    )


def _most(recipes: Sequence[str | Recipe]) -> int | None:
    """Return how many tracks the recipe takes that takes most."""
    known = [each for each in recipes if isinstance(each, Recipe) or each in list_recipes()]
    found = [find_recipe(each) if isinstance(each, str) else each for each in known]
    limits = [recipe.most_tracks for recipe in found if recipe.most_tracks is not None]
    return max(limits) if limits and len(limits) == len(found) else None


def _fitting(recipe: str | Recipe, examples: Examples) -> Recipe:
    return matching_recipe(
        find_recipe(recipe) if isinstance(recipe, str) else recipe, examples.label_kind
    )


def table(rows: Sequence[RecipeRow]) -> list[str]:
    """Return rows as lines of plain text, the best recipe first.

    Examples
    --------
    >>> table([RecipeRow("a", None, Failure(None, "missing-extra", "it needs torch"), 0.0, None)])
    ['not evaluated:', '  a: it needs torch (missing-extra)']
    """
    found = [row for row in rows if row.evaluation is not None]
    failed = [row for row in rows if row.failure is not None]
    lines: list[str] = []
    if found:
        lines += _table(found)
    if failed:
        lines += ["", "not evaluated:"] if lines else ["not evaluated:"]
        lines += [
            f"  {row.recipe}: {printable(row.failure.message)} ({row.failure.code})"
            for row in failed
            if row.failure is not None
        ]
    return lines


def _table(rows: Sequence[RecipeRow]) -> list[str]:
    order = sorted(
        rows, key=lambda row: -(row.evaluation.predictions.quality if row.evaluation else 0)
    )
    first = order[0].evaluation
    assert first is not None  # noqa: S101 - the caller passes those that have one
    lines = [f"{first.predictions.stamp}; tracks tested: {len(first.predictions.truth):,}"]
    if first.beside is not None:
        lines.append(f"beside it: {first.beside.stamp}")
    columns = _columns(order)
    widths = [max(len(cells[i]) for cells in columns) for i in range(len(columns[0]))]
    lines.append("")
    for cells in columns:
        padded = [cell.rjust(wide) for cell, wide in zip(cells[1:], widths[1:], strict=True)]
        lines.append("  ".join([cells[0].ljust(widths[0]), *padded]).rstrip())
    lines.append(first.predictions.baseline_in_words)
    if first.predictions.split == "random":
        lines += ["", "RANDOM SPLIT: every figure above but those beside it flatters."]
    return lines


def _columns(rows: Sequence[RecipeRow]) -> list[list[str]]:
    """Return cells, those of the heading first; columns that nobody fills are left out."""
    found = [_cells(row) for row in rows]
    kept = [name for name in found[0] if any(cells[name] for cells in found)]
    return [kept, *([cells[name] for name in kept] for cells in found)]


def _cells(row: RecipeRow) -> dict[str, str]:
    found = row.evaluation
    assert found is not None  # noqa: S101 - the caller passes those that have one
    gap, beside = found.predictions.gap, found.beside
    return {
        "recipe": row.recipe,
        **found.predictions.cells(),
        "beside": "" if beside is None else f"{beside.quality:.3f}",
        "gap": "" if gap is None else f"{gap:+.3f}",
        "training": f"{found.predictions.seconds:.1f} s",
        "size": _size(row.size),
    }


def _size(size: int | None) -> str:
    if size is None:
        return ""
    return f"{size / 1024:.0f} kiB" if size < 1024 * 1024 else f"{size / 1024**2:.1f} MiB"
