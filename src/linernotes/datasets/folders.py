"""Examples from a folder with one subfolder for each class.

Below the folder of a class may be more folders: the first is taken for the artist, the second for
the album, unless the files' own tags tell. A folder whose subfolders are called ``train`` and
``test`` (and ``validation``) holds an official split, with the classes one level below.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from linernotes.datasets.delimited import part_of
from linernotes.datasets.examples import (
    TEST,
    TRAIN,
    Examples,
    ExamplesNotFoundError,
    LeftOut,
    NoExamplesError,
)
from linernotes.datasets.table import Labelled, gather, without_repeats
from linernotes.display import printable
from linernotes.names import is_passed_over, may_be_track, tracks_below

FileTags = Callable[[str], Mapping[str, str]]

_DISC = re.compile(r"(?:cd|dis[ck]|side|part|vol(?:ume)?)[ _.-]*(?:\d+|[a-d])", re.IGNORECASE)


def read_folders(
    path: str | os.PathLike[str],
    *,
    label: str | None = None,
    file_tags: FileTags | None = None,
    is_audio: Callable[[str], bool] | None = None,
) -> Examples:
    """Read labelled tracks from a folder with one subfolder for each class.

    Parameters
    ----------
    path
        The folder. Hidden files, and what usually lies beside music, are passed over.
    label
        What the classes are of; by default "label".
    file_tags
        What returns the tags of a file by field; "artist", "albumartist" and "album" are used.
        They come before the names of folders.
    is_audio
        What looks into a file whose name does not tell whether it is music; without it such
        files are passed over.

    Returns
    -------
    The tracks, by class and path. Files beside the classes' folders, and those that links put
    into several, are listed in ``left_out``.

    Raises
    ------
    ExamplesNotFoundError
        There is no such folder.
    NoExamplesError
        There are no tracks in subfolders.

    Examples
    --------
    >>> read_folders("genres", label="genre").classes  # doctest: +SKIP
    ('blues', 'jazz')
    """
    root = Path(path).expanduser().absolute()
    if not root.is_dir():
        raise ExamplesNotFoundError(f"there is no folder {printable(os.fspath(path))}")
    is_audio = is_audio or _nothing_is
    rows: list[Labelled] = []
    warnings: list[str] = []
    left_out = [
        LeftOut(str(file), "no-label", "this file is in no class's folder; move it into one")
        for file in _tracks_beside(root, is_audio)
    ]
    for part, folder in _class_folders(root):
        files = list(tracks_below(folder, is_audio))
        if not files:
            warnings.append(f"there are no tracks in the folder {printable(folder.name)}")
        rows += [_labelled(file, folder, part, file_tags) for file in files]
    if not rows:
        raise NoExamplesError(
            f"there are no tracks in subfolders of {printable(str(root))}; make a folder for each "
            "class and put its tracks into it"
        )
    kept, more = without_repeats(rows)
    return gather(
        kept,
        label=label or "label",
        name=root.name,
        left_out=(*left_out, *more),
        warnings=warnings,
    )


def _class_folders(root: Path) -> Iterator[tuple[str | None, Path]]:
    folders = _subfolders(root)
    parts = {part_of(folder.name) for folder in folders}
    if None in parts or not {TRAIN, TEST} <= parts:
        yield from ((None, folder) for folder in folders)
        return
    for folder in folders:
        for inner in _subfolders(folder):
            yield part_of(folder.name), inner


def _nothing_is(_: str) -> bool:
    return False


def _subfolders(folder: Path) -> list[Path]:
    return sorted(
        inner for inner in folder.iterdir() if inner.is_dir() and not is_passed_over(inner.name)
    )


def _tracks_beside(root: Path, is_audio: Callable[[str], bool]) -> list[Path]:
    files = (file for file in root.iterdir() if file.is_file())
    return sorted(file for file in files if _may_be_track(file, is_audio))


def _may_be_track(file: Path, is_audio: Callable[[str], bool]) -> bool:
    known = may_be_track(file.name)
    return is_audio(str(file)) if known is None else known


def _labelled(file: str, folder: Path, part: str | None, file_tags: FileTags | None) -> Labelled:
    inner = Path(file).relative_to(folder).parts[:-1]
    named = [name for name in inner if not _DISC.fullmatch(name)]
    tags = file_tags(file) if file_tags is not None else {}
    return Labelled(
        name=file,
        target=folder.name,
        path=file,
        artist=tags.get("artist") or tags.get("albumartist") or (named[0] if named else None),
        album=tags.get("album") or (named[1] if len(named) > 1 else None),
        split=part,
        track_id=None,
    )
