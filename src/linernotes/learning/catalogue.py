"""Finds models: those that come with linernotes by name, others by path."""

from __future__ import annotations

from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from linernotes.errors import ModelNotFoundError
from linernotes.learning.model import Model
from linernotes.learning.model_file import read_model

SUFFIX = ".linernotes"


def list_models() -> tuple[str, ...]:
    """Return the names of the models that come with linernotes, sorted.

    Examples
    --------
    >>> list_models()
    ('genre',)
    """
    shipped = (item.name for item in _shelf().iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in shipped if name.endswith(SUFFIX)))


def load_model(name_or_path: str | Path) -> Model:
    """Load a model that comes with linernotes, or one from a file.

    Parameters
    ----------
    name_or_path
        A name from :func:`list_models`, or the path of a ``*.linernotes``
        file. A file of the same name as a shipped model is reached as
        ``./name``.

    Raises
    ------
    ModelNotFoundError
        If there is neither such a model nor such a file; the message names
        the models that exist.
    ModelFileError
        If the file is damaged, hostile or of another version.

    Examples
    --------
    >>> load_model("genre").classes[:3]
    ('blues', 'classical', 'country')
    """
    if isinstance(name_or_path, str) and name_or_path in list_models():
        with as_file(_shelf() / f"{name_or_path}{SUFFIX}") as path:
            return read_model(path)
    try:
        exists = Path(name_or_path).exists()
    except (OSError, ValueError):  # too long, or a null byte: no name of a file
        exists = False
    if not exists:
        raise ModelNotFoundError(
            f"There is no model and no file {str(name_or_path)[:200]!r}: use one of "
            f"{', '.join(list_models())}, or the path of a *{SUFFIX} file."
        )
    return read_model(name_or_path)


def _shelf() -> Traversable:
    return files("linernotes.learning") / "models"
