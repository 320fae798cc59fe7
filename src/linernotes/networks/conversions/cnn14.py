"""CNN14 of PANNs: six blocks of two convolutions each, over a log-mel spectrogram.

Kong, Q., Cao, Y., Iqbal, T., Wang, Y., Wang, W. & Plumbley, M. D. (2020). PANNs: large-scale
pretrained audio neural networks for audio pattern recognition. IEEE/ACM Transactions on Audio,
Speech, and Language Processing 28.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from linernotes.networks.conversions.architecture import Architecture
from linernotes.networks.conversions.layers import (
    batch_norm,
    batch_norm_shapes,
    linear,
    linear_shapes,
)
from linernotes.networks.conversions.weights import Shapes, Weights

_BLOCKS = range(1, 7)
_WINDOW = 1024
_BINS = _WINDOW // 2 + 1


def _shapes(given: Shapes) -> Shapes:
    (mels,) = given["bn0.weight"]
    (classes,) = given["fc_audioset.bias"]
    # The front end is ours, but its sizes tell this network from its siblings of other rates.
    shapes: dict[str, tuple[int, ...]] = {
        "spectrogram_extractor.stft.conv_real.weight": (_BINS, 1, _WINDOW),
        "spectrogram_extractor.stft.conv_imag.weight": (_BINS, 1, _WINDOW),
        "logmel_extractor.melW": (_BINS, mels),
        **batch_norm_shapes("bn0", mels),
    }
    before = 1
    for block in _BLOCKS:
        name = f"conv_block{block}"
        channels = given[f"{name}.conv1.weight"][0]
        shapes[f"{name}.conv1.weight"] = (channels, before, 3, 3)
        shapes[f"{name}.conv2.weight"] = (channels, channels, 3, 3)
        shapes |= batch_norm_shapes(f"{name}.bn1", channels)
        shapes |= batch_norm_shapes(f"{name}.bn2", channels)
        before = channels
    (size,) = given["fc1.bias"]
    return shapes | linear_shapes("fc1", before, size) | linear_shapes("fc_audioset", size, classes)


def _run(weights: Weights, log_mel: Tensor) -> Mapping[str, Tensor]:
    """Return what the network tells of (batch, 1, frames, mels)."""
    values = batch_norm(log_mel.transpose(1, 3), weights, "bn0").transpose(1, 3)
    for block in _BLOCKS:
        for layer in (1, 2):
            convolution = weights[f"conv_block{block}.conv{layer}.weight"]
            values = functional.conv2d(values, convolution, padding=1)
            values = functional.relu(batch_norm(values, weights, f"conv_block{block}.bn{layer}"))
        if block != _BLOCKS[-1]:
            values = functional.avg_pool2d(values, 2)
    over_time = values.mean(dim=3)
    pooled = over_time.amax(dim=2) + over_time.mean(dim=2)
    embedding = functional.relu(linear(pooled, weights, "fc1"))
    tags = torch.sigmoid(linear(embedding, weights, "fc_audioset"))
    return {"embedding": embedding, "tags": tags}


def _example(shapes: Shapes) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return 20 * torch.randn(1, 1, 101, *shapes["bn0.weight"], generator=generator) - 40


#: Published as ``Cnn14_mAP=0.431.pth``; 32 kHz.
CNN14 = Architecture(
    title="PANNs CNN14 of 32 kHz",
    shapes=_shapes,
    run=_run,
    input="logmel",
    example=_example,
    length=2,
)
