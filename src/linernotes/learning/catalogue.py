"""Finds models: by name those that come with linernotes and the user's own, others by path.

The user's own are the files in one folder of the user's data, where models trained on the page
go. A file there never hides a model that comes with linernotes: of one name, that one is meant.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from linernotes.display import printable
from linernotes.errors import ModelNotFoundError
from linernotes.learning.model import AnyModel, Model
from linernotes.learning.model_file import read_fields
from linernotes.learning.regression import Regression

SUFFIX = ".linernotes"


def default_folder() -> Path:
    """Return the folder of the user's own models.

    Returns
    -------
    Path
        It may not exist yet.
    """
    import platformdirs

    return Path(platformdirs.user_data_dir("linernotes", appauthor=False)) / "models"


def list_models(folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of all models: those that come with linernotes, then the user's own.

    Parameters
    ----------
    folder
        Of the user's own models; that in the user's data if not given.

    Returns
    -------
    tuple of str
        Each once.

    Examples
    --------
    >>> list_models()[0]
    'genre'
    """
    shipped = list_shipped_models()
    try:
        own = sorted(path.stem for path in (folder or default_folder()).glob(f"[!.]*{SUFFIX}"))
    except OSError:  # not ours to read
        own = []
    # What cannot be shown cannot be asked for by name.
    return (*shipped, *(name for name in own if name not in shipped and printable(name) == name))


def list_shipped_models() -> tuple[str, ...]:
    """Return the names of the models that come with linernotes, sorted.

    Returns
    -------
    tuple of str
        What `load_model` takes.

    Examples
    --------
    >>> list_shipped_models()
    ('genre', 'mood')
    """
    shipped = (item.name for item in _shipped_folder().iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in shipped if name.endswith(SUFFIX)))


def load_model(name_or_path: str | Path, *, folder: Path | None = None) -> AnyModel:
    """Load a model by its name, or one from a file.

    Parameters
    ----------
    name_or_path
        A name from :func:`list_models`, or the path of a ``*.linernotes``
        file. A file that is called as a model is reached as ``./name``.
    folder
        Of the user's own models; that in the user's data if not given.

    Returns
    -------
    Model or Regression
        Ready to be asked.

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
    ('ambient', 'blues', 'classical')
    """
    if isinstance(name_or_path, str):
        if name_or_path in list_shipped_models():
            with as_file(_shipped_folder() / f"{name_or_path}{SUFFIX}") as path:
                return read_model(path)
        if name_or_path in list_models(folder):
            return read_model((folder or default_folder()) / f"{name_or_path}{SUFFIX}")
    try:
        exists = Path(name_or_path).exists()
    except (OSError, ValueError):  # too long, or a null byte: no name of a file
        exists = False
    if not exists:
        raise ModelNotFoundError(
            f"There is no model and no file {str(name_or_path)[:200]!r}: use one of "
            f"{', '.join(list_models(folder))}, or the path of a *{SUFFIX} file."
        )
    return read_model(name_or_path)


def read_model(path: str | Path) -> AnyModel:
    """Read a model file, trusting nothing in it.

    Parameters
    ----------
    path
        A ``*.linernotes`` file.

    Returns
    -------
    Model or Regression
        Everything in it has been checked.

    Raises
    ------
    ModelFileError
        If the file cannot be opened, is damaged or hostile, or is of a format
        version that this linernotes cannot read. The message says which and
        what to do.
    """
    fields = read_fields(path)
    return Regression(**fields) if "targets" in fields else Model(**fields)


def _shipped_folder() -> Traversable:
    return files("linernotes.learning") / "models"
