"""ONNX files made of what makers of networks publish instead, in a process of its own.

That process (`linernotes.networks.conversions`) has torch, limits of time and memory, and reads
numbers alone: nothing is unpickled, and no code that came with a network is run.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from linernotes.networks.spec import NetworkError

_WEIGHTS, _CONFIG = "model.safetensors", "config.json"
#: What files of weights are called that torch saves.
WEIGHTS_SUFFIXES = (".pt", ".pth", ".bin", ".ckpt")

_TIMEOUT = 1800.0
_SAVED_MODELS = ("clap", "audio-spectrogram-transformer", "wav2vec2", "hubert")


def is_convertible(folder: Path) -> bool:
    """Whether a folder holds what transformers saves, without pickles.

    Parameters
    ----------
    folder
        Any.

    Returns
    -------
    bool
        Whether `convert_folder` may be tried.
    """
    return (folder / _WEIGHTS).is_file() and (folder / _CONFIG).is_file()


def convert_folder(folder: Path, output: Path) -> None:
    """Make ONNX files of what transformers saved.

    Parameters
    ----------
    folder
        Holds ``config.json`` and ``model.safetensors``, and ``tokenizer.json`` if it hears words.
    output
        A folder, which gets the files under the names that networks have.

    Raises
    ------
    NetworkError
        torch or transformers is not installed, the network is of a kind that is not known, or it
        cannot be converted.
    """
    try:
        kind = json.loads((folder / _CONFIG).read_bytes())["model_type"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise NetworkError(f"{folder / _CONFIG} does not say what the network is") from error
    if kind not in _SAVED_MODELS:
        known = ", ".join(_SAVED_MODELS)
        raise NetworkError(f"networks of the kind {kind!r:.70} cannot be converted; known: {known}")
    _convert(kind, folder, output)


def convert_weights(source: Path, output: Path, *, architecture: str) -> None:
    """Make an ONNX file of weights that torch saved.

    Parameters
    ----------
    source
        A folder with nothing but the weights, and numbers that are published beside them.
    output
        A folder, which gets the file under the name that networks have.
    architecture
        What the weights are of, as specs name it.

    Raises
    ------
    NetworkError
        torch is not installed, or the file holds other weights, or more than numbers.
    """
    demand_torch()
    _convert(architecture, source, output)


def demand_torch() -> None:
    """Raise if nothing can be converted here, before anything is fetched for it.

    Raises
    ------
    NetworkError
        torch is not installed.
    """
    if importlib.util.find_spec("torch") is None:
        raise NetworkError(
            "its makers publish torch weights, which have to be converted; call: "
            "pip install 'linernotes[conversion]'"
        )


def _convert(kind: str, source: Path, output: Path) -> None:
    command = [sys.executable, "-m", "linernotes.networks.conversions"]
    command += [kind, str(source.absolute()), str(output.absolute())]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and two paths
            command, capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NetworkError("the network takes too long to convert") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it ended without a word"]
        raise NetworkError(f"the network cannot be converted: {lines[-1][:300]}")
