"""Which files of a folder may be tracks by their names, and how folders are walked through."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

#: What files of music are called.
_AUDIO = frozenset(
    ".3gp .aac .ac3 .adts .aif .aifc .aiff .amr .ape .au .caf .dff .dsf .dts .eac3 .flac .m4a .m4b "
    ".m4p .m4r .mka .mp+ .mp1 .mp2 .mp3 .mp4 .mpc .mpga .oga .ogg .ogx .opus .ra .rf64 .rm .shn "
    ".snd .spx .tak .tta .w64 .wav .wave .wma .wv".split()
)

# What lies beside music and is never any: not worth opening. Downloads under way come by their
# own names when they are whole.
_COMPANIONS = frozenset(
    ".accurip .asd .bmp .crdownload .csv .cue .db .download .ffp .gif .htm .html .ini .jpeg .jpg "
    ".json .linernotes .log .lrc .m3u .m3u8 .md5 .mf .nfo .npy .npz .parquet .part .partial .pdf "
    ".pls .png .reapeaks .sfv .tif .tiff .torrent .tsv .url .webp .xml".split()
)

# Where systems and network drives keep thumbnails, other files' metadata, and what was deleted.
_NO_MUSIC = frozenset(
    {"@eadir", "#recycle", "#snapshot", "$recycle.bin", "__macosx", "lost+found",
     "system volume information"}
)  # fmt: skip


def may_be_track(name: str) -> bool | None:
    """Tell whether a file may be a track by its name; ``None`` if the name does not tell.

    Examples
    --------
    >>> may_be_track("a.MP3"), may_be_track("cover.jpg"), may_be_track("notes.txt")
    (True, False, None)
    """
    if name.startswith("."):
        return False
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122
    if suffix in _AUDIO:
        return True
    return False if suffix in _COMPANIONS else None


def is_passed_over(name: str) -> bool:
    """Tell whether a folder in a folder is left out: hidden, or a system's own.

    Examples
    --------
    >>> is_passed_over("@eaDir"), is_passed_over(".AppleDouble"), is_passed_over("Album")
    (True, True, False)
    """
    return name.startswith(".") or name.lower() in _NO_MUSIC


def walk(
    folder: str | os.PathLike[str],
    *,
    entered: set[str] | None = None,
    unread: list[str] | None = None,
) -> Iterator[str]:
    """Yield the files in a folder and its subfolders, sorted by name; links lead to each once.

    Folders come before those that only links lead to, so that a file is called by its own path
    where it has one in there.

    Parameters
    ----------
    folder
        Hidden folders in it, and those of systems, are left out.
    entered
        Folders, by their real paths, that were walked through before and are not again.
    unread
        Folders that cannot be read are added to it.
    """
    entered = set() if entered is None else entered
    unread = [] if unread is None else unread
    places = [os.fspath(folder)]
    while places:
        linked: list[str] = []
        for place in places:
            yield from _walk(place, entered, linked, unread)
        places = linked


def _walk(top: str, entered: set[str], linked: list[str], unread: list[str]) -> Iterator[str]:
    def cannot(error: OSError) -> None:
        unread.append(os.fsdecode(error.filename))

    for place, folders, files in os.walk(top, onerror=cannot):
        real = os.path.realpath(place)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        kept = sorted(name for name in folders if not is_passed_over(name))
        links = {name for name in kept if Path(place, name).is_symlink()}
        linked += [str(Path(place, name)) for name in kept if name in links]
        folders[:] = [name for name in kept if name not in links]
        for name in sorted(files):
            yield str(Path(place, name))


def tracks_below(
    folder: str | os.PathLike[str],
    is_audio: Callable[[str], bool],
    *,
    entered: set[str] | None = None,
    unread: list[str] | None = None,
) -> Iterator[str]:
    """Yield the files below a folder that are called as music is, or are found to be some.

    Parameters
    ----------
    folder, entered, unread
        As in `walk`.
    is_audio
        Looks into a file whose name does not tell.
    """
    for path in walk(folder, entered=entered, unread=unread):
        told = may_be_track(os.path.basename(path))  # noqa: PTH119
        if told or (told is None and is_audio(path)):
            yield path
