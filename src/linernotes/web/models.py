"""The models that visitors may ask: those that come with linernotes, and those trained here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linernotes.errors import LinernotesError, ModelNotFoundError
from linernotes.learning import list_models, list_shipped_models, load_model
from linernotes.learning.catalogue import SUFFIX
from linernotes.learning.recipe import find_recipe, list_recipes
from linernotes.web.errors import NameTakenError, NotThereError
from linernotes.web.jobs import Job
from linernotes.web.learnable import labels_of
from linernotes.web.library_cache import LibraryCache, Snapshot
from linernotes.web.subprocesses import end, talk

#: What models may be called: a name is a file's name as well.
NAME = r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}"


@dataclass(frozen=True)
class Models:
    """Models by name, whatever is in the folder at the moment.

    Parameters
    ----------
    folder
        Where models that were trained here are.
    """

    folder: Path

    def names(self) -> tuple[str, ...]:
        """Return the names, those that come with linernotes first."""
        return list_models(self.folder)

    def place(self, name: str) -> str:
        """Return what `load_model` finds a model by, in any process; nothing a visitor made up.

        Raises
        ------
        ModelNotFoundError
            There is none of this name.
        """
        known = self.names()
        if name not in known:
            raise ModelNotFoundError(f"there is no model of this name; use {', '.join(known)}")
        return name if name in list_shipped_models() else str(self._file(name))

    def describe(self, name: str) -> dict[str, Any]:
        """Return a model's card, as ``models show --json`` prints it."""
        return load_model(self.place(name)).as_dict()

    def cards(self) -> list[dict[str, Any]]:
        """Return the cards of all models that can be opened."""
        found = []
        for name in self.names():
            try:
                found.append(self.describe(name))
            except LinernotesError:  # damaged, or of another version: it is not offered
                continue
        return found

    def new(self, name: str) -> Path:
        """Return where a new model of a name goes.

        Raises
        ------
        NameTakenError
            There is one already.
        """
        if name.casefold() in {known.casefold() for known in self.names()}:
            raise NameTakenError("there is a model of this name already; choose another name")
        return self._file(name)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"


def usable_recipes() -> list[dict[str, str]]:
    """Return the recipes that nothing is missing for, our own first."""
    recipes = [find_recipe(name) for name in list_recipes("classes")]
    return [
        {"name": recipe.name, "model": recipe.model, "reproduces": recipe.reproduces}
        for recipe in recipes
        if not recipe.missing
    ]


def check_order(known: Snapshot, *, label: str, recipe: str) -> None:
    """See that a label and a recipe are among those that are offered.

    Raises
    ------
    NotThereError
        One of them is not.
    """
    if label not in {each["label"] for each in labels_of(known)}:
        raise NotThereError("the library's file tags do not tell two classes of that")
    if recipe not in {each["name"] for each in usable_recipes()}:
        raise NotThereError("there is no such recipe, or something that it needs is not installed")


def train(job: Job, shelf: LibraryCache, order: dict[str, str]) -> None:
    """Train a model in a process of its own, and tell the job how it goes."""
    if not job.begin():
        return
    last: dict[str, Any] = {}
    order = {**order, "library": shelf.library.location}
    for said in talk(job, "linernotes.web.trainer", order):
        if "phase" not in said:
            last = said
        elif not job.unwanted.is_set():
            job.tell(phase=said["phase"], done=said["done"], total=said["total"])
    end(job, last, "the training")
