"""Networks as their makers publish them, with random weights: torch modules and checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

CLASSES = 527  # of AudioSet


def randomise(module: nn.Module, seed: int) -> nn.Module:
    """Give a module weights, and measures of batches, that differ everywhere."""
    generator = torch.Generator().manual_seed(seed)
    for name, values in module.state_dict().items():
        if name.endswith("running_var"):
            values.copy_(0.5 + torch.rand(values.shape, generator=generator))
        elif values.is_floating_point() and not name.endswith("inv_freq"):
            fan = max(1, values[0].numel()) if values.ndim > 1 else 4
            values.copy_(torch.randn(values.shape, generator=generator) / fan**0.5)
    return module.eval()


class _Cnn14Block(nn.Module):
    def __init__(self, before: int, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)

    def forward(self, values: Tensor) -> Tensor:
        values = self.bn1(self.conv1(values)).relu()
        return self.bn2(self.conv2(values)).relu()


class Cnn14(nn.Module):
    """PANNs CNN14, of any width, and of few mels where frames are few as well."""

    def __init__(self, width: int = 2, mels: int = 64, classes: int = CLASSES) -> None:
        super().__init__()
        self.bn0 = nn.BatchNorm2d(mels)
        before = 1
        for i in range(6):
            self.add_module(f"conv_block{i + 1}", _Cnn14Block(before, width << i))
            before = width << i
        self.fc1 = nn.Linear(before, before)
        self.fc_audioset = nn.Linear(before, classes)

    def forward(self, log_mel: Tensor) -> tuple[Tensor, Tensor]:
        values = self.bn0(log_mel.permute(0, 3, 2, 1)).permute(0, 3, 2, 1)
        for i in range(1, 7):
            values = self.get_submodule(f"conv_block{i}")(values)
            values = nn.functional.avg_pool2d(values, 2) if i < 6 else values
        values = values.mean(3)
        embedding = self.fc1(values.max(2).values + values.mean(2)).relu()
        return embedding, self.fc_audioset(embedding).sigmoid()

    def checkpoint(self) -> dict[str, Any]:
        """Return what is published: beside the weights, those of the front end."""
        front_end = {
            "spectrogram_extractor.stft.conv_real.weight": torch.zeros(513, 1, 1024),
            "spectrogram_extractor.stft.conv_imag.weight": torch.zeros(513, 1, 1024),
            "logmel_extractor.melW": torch.zeros(513, self.bn0.num_features),
        }
        return {"iteration": 600000, "model": {**front_end, **self.state_dict()}}


# Kernel, wide, narrow, weighs channels, swish, stride: table 1 of the paper.
_TABLE = [
    (3, 16, 16, False, False, 1), (3, 64, 24, False, False, 2), (3, 72, 24, False, False, 1),
    (5, 72, 40, True, False, 2), (5, 120, 40, True, False, 1), (5, 120, 40, True, False, 1),
    (3, 240, 80, False, True, 2), (3, 200, 80, False, True, 1), (3, 184, 80, False, True, 1),
    (3, 184, 80, False, True, 1), (3, 480, 112, True, True, 1), (3, 672, 112, True, True, 1),
    (5, 672, 160, True, True, 2), (5, 960, 160, True, True, 1), (5, 960, 160, True, True, 1),
]  # fmt: skip


def _convolution(before: int, after: int, kernel: int, stride: int, groups: int, act: Any) -> Any:
    parts = [
        nn.Conv2d(before, after, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False),
        nn.BatchNorm2d(after, eps=1e-3),
    ]
    return nn.Sequential(*parts, *([] if act is None else [act()]))


class _Weighing(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        part = nn.Module()
        squeezed = max(8, (channels // 4 + 4) // 8 * 8)
        part.fc1, part.fc2 = nn.Linear(channels, squeezed), nn.Linear(squeezed, channels)
        self.conc_se_layers = nn.ModuleList([part])

    def forward(self, values: Tensor) -> Tensor:
        part = self.conc_se_layers[0]
        share = part.fc2(part.fc1(values.mean((2, 3))).relu()).sigmoid()
        return values * share[:, :, None, None]


class _Residual(nn.Module):
    def __init__(self, before: int, row: tuple[int, int, int, bool, bool, int]) -> None:
        super().__init__()
        kernel, wide, narrow, weighs, swish, stride = row
        act = nn.Hardswish if swish else nn.ReLU
        layers = [] if wide == before else [_convolution(before, wide, 1, 1, 1, act)]
        layers.append(_convolution(wide, wide, kernel, stride, wide, act))
        layers += [_Weighing(wide)] if weighs else []
        layers.append(_convolution(wide, narrow, 1, 1, 1, None))
        self.block = nn.Sequential(*layers)
        self.adds = stride == 1 and before == narrow

    def forward(self, values: Tensor) -> Tensor:
        told: Tensor = self.block(values)
        return told + values if self.adds else told


class MobileNet(nn.Module):
    """EfficientAT's MobileNet; a width of 1 is mn10."""

    def __init__(self, width: float = 0.5, classes: int = CLASSES) -> None:
        super().__init__()

        def scaled(channels: int) -> int:
            return max(8, int(channels * width + 4) // 8 * 8)

        before = scaled(16)
        layers = [_convolution(1, before, 3, 2, 1, nn.Hardswish)]
        for kernel, wide, narrow, *others in _TABLE:
            row = (kernel, scaled(wide), scaled(narrow), *others)
            layers.append(_Residual(before, row))
            before = scaled(narrow)
        layers.append(_convolution(before, 6 * before, 1, 1, 1, nn.Hardswish))
        self.features = nn.Sequential(*layers)
        hidden = scaled(1280)
        self.classifier = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6 * before, hidden), nn.Hardswish(),
            nn.Dropout(), nn.Linear(hidden, classes),
        )  # fmt: skip

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        values = self.features(mel)
        return values.mean((2, 3)), self.classifier(values).sigmoid()


class _MusicFMConvolution(nn.Module):
    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, padding=1, stride=2)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1)
        self.conv3 = nn.Conv2d(before, after, 3, padding=1, stride=2)
        self.bn1, self.bn2, self.bn3 = (nn.BatchNorm2d(after) for _ in range(3))

    def forward(self, values: Tensor) -> Tensor:
        told = self.bn2(self.conv2(self.bn1(self.conv1(values)).relu()))
        return (told + self.bn3(self.conv3(values))).relu()


class MusicFM(nn.Module):
    """MusicFM, with the Conformer that transformers have."""

    mean, deviation = 7.0, 18.0

    def __init__(self, size: int = 128, channels: int = 8) -> None:
        from transformers import Wav2Vec2ConformerConfig
        from transformers.models.wav2vec2_conformer import modeling_wav2vec2_conformer as modules

        super().__init__()
        config = Wav2Vec2ConformerConfig(
            hidden_size=size, num_hidden_layers=2, num_attention_heads=size // 64,
            intermediate_size=96, hidden_act="swish", position_embeddings_type="rotary",
            rotary_embedding_base=10000, conv_depthwise_kernel_size=7,
            num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4,
        )  # fmt: skip
        config._attn_implementation = "eager"
        self.conv = nn.Module()
        self.conv.conv = nn.Sequential(
            _MusicFMConvolution(1, channels), _MusicFMConvolution(channels, channels)
        )
        self.conv.linear = nn.Linear(channels * 32, size)
        self.conformer = modules.Wav2Vec2ConformerEncoder(config)
        self.linear = nn.Linear(size, 4)
        self.cls_token = nn.Parameter(torch.zeros(size))

    def forward(self, mel: Tensor) -> Tensor:
        values = self.conv.conv(((mel - self.mean) / self.deviation)[:, None])
        batch, channels, mels, frames = values.shape
        rows = values.permute(0, 3, 1, 2).reshape(batch, frames, channels * mels)
        told: Tensor = self.conformer(self.conv.linear(rows)).last_hidden_state
        return told

    def checkpoint(self) -> dict[str, Any]:
        """Return what is published, but for its statistics."""
        return {"state_dict": {f"model.{name}": v for name, v in self.state_dict().items()}}

    def statistics(self) -> dict[str, float]:
        """Return what is published beside it."""
        return {"melspec_2048_mean": self.mean, "melspec_2048_std": self.deviation,
                "melspec_2048_cnt": 14, "cqt_mean": 0.5}  # fmt: skip


def mert(**settings: Any) -> nn.Module:
    """Return HuBERT as transformers has it, which MERT is."""
    from transformers import HubertConfig, HubertModel

    tiny = {"hidden_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2,
            "intermediate_size": 96, "conv_dim": (16,) * 7, "num_conv_pos_embeddings": 16,
            "num_conv_pos_embedding_groups": 4}  # fmt: skip
    return HubertModel(HubertConfig(**{**tiny, **settings})).eval()


def mert_checkpoint(model: nn.Module) -> Mapping[str, Tensor]:
    """Return its weights under the names that were usual when it was published."""
    return {
        name.replace("parametrizations.weight.original0", "weight_g").replace(
            "parametrizations.weight.original1", "weight_v"
        ): values
        for name, values in model.state_dict().items()
    }


def save(content: Any, file: Path, *, old: bool = False) -> Path:
    """Write a checkpoint, in the form that torch used before 1.6 if need be."""
    torch.save(content, file, _use_new_zipfile_serialization=not old)
    return file
