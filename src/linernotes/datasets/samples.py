"""Music to try linernotes on: three songs from public packages, or tracks made here.

The songs travel in the wheels of the game libraries `pygame` and `arcade`, which any Python
package registry serves. pip fetches them, so that mirrors, proxies and certificates are those
that the user has set up already. The first is house, of which everybody can hear that it is.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import SourceError
from linernotes.files import write_atomically


@dataclass(frozen=True)
class _Song:
    """Where a song is: a package, a folder in its wheel, and what its bytes have to be."""

    package: str
    folder: str
    sha256: str


_GAMES = "arcade/resources/assets/music/"
_SONGS = {
    "house_lo.mp3": _Song(
        "pygame==2.6.1",
        "pygame/examples/data/",
        "4749d9517ca6329fd72cf53c4b5cafb2255e593e8c28bb79463a7e5929d5acb4",
    ),
    "1918.mp3": _Song(
        "arcade==3.3.3", _GAMES, "5ea4cebdb521ed9310398e835fb05e0a532abde7bb8426da800b6bfa5a15f6fe"
    ),
    "funkyrobot.mp3": _Song(
        "arcade==3.3.3", _GAMES, "4d048536f8c3ed539c38ac9a9bf844858914d4d11a0bd22822c273e46062d918"
    ),
}
_PACKAGES = tuple(dict.fromkeys(song.package for song in _SONGS.values()))
_MADE = ("plucked-waltz", "drums-and-bass")
_LARGEST = 64 * 2**20
_TIME_LIMIT = 300.0
_SAMPLE_RATE = 44100


@dataclass(frozen=True)
class Samples:
    """Music to try linernotes on.

    Parameters
    ----------
    files
        Paths of the tracks.
    origin
        A sentence about where they are from.
    """

    files: tuple[Path, ...]
    origin: str


def sample_music(folder: Path) -> Samples:
    """Fetch the sample songs, or make tracks here where that is not possible.

    Parameters
    ----------
    folder
        Where the music is kept; what is there already is not fetched again.

    Returns
    -------
    Samples
        Its ``origin`` says which of the two it is, and why.
    """
    try:
        files = fetch_samples(folder)
    except SourceError as error:
        return Samples(
            synthesise_samples(folder),
            f"The sample songs could not be fetched ({error}), so these tracks were "
            "synthesised here: they show how linernotes works, not how well.",
        )
    named = " and ".join(_PACKAGES)
    return Samples(files, f"The songs are from the Python packages {named}.")


def fetch_samples(folder: Path) -> tuple[Path, ...]:
    """Fetch the sample songs with pip, once, and check that they are the right ones.

    pip shows its progress on standard error.

    Parameters
    ----------
    folder
        Where the songs are kept.

    Returns
    -------
    tuple of Path
        The songs.

    Raises
    ------
    SourceError
        There is no pip, no registry, or what came is something else.
    """
    files = tuple(folder / name for name in _SONGS)
    for package in _PACKAGES:
        missing = [
            file for file in files if _SONGS[file.name].package == package and not _is_intact(file)
        ]
        if missing:
            _fetch(package, missing)
    return files


def _fetch(package: str, files: Sequence[Path]) -> None:
    """Fetch a package, and take songs out of its wheel."""
    if importlib.util.find_spec("pip") is None:
        raise SourceError("this Python has no pip")
    with tempfile.TemporaryDirectory() as temporary:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-input",
                   "--disable-pip-version-check", "--only-binary=:all:", "--timeout=20",
                   "--retries=1", "--dest", temporary, package]  # fmt: skip
        try:
            subprocess.run(  # noqa: S603 - a fixed command, no shell
                command, stdout=sys.stderr, check=True, timeout=_TIME_LIMIT
            )
        except subprocess.TimeoutExpired as error:
            raise SourceError("the package registry did not answer in time") from error
        except (subprocess.CalledProcessError, OSError) as error:
            raise SourceError("the package registry cannot be reached") from error
        wheels = list(Path(temporary).glob("*.whl"))
        if len(wheels) != 1:
            raise SourceError("the package registry sent something else")
        files[0].parent.mkdir(parents=True, exist_ok=True)
        _unpack(wheels[0], files)


def example_track(folder: Path) -> Path:
    """Return one track to try linernotes on; nothing is fetched for it.

    Parameters
    ----------
    folder
        Where samples are kept: one that was fetched is taken, else one is made.

    Returns
    -------
    Path
        An audio file.
    """
    for name in _SONGS:
        if _is_intact(folder / name):
            return folder / name
    made = folder / f"{_MADE[0]}.flac"
    return made if made.is_file() else synthesise_samples(folder)[0]


def synthesise_samples(folder: Path) -> tuple[Path, ...]:
    """Make two half-minute tracks: a waltz on plucked strings, and a beat with a bass.

    The same tracks every time; what is there already is made anew.

    Parameters
    ----------
    folder
        Where they are written; it is made if need be.

    Returns
    -------
    tuple of Path
        Two FLAC files.
    """
    import soundfile

    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, track in zip(_MADE, (_waltz(), _beat()), strict=True):
        file = folder / f"{name}.flac"
        soundfile.write(file, 0.8 * track / np.abs(track).max(), _SAMPLE_RATE)
        files.append(file)
    return tuple(files)


def _unpack(wheel: Path, files: Sequence[Path]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for file in files:
            try:
                member = archive.getinfo(_SONGS[file.name].folder + file.name)
            except KeyError as error:
                raise SourceError("the package no longer holds the songs") from error
            if member.file_size > _LARGEST:
                raise SourceError("the package holds something else than the songs")
            write_atomically(file, archive.read(member))
            if not _is_intact(file):
                file.unlink()
                raise SourceError("a song does not have the checksum that it should")


def _is_intact(file: Path) -> bool:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == _SONGS[file.name].sha256
    except OSError:
        return False


def _waltz() -> NDArray[np.float64]:
    """Chords and a melody in three-four time, every note a plucked string."""
    chords = ((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62))
    melody = (76, 74, 72, 69, 72, 76, 79, 76, 72, 74, 71, 67)
    track = np.zeros(30 * _SAMPLE_RATE)
    for beat in range(60):
        chord = chords[beat // 3 % len(chords)]
        notes = (chord[0] - 12,) if beat % 3 == 0 else chord[1:]
        for note in (*notes, melody[beat % len(melody)]):
            _add(track, _pluck(note, random_state=beat), beat / 2)
    return track


def _pluck(note: int, *, random_state: int, seconds: float = 1.4) -> NDArray[np.float64]:
    """Return a plucked string (Karplus & Strong, Computer Music Journal 7(2), 1983)."""
    period = round(_SAMPLE_RATE / _frequency(note))
    row = np.random.default_rng(random_state).uniform(-1, 1, period)
    rows = [row]
    for _ in range(int(seconds * _SAMPLE_RATE / period)):
        row = 0.4985 * (row + np.roll(row, 1))
        rows.append(row)
    return np.concatenate(rows)


def _beat() -> NDArray[np.float64]:
    """Four on the floor with off-beat hats, a clap, and a bass line."""
    bass = (33, 33, 36, 33, 31, 31, 28, 31)
    noise = np.random.default_rng(0)
    track = np.zeros(30 * _SAMPLE_RATE)
    time = np.arange(_SAMPLE_RATE // 4) / _SAMPLE_RATE
    kick = np.sin(2 * np.pi * (50 * time + 8 * (1 - np.exp(-time * 40)))) * np.exp(-time * 12)
    for step in range(120):
        at = step / 4
        if step % 2 == 0:
            _add(track, 1.5 * kick, at)
        hat = np.diff(noise.standard_normal(len(time) + 1)) * np.exp(-time * 90)
        _add(track, 0.12 * hat, at + 0.125)
        if step % 4 == 2:
            _add(track, 0.4 * noise.standard_normal(len(time)) * np.exp(-time * 35), at)
        phase = _frequency(bass[step // 4 % len(bass)]) * time
        _add(track, 0.5 * (2 * (phase % 1) - 1) * np.exp(-time * 6), at)
    return track


def _frequency(note: int) -> float:
    return float(440.0 * 2.0 ** ((note - 69) / 12))


def _add(track: NDArray[np.float64], sound: NDArray[np.float64], seconds: float) -> None:
    first = round(seconds * _SAMPLE_RATE)
    sound = sound[: max(0, len(track) - first)]
    track[first : first + len(sound)] += sound
