"""A library as linernotes 0.1.0 left it: of the folder ``/music``, which is not there any more."""

from __future__ import annotations

import shutil
import wave
import zipfile
from pathlib import Path

_ZIP = Path(__file__).parent / "library" / "fixtures" / "library-0.1.0.zip"

#: What was in the folder. "copy.wav" was the same as "one.wav".
SONGS = {"one.wav": 3, "two.wav": 5, "album/copy.wav": 3}


def write_old_music(folder: Path) -> None:
    """Write the music that the library was made of: the same bytes on every machine."""
    for name, pitch in SONGS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(b"".join(_sample(number, pitch) for number in range(3 * 8000)))
    (folder / "empty.mp3").touch()


def _sample(number: int, pitch: int) -> bytes:
    loud = 9000 if number // 2000 % 2 else 3000
    return (loud if number * pitch // 200 % 2 else -loud).to_bytes(2, "little", signed=True)


def open_old_library(folder: Path) -> Path:
    """Put the library there, and return its folder."""
    with zipfile.ZipFile(_ZIP) as archive:
        archive.extractall(folder)
    return folder / "library"


def make(folder: Path) -> None:
    """Make it: with 0.1.0 alone, in a folder that is then zipped."""
    from linernotes.explore import Library

    music = Path("/music")
    write_old_music(music)
    Library(folder / "library").scan(music, workers=1)
    shutil.rmtree(music)
    shutil.make_archive(str(_ZIP.with_suffix("")), "zip", folder, "library")


if __name__ == "__main__":
    import sys

    make(Path(sys.argv[1]))
