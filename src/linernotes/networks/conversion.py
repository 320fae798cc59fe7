"""ONNX files made of what transformers saves, in a process of its own that has torch.

    python -m linernotes.networks.conversion KIND FOLDER OUTPUT

The folder holds ``config.json`` and ``model.safetensors``, as their makers publish them: numbers
alone. Nothing is unpickled, and no code of theirs is run. CLAP gives an audio and a text tower,
AST and MAEST what they tell before their last layer's function, Wav2Vec2 and its like the last
layer over time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linernotes.networks.spec import GRAPH, TEXT_GRAPH, TOKENIZER, NetworkError

WEIGHTS, CONFIG = "model.safetensors", "config.json"

_TIMEOUT = 1800.0
_OPSET = 17


def is_convertible(folder: Path) -> bool:
    """Whether a folder holds what transformers saves, without pickles.

    Parameters
    ----------
    folder
        Any.

    Returns
    -------
    bool
        Whether `convert` may be tried.
    """
    return (folder / WEIGHTS).is_file() and (folder / CONFIG).is_file()


def convert(folder: Path, output: Path) -> None:
    """Make ONNX files of what transformers saved, in a process of its own.

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
        kind = json.loads((folder / CONFIG).read_bytes())["model_type"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise NetworkError(f"{folder / CONFIG} does not say what the network is") from error
    if kind not in _EXPORTS:
        raise NetworkError(
            f"networks of the kind {kind!r:.70} cannot be converted; known: {', '.join(_EXPORTS)}"
        )
    command = [
        sys.executable,
        "-m",
        "linernotes.networks.conversion",
        kind,
        str(folder),
        str(output),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and two folders
            command, capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NetworkError("the network takes too long to convert") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it ended without a word"]
        raise NetworkError(f"the network cannot be converted: {lines[-1][:300]}")


def main(arguments: list[str]) -> int:
    """Convert; what goes wrong is the last line on standard error."""
    kind, folder, output = arguments[0], Path(arguments[1]), Path(arguments[2])
    try:
        import torch
        import transformers
    except ImportError as error:
        print(f"it needs {error.name}; call: pip install 'linernotes[conversion]'", file=sys.stderr)
        return 1
    warnings.simplefilter("ignore")
    try:
        output.mkdir(parents=True, exist_ok=True)
        with torch.no_grad():
            _EXPORTS[kind](transformers, torch, folder, output)
    except Exception as error:  # whatever they raise is told in a line
        print(f"{type(error).__name__}: {error}".replace("\n", " "), file=sys.stderr)
        return 1
    return 0


def _clap(transformers: Any, torch: Any, folder: Path, output: Path) -> None:
    model = _loaded(transformers.ClapModel, folder)
    mel = torch.zeros(1, 1, 1001, model.config.audio_config.num_mel_bins)
    tokens = torch.ones(1, 8, dtype=torch.long)

    def audio(given: Any) -> Any:
        return _pooled(model.get_audio_features(input_features=given))

    def text(ids: Any, mask: Any) -> Any:
        return _pooled(model.get_text_features(ids, mask))

    tower = _tower(torch, model, audio)
    _export(torch, tower, {"input_features": mel}, "audio_embeds", output / GRAPH)
    given = {"input_ids": tokens, "attention_mask": tokens.clone()}
    tower = _tower(torch, model, text)
    _export(torch, tower, given, "text_embeds", output / TEXT_GRAPH, free="tokens")
    (output / TOKENIZER).write_bytes((folder / TOKENIZER).read_bytes())


def _spectrogram_transformer(transformers: Any, torch: Any, folder: Path, output: Path) -> None:
    model = _loaded(transformers.ASTForAudioClassification, folder)
    given = {"input_values": torch.zeros(1, model.config.max_length, model.config.num_mel_bins)}
    tower = _tower(torch, model, lambda mel: model(mel).logits)
    _export(torch, tower, given, "logits", output / GRAPH)


def _raw(transformers: Any, torch: Any, folder: Path, output: Path) -> None:
    model = _loaded(transformers.AutoModel, folder)
    given = {"input_values": torch.zeros(1, 16000)}
    tower = _tower(torch, model, lambda sound: model(sound).last_hidden_state)
    _export(torch, tower, given, "last_hidden_state", output / GRAPH, free="samples")


_EXPORTS = {
    "clap": _clap,
    "audio-spectrogram-transformer": _spectrogram_transformer,
    "wav2vec2": _raw,
    "hubert": _raw,
}


def _loaded(kind: Any, folder: Path) -> Any:
    # safetensors are numbers; the other format that transformers reads is a pickle.
    return kind.from_pretrained(
        folder, use_safetensors=True, trust_remote_code=False, local_files_only=True
    ).eval()


def _pooled(told: Any) -> Any:
    return getattr(told, "pooler_output", told)


def _tower(torch: Any, model: Any, function: Callable[..., Any]) -> Any:
    """Return a part of a model as one of its own."""

    class Tower(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *values: Any) -> Any:
            return function(*values)

    return Tower()


def _export(
    torch: Any, tower: Any, given: dict[str, Any], told: str, file: Path, *, free: str | None = None
) -> None:
    """Write an ONNX file; ``free`` is the name of the second axis if it has any length."""
    axes = {0: "batch"} if free is None else {0: "batch", 1: free}
    torch.onnx.export(
        tower,
        tuple(given.values()),
        str(file),
        input_names=list(given),
        output_names=[told],
        dynamic_axes={**dict.fromkeys(given, axes), told: {0: "batch"}},
        opset_version=_OPSET,
        dynamo=False,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
