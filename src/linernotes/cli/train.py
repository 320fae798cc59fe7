"""``linernotes train``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

from rich.console import Console

from linernotes.cli.evaluate import (
    ALL,
    How,
    compare_all,
    count_failed,
    list_left_out,
    listen,
    show,
    telling,
)
from linernotes.datasets.examples import Examples
from linernotes.display import printable
from linernotes.errors import LinernotesError
from linernotes.evaluation.report import check_report_path, write_report
from linernotes.evaluation.training import train_scored
from linernotes.learning.catalogue import SUFFIX
from linernotes.learning.data import load_data
from linernotes.learning.recipe import find_recipe, matching_recipe
from linernotes.learning.sampling import examples_for


class OutputError(LinernotesError):
    """A model cannot be written where it was asked for."""

    code: ClassVar[str] = "output"


def train_on(
    data: str,
    *,
    recipe: str = "default",
    output: Path | None = None,
    label: str | None = None,
    numbers: bool | None = None,
    name: str | None = None,
    library: str | None = None,
    labels: Path | None = None,
    test: bool = True,
    report: Path | None = None,
    as_json: bool = False,
    how: How | None = None,
) -> tuple[int, int]:
    """Train a recipe on labelled tracks, test it first on those left out in turn, and save it.

    Where all recipes are trained, the output is a folder with a model of each.

    Returns
    -------
    done, failed
        Numbers of tracks, or of recipes where all are trained.
    """
    how = how or How()
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    if recipe == ALL:
        _check_folder(output)
        examples = load_data(data, label=label, library=library, numbers=numbers, labels=labels)
        return _train_all(examples, output=output, how=how, as_json=as_json, messages=messages)
    chosen = find_recipe(recipe)
    # So that a missing extra is said before the data are read.
    chosen.make(random_state=how.random_state)
    target = _check_file(output)
    if report is not None:
        check_report_path(report)
    examples = load_data(data, label=label, library=library, numbers=numbers, labels=labels)
    chosen = matching_recipe(chosen, examples.label_kind)
    # Of a million tracks nothing stays but the sample.
    examples = examples_for(chosen, examples, random_state=how.random_state)
    with telling(messages) as tell:
        made = train_scored(
            examples, recipe=chosen, groups=how.groups, split=how.split, n_splits=how.n_splits,
            test=test, name=name or target.stem,
            random_state=how.random_state, listening=listen(how, tell),
        )  # fmt: skip
        made.model.save(target)
        found = made.evaluation
        if found is not None and report is not None:
            write_report(found, report)
    list_left_out(made.examples.left_out, messages)
    if made.untested is not None:
        text = f"not tested, so that nobody knows how good it is: {made.untested}"
        messages.print(printable(text), markup=False)
        if report is not None:
            messages.print(printable(f"{report}: not written, for want of a test"), markup=False)
    size = target.stat().st_size
    if as_json:
        figures = {} if found is None else found.as_dict()
        print(json.dumps({**figures, "model": str(target), "size": size}), flush=True)
    elif found is not None:
        show(found)
    count = len(made.examples)
    messages.print(
        printable(f"{target}: {size / 1024:.0f} kiB, {chosen.name} trained on {count:,} tracks"),
        markup=False,
    )
    # What the test said is among what was shown of it.
    said = made.examples.warnings if found is None else ()
    for text in (*said, *(made.model.training.warnings if made.model.training else ())):
        messages.print(printable(f"warning: {text}"), markup=False)
    return count, count_failed(made.examples.left_out)


def _train_all(
    examples: Examples,
    *,
    output: Path | None,
    how: How,
    as_json: bool,
    messages: Console,
) -> tuple[int, int]:
    done = compare_all(
        examples, how=how, as_json=as_json, messages=messages,
        models=output,
    )  # fmt: skip
    if output is not None:
        messages.print(printable(f"models: {output}"), markup=False)
    return done


def _check_folder(output: Path | None) -> None:
    """Make the folder of all models, so that a wrong one is said before the work."""
    if output is not None and output.exists() and not output.is_dir():
        raise OutputError(f"{output} is a file; all recipes need a folder for their models")
    if output is not None:
        try:
            output.mkdir(exist_ok=True)
        except OSError as error:
            raise OutputError(f"{output} cannot be made a folder ({error.strerror})") from error


def _check_file(output: Path | None) -> Path:
    if output is None:
        raise OutputError("say where to write the model: -o NAME.linernotes")
    target = output if output.suffix == SUFFIX else output.with_name(output.name + SUFFIX)
    if not target.parent.is_dir():
        raise OutputError(f"there is no folder {target.parent} to write the model to")
    if target.is_dir():
        raise OutputError(f"{target} is a folder: name a file")
    return target
