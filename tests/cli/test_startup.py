"""Commands answer soon: none imports what it does not use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from library_support import made_up, write_songs

from linernotes.explore import Library
from linernotes.library.content import track_id
from linernotes.library.rows import FileRow
from linernotes.library.store import Store

# What takes more than a few hundredths of a second to import. pandas does as well, but where it is
# installed pyarrow imports it, whatever we do.
SLOW = frozenset(
    "av fastapi httpx jinja2 lance lance_namespace lancedb llvmlite matplotlib numba numpy onnx "
    "onnxruntime openTSNE pebble pyarrow scipy skl2onnx sklearn soundfile spotipy torch "
    "umap uvicorn xgboost".split()
)
STORE = {"lance", "numpy", "pyarrow"}
COMMANDS = {
    "--help": set(),
    "--version": set(),
    "status --help": set(),
    "collect --help": set(),
    "status {library}": STORE,
    "status --json {library}": STORE,
    "export {library} {folder}/tracks.csv": STORE | {"onnxruntime"},
    "export {library} {folder}/tracks.parquet": STORE | {"onnxruntime"},
    "index {library}": STORE,
    "similar {song} {library}": STORE,
    "similar --words slow {library}": STORE,
    # The genre model is asked of what the library knows.
    "tag {song} {library}": STORE | {"onnxruntime"},
    # Another process listens.
    "identify {song}": {"numpy", "pebble"},
    "identify {folder}/none.wav": {"numpy", "pebble"},
    "models": {"numpy"},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a song and a library that knows it."""
    folder = tmp_path_factory.mktemp("startup")
    songs = write_songs(folder, [f"{number}.wav" for number in range(3)])
    store = Store(str(folder / "library"), create=True)
    ids = [track_id(song) for song in songs]
    stamps = [song.stat() for song in songs]
    store.write(
        {own: made_up(number) for number, own in enumerate(ids)},
        [
            FileRow(str(song), stamp.st_size, stamp.st_mtime_ns, own)
            for song, stamp, own in zip(songs, stamps, ids, strict=True)
        ],
    )
    Library(folder / "library").index()
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_slow_is_imported_in_vain(command: str, place: Path, tmp_path: Path) -> None:
    script = (
        "import atexit, json, pathlib, sys\n"
        "noted = pathlib.Path(sys.argv.pop())\n"
        "atexit.register(lambda: noted.write_text(json.dumps(list(sys.modules))))\n"
        "from linernotes.cli import main\n"
        "main()\n"
    )
    words = command.format(
        library=f"--library={place}/library", song=place / "0.wav", folder=tmp_path
    ).split()
    noted = tmp_path / "modules.json"
    run = subprocess.run(
        [sys.executable, "-c", script, *words, str(noted)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode in (0, 3 if "none.wav" in command else 0), run.stderr
    loaded = {module.partition(".")[0] for module in json.loads(noted.read_text())}
    assert loaded & SLOW <= COMMANDS[command]
