"""Folders as transformers saves networks: ``config.json`` and ``model.safetensors``.

Nothing is unpickled, and no code of theirs is run. CLAP gives an audio and a text tower, AST and
MAEST what they tell before their last layer's function, Wav2Vec2 and its like the last layer over
time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from linernotes.networks.conversions.exporting import export_module
from linernotes.networks.spec import GRAPH, TEXT_GRAPH, TOKENIZER


def _clap(folder: Path, output: Path) -> None:
    model = _loaded("ClapModel", folder)
    mel = torch.zeros(1, 1, 1001, model.config.audio_config.num_mel_bins)
    tokens = torch.ones(1, 8, dtype=torch.long)

    def audio(given: Tensor) -> Any:
        return _pooled(model.get_audio_features(input_features=given))

    def text(ids: Tensor, mask: Tensor) -> Any:
        return _pooled(model.get_text_features(ids, mask))

    _export(model, audio, {"input_features": mel}, "audio_embeds", output / GRAPH)
    given = {"input_ids": tokens, "attention_mask": tokens.clone()}
    _export(model, text, given, "text_embeds", output / TEXT_GRAPH, free="tokens")
    (output / TOKENIZER).write_bytes((folder / TOKENIZER).read_bytes())


def _spectrogram_transformer(folder: Path, output: Path) -> None:
    model = _loaded("ASTForAudioClassification", folder)
    given = {"input_values": torch.zeros(1, model.config.max_length, model.config.num_mel_bins)}
    _export(model, lambda mel: model(mel).logits, given, "logits", output / GRAPH)


def _raw(folder: Path, output: Path) -> None:
    model = _loaded("AutoModel", folder)
    given = {"input_values": torch.zeros(1, 16000)}
    told = "last_hidden_state"
    _export(model, lambda sound: model(sound)[told], given, told, output / GRAPH, free="samples")


#: Functions of a folder and of that which gets the ONNX files, by the kind in ``config.json``.
SAVED_MODELS: Mapping[str, Callable[[Path, Path], None]] = {
    "clap": _clap,
    "audio-spectrogram-transformer": _spectrogram_transformer,
    "wav2vec2": _raw,
    "hubert": _raw,
}


def _loaded(kind: str, folder: Path) -> Any:
    import transformers  # which those who convert other weights may lack

    # safetensors are numbers; the other format that transformers reads is a pickle.
    return (
        getattr(transformers, kind)
        .from_pretrained(
            folder, use_safetensors=True, trust_remote_code=False, local_files_only=True
        )
        .eval()
    )


def _pooled(told: Any) -> Any:
    return getattr(told, "pooler_output", told)


def _export(
    model: Any,
    function: Callable[..., Any],
    given: Mapping[str, Tensor],
    told: str,
    file: Path,
    *,
    free: str | None = None,
) -> None:
    """Write a part of a model; ``free`` is the name of the second axis if it has any length."""

    class _Part(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *values: Tensor) -> Any:
            return function(*values)

    axes = {0: "batch"} if free is None else {0: "batch", 1: free}
    with torch.no_grad():
        export_module(_Part(), given, (told,), file, axes=axes)
