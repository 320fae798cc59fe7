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

from linernotes.sources.delimited import part_of
from linernotes.sources.examples import (
    TEST,
    TRAIN,
    Examples,
    ExamplesNotFoundError,
    LeftOut,
    NoExamplesError,
    printable,
)
from linernotes.sources.table import Labelled, gather, without_repeats

FileTags = Callable[[str], Mapping[str, str]]

# What lies beside music and is not meant to be any.
_COMPANIONS = frozenset(
    ".jpg .jpeg .png .gif .webp .bmp .tif .tiff .pdf .txt .md .rtf .doc .m3u .m3u8 .pls .cue .log "
    ".nfo .sfv .md5 .ini .db .lrc .accurip .url .html .htm .json .csv .tsv .xml .npy .npz .zip "
    ".parquet .linernotes .mf .asd .reapeaks".split()
)
_DISC = re.compile(r"(?:cd|dis[ck]|side|part|vol(?:ume)?)[ _.-]*(?:\d+|[a-d])", re.IGNORECASE)


def read_folders(
    path: str | os.PathLike[str], *, label: str | None = None, file_tags: FileTags | None = None
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
    rows: list[Labelled] = []
    warnings: list[str] = []
    left_out = [
        LeftOut(str(file), "no-label", "this file is in no class's folder; move it into one")
        for file in _tracks_beside(root)
    ]
    for part, folder in _class_folders(root):
        files = list(_tracks_in(folder))
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


def _subfolders(folder: Path) -> list[Path]:
    return sorted(
        inner for inner in folder.iterdir() if inner.is_dir() and not inner.name.startswith(".")
    )


def _tracks_beside(root: Path) -> list[Path]:
    return sorted(file for file in root.iterdir() if file.is_file() and _may_be_track(file.name))


def _tracks_in(folder: Path) -> Iterator[str]:
    """Yield files below a folder, in a stable order; a folder reached twice is entered once."""
    entered: set[str] = set()
    for place, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (str(Path(place) / name) for name in sorted(files) if _may_be_track(name))


def _may_be_track(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() not in _COMPANIONS


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
