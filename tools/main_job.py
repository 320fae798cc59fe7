"""Do with an installed linernotes what people do first, and say where it fails.

    python tools/main_job.py .venv/bin/linernotes [--without-extras]

It needs nothing but Python: the music is made here, and nothing is asked of the network.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

_RATE = 22050
# Commands that want an extra, and the extra that they should name.
_WANT_EXTRAS = {
    "inspect {song} --output track.png": "plots",
    "serve --port 0 --library library": "web",
    "mcp --library library": "mcp",
    "collect genres rock --output collected": "collect",
    "map --library library --method umap": "umap",
    "train songs --recipe mfcc-cnn --output none.linernotes": "neural",
    "train songs --recipe style-xgb --output none.linernotes": "boosting",
}


class WrongError(Exception):
    """A command did something else than it should."""


def main() -> int:
    """Do all of it in an empty folder, and print how long each command takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("--without-extras", action="store_true", help="None is to be installed.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linernotes-") as folder:
        try:
            do_the_main_job(Linernotes(asked.program.absolute(), Path(folder)))
            if asked.without_extras:
                ask_for_extras(Linernotes(asked.program.absolute(), Path(folder)))
        except WrongError as failure:
            print(f"main job: {failure}", file=sys.stderr)
            return 1
    return 0


class Linernotes:
    """The installed program, called in a folder, away from what the user keeps.

    Parameters
    ----------
    program
        Its path.
    folder
        Where it is called.
    """

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
        } | {
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_DATA_HOME": str(folder / "data"),
            "PIP_NO_INDEX": "1",
            "PYTHONUTF8": "1",
        }

    def __call__(self, command: str, *, status: int = 0) -> str:
        """Call a command; return what it prints, or its messages where it is to fail."""
        began = time.monotonic()
        done = subprocess.run(
            [str(self.program), *command.split()], cwd=self.folder, env=self._environment,
            capture_output=True, text=True, encoding="utf-8", timeout=600, check=False,
        )  # fmt: skip
        print(f"{time.monotonic() - began:6.1f} s  linernotes {command}", flush=True)
        expect(done.returncode == status, f"{command} left with {done.returncode}: {done.stderr}")
        expect("Traceback" not in done.stderr, f"{command} broke: {done.stderr}")
        return done.stderr if status else done.stdout


def expect(holds: object, otherwise: str) -> None:
    """Raise `WrongError` if something does not hold."""
    if not holds:
        raise WrongError(otherwise)


def do_the_main_job(linernotes: Linernotes) -> None:
    """Hear, measure, keep, compare, learn and tell."""
    songs = make_songs(linernotes.folder / "songs")
    song = songs[0].relative_to(linernotes.folder)
    expect(linernotes("--version").startswith("linernotes "), "there is no version")
    expect("!!" not in linernotes("doctor"), "the doctor finds something missing")
    linernotes("demo --output demo.html")
    expect("<html" in (linernotes.folder / "demo.html").read_text("utf-8"), "demo shows no page")

    track = json.loads(linernotes(f"identify {song} --json"))
    expect(track["error"] is None and track["tags"], "identify told nothing")
    (row,) = csv.DictReader(linernotes(f"features {song}").splitlines())
    values = [float(value) for name, value in row.items() if name != "file"]
    expect(len(values) > 100 and all(map(math.isfinite, values)), "features are not numbers")

    linernotes("scan songs --library library")
    status = json.loads(linernotes("status --library library --json"))
    expect(str(len(songs)) in json.dumps(status), f"the library does not hold them: {status}")
    alike = linernotes(f"similar {song} --library library -n 3 --json").splitlines()
    expect(alike and json.loads(alike[0]), "nothing is similar")
    linernotes("map --library library --output map.html")
    linernotes("export tracks.parquet --library library")

    linernotes("train songs --no-test --output ours.linernotes")
    track = json.loads(linernotes(f"identify {song} --model ours.linernotes --json"))
    expect("hum" in json.dumps(track), "the model that was trained told nothing")


def ask_for_extras(linernotes: Linernotes) -> None:
    """Call what wants an extra: it says in one sentence which one to install."""
    (song, *_) = sorted((linernotes.folder / "songs" / "hum").iterdir())
    for command, extra in _WANT_EXTRAS.items():
        told = linernotes(command.format(song=song.relative_to(linernotes.folder)), status=2)
        expect(f"pip install 'linernotes[{extra}]'" in told, f"{command} told: {told}")
        expect(len(told.strip().splitlines()) == 1, f"{command} told more than that: {told}")


def make_songs(folder: Path) -> list[Path]:
    """Write twelve pieces of ten seconds, in a folder for each of two classes."""
    paths = []
    for number in range(12):
        chance = random.Random(number)  # noqa: S311 - for noise, not for secrets
        hums = number % 2 == 0
        path = folder / ("hum" if hums else "beat") / f"{number:02}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        samples = [
            _hum(n / _RATE, 110 + 20 * number)
            if hums else _beat(n / _RATE, 0.3 + number / 50, chance)
            for n in range(10 * _RATE)
        ]  # fmt: skip
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, _RATE, 0, "NONE", "not compressed"))
            file.writeframes(struct.pack(f"<{len(samples)}h", *(int(9000 * s) for s in samples)))
        paths.append(path)
    return paths


def _hum(second: float, pitch: float) -> float:
    return sum(math.sin(2 * math.pi * pitch * k * second) / k for k in (1, 2, 3)) / 2


def _beat(second: float, period: float, chance: random.Random) -> float:
    return chance.uniform(-2, 2) * math.exp(-15 * (second % period))


if __name__ == "__main__":
    sys.exit(main())
