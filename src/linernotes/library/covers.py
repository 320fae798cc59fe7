"""Covers of tracks: found in the file or in its folder, drawn small, and kept.

What is found is never shown as it is. It is opened in a process of its own, with limits of time,
memory and size (`linernotes.library.cover_drawing`), and what is shown is drawn anew: a plain JPEG
without anything else of the file.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from linernotes.audio.formats.tag_blocks import behind_id3v2
from linernotes.engine.local import Processes
from linernotes.files import LARGEST, write_atomically
from linernotes.library.cover_drawing import DrawingOrder, draw_cover
from linernotes.library.file_tags import kind_in
from linernotes.library.location import is_url
from linernotes.library.tags import pictures
from linernotes.library.tags.pictures import Picture
from linernotes.library.tags.texts import BROKEN

SIZES = (96, 320, 640)
"""Pixels of the longer side in which covers are drawn."""

_NAMES = ("cover", "front", "folder", "album")
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif")
# Of a folder, and of the pictures of a track: what is beyond them is no album.
_MOST_NAMES = 20_000
_MOST_TRIED = 4
_RANKS = {pictures.FRONT: 0, pictures.OTHER: 1, pictures.ICON: 3, pictures.OTHER_ICON: 3}

# Of one picture, in its process, what Python and Pillow need themselves included.
_SECONDS = 15.0
_MEMORY = 2**30
_THREADS = 4
_MOST_BYTES = 256 * 2**20
_MOST_REMEMBERED = 200_000
_RESTLESS = 2_000_000_000


@dataclass(frozen=True)
class Cover:
    """A cover as it was found.

    Parameters
    ----------
    data
        The bytes of the picture, which may be anything: never give them to a browser.
    path
        Its file; that of the track where it is embedded.
    """

    data: bytes
    path: str

    @property
    def key(self) -> str:
        """What its contents go by."""
        return hashlib.sha256(self.data).hexdigest()[:40]


def find_covers(path: str) -> Iterator[Cover]:
    """Find the covers of a track: those in its file, then those in its folder, the best first.

    Parameters
    ----------
    path
        The file. Of one in an object store, nothing is read.

    Yields
    ------
    Cover
        Pictures up to 16 MiB. In the folder they are called cover, front, folder or album, and are
        regular files of the folder itself. Whatever is broken is left out; nothing is raised.

    Examples
    --------
    >>> list(find_covers("no such file.mp3"))
    []
    """
    if is_url(path):
        return
    for picture in _embedded(path):
        if picture.data:
            yield Cover(picture.data, path)
    folder = os.path.dirname(path)  # noqa: PTH120 - names that are no text
    for name in _images_in(folder):
        data = _read_image(folder, name)
        if data:
            yield Cover(data, os.path.join(folder, name))  # noqa: PTH118


def _embedded(path: str) -> list[Picture]:
    found: list[Picture] = []
    with suppress(*BROKEN), _regular(path) as file:
        kind = kind_in(file)
        begin, end = behind_id3v2(file), file.seek(0, os.SEEK_END)
        own = _READERS.get(kind or "")
        for read in (*([own] if own else []), *_AROUND):
            with suppress(*BROKEN):
                for picture in read(file, begin, end):
                    found.append(picture)
                    if len(found) >= _MOST_TRIED:
                        break
    return sorted(found, key=lambda picture: _RANKS.get(picture.shows, 2))


def _images_in(folder: str) -> tuple[str, ...]:
    """Return the names in a folder that a cover may have, the best first."""
    try:
        changed = os.stat(folder or ".").st_mtime_ns  # noqa: PTH116
    except (OSError, ValueError):
        return ()
    # What has just changed may change again without its clock telling.
    settled = time.time_ns() - changed > _RESTLESS
    return (_listed if settled else _listed.__wrapped__)(folder, changed)


@lru_cache(maxsize=4096)
def _listed(folder: str, changed: int) -> tuple[str, ...]:  # noqa: ARG001
    found = []
    try:
        with os.scandir(folder or ".") as entries:
            for number, entry in enumerate(entries):
                base, ending = os.path.splitext(entry.name.casefold())  # noqa: PTH122
                if base in _NAMES and ending in _ENDINGS:
                    found.append((_NAMES.index(base), _ENDINGS.index(ending), entry.name))
                if number >= _MOST_NAMES:
                    break
    except (OSError, ValueError):
        return ()
    return tuple(name for _, _, name in sorted(found)[:_MOST_TRIED])


def _read_image(folder: str, name: str) -> bytes:
    """Return the contents of a file that lies in a folder, however it is linked there."""
    try:
        home = os.path.realpath(folder or ".")
        real = os.path.realpath(os.path.join(home, name))  # noqa: PTH118
        if os.path.dirname(real) != home:  # noqa: PTH120
            return b""
        with _regular(real) as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError):
        return b""
    return data if len(data) <= LARGEST else b""


def _regular(path: str) -> BinaryIO:
    """Open a regular file; opening what is none, such as a FIFO, may wait for ever."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise FileNotFoundError(path)
    return os.fdopen(number, "rb")


@dataclass(frozen=True)
class DrawnCover:
    """A cover that can be shown.

    Parameters
    ----------
    jpeg
        A JPEG without anything else in it.
    key
        The same for the same picture in the same size.
    """

    jpeg: bytes
    key: str


class Covers:
    """Draws covers of tracks, and keeps what was drawn.

    Parameters
    ----------
    folder
        Where drawings are kept: 256 MiB of them, those that were not asked for longest go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, "covers")
        self._processes: Processes[DrawingOrder, bytes] | None = None
        self._kept: int | None = None
        # What no drawing came of, and what belongs to which track.
        self._refused: set[str] = set()
        self._known: dict[str, tuple[tuple[object, ...], str | None]] = {}

    def draw(self, path: str, *, size: int = SIZES[1]) -> DrawnCover | None:
        """Return the cover of a track.

        Parameters
        ----------
        path
            Its file.
        size
            Pixels of the longer side, one of `SIZES`.

        Returns
        -------
        DrawnCover or None
            ``None`` if it has none that can be drawn.
        """
        if size not in SIZES:
            raise ValueError(f"a cover is drawn in one of {SIZES} pixels")
        now = _stamps(path)
        before = self._known.get(path)
        if before is not None and before[0] == now:
            key = before[1]
            if key is None:
                return None
            if jpeg := self._read(f"{key}-{size}"):
                return DrawnCover(jpeg, f"{key}-{size}")
        found = None
        for cover in _first(find_covers(path)):
            key = cover.key
            jpeg = self._read(f"{key}-{size}") or self._draw(cover, key, size)
            if jpeg:
                found = key, DrawnCover(jpeg, f"{key}-{size}")
                break
        self._known[path] = now, found[0] if found else None
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        return found[1] if found else None

    def later(self, path: str, *, size: int = SIZES[1]) -> Future[DrawnCover | None]:
        """Return at once what `draw` will return, for whoever has something else to do."""
        return self._threads.submit(self.draw, path, size=size)

    def close(self) -> None:
        """End the process that draws."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            if self._processes is not None:
                self._processes.end(finished=False)
                self._processes = None

    def _draw(self, cover: Cover, key: str, size: int) -> bytes:
        """Draw a picture, one at a time, and keep the drawing."""
        with self._lock:
            if key in self._refused:
                return b""
            if self._processes is None:
                self._processes = Processes(draw_cover, workers=1, timeout=_SECONDS, memory=_MEMORY)
            drawn = b""
            for outcome in self._processes.run([DrawingOrder(cover.data, size)]):
                if outcome is not None:
                    drawn = outcome.value or b""
            if not drawn:
                self._refused.add(key)
                return b""
            with suppress(OSError):  # a full disk, a folder that may not be written
                self._keep(f"{key}-{size}", drawn)
            return drawn

    def _read(self, name: str) -> bytes:
        path = self._folder / f"{name}.jpg"
        try:
            jpeg = path.read_bytes()
            os.utime(path)
        except OSError:
            return b""
        return jpeg

    def _keep(self, name: str, jpeg: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._folder / f"{name}.jpg", jpeg, durable=False)
        if self._kept is None or self._kept + len(jpeg) > _MOST_BYTES:
            self._kept = make_room(self._folder, most=_MOST_BYTES)
        else:
            self._kept += len(jpeg)


def make_room(folder: Path, *, most: int) -> int:
    """Remove the files of a folder that were not used longest, if they are too many bytes.

    Parameters
    ----------
    folder
        With nothing else in it.
    most
        Bytes that may lie there; if there are more, a fifth of that is freed.

    Returns
    -------
    int
        Bytes that lie there now.
    """
    files = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                files.append((found.st_mtime_ns, found.st_size, entry.path))
    total = sum(size for _, size, _ in files)
    if total <= most:
        return total
    for _, size, path in sorted(files):
        if total <= most * 4 // 5:
            break
        with suppress(OSError):
            Path(path).unlink()
            total -= size
    return total


def _stamps(path: str) -> tuple[object, ...]:
    """Return what changes when a track's file, its folder or a picture there does."""
    folder = os.path.dirname(path) or "."  # noqa: PTH120
    places = [path, folder, *(os.path.join(folder, name) for name in _images_in(folder))]  # noqa: PTH118
    stamps: list[object] = []
    for place in places:
        try:
            found = os.stat(place)  # noqa: PTH116
            stamps.append((place, found.st_mtime_ns, found.st_size, found.st_ino))
        except (OSError, ValueError):
            stamps.append((place, None))
    return tuple(stamps)


def _first(covers: Iterable[Cover]) -> Iterator[Cover]:
    for number, cover in enumerate(covers):
        if number >= _MOST_TRIED:
            return
        yield cover


_Reader = Callable[[BinaryIO, int, int], Iterator[Picture]]
_READERS: dict[str, _Reader] = {
    "flac": pictures.flac_pictures,
    "vorbis": pictures.ogg_pictures,
    "opus": pictures.ogg_pictures,
    "speex": pictures.ogg_pictures,
    "oggflac": pictures.ogg_flac_pictures,
    "mp4": pictures.mp4_pictures,
    "asf": pictures.asf_pictures,
    "wav": pictures.chunk_pictures,
    "aiff": pictures.chunk_pictures,
}
_AROUND: tuple[_Reader, ...] = (pictures.id3_pictures, pictures.ape_pictures)
