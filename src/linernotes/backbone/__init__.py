"""Pretrained networks that listen: tags, embeddings, and how they change over a track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.backbone.labels import EMBEDDING_SIZE, NETWORKS, TAGS, VERSION
    from linernotes.backbone.mel import SAMPLE_RATE, log_mel_spectrogram, stream_log_mel
    from linernotes.backbone.musicnn import Taggram, listen
    from linernotes.backbone.runtime import onnx_session
    from linernotes.backbone.tags import Tags, merge_tags

__all__ = [
    "EMBEDDING_SIZE",
    "NETWORKS",
    "SAMPLE_RATE",
    "TAGS",
    "VERSION",
    "Taggram",
    "Tags",
    "listen",
    "log_mel_spectrogram",
    "merge_tags",
    "onnx_session",
    "stream_log_mel",
]

__getattr__ = deferred(
    __name__,
    {
        "mel": "SAMPLE_RATE log_mel_spectrogram stream_log_mel",
        "labels": "EMBEDDING_SIZE NETWORKS TAGS VERSION",
        "musicnn": "Taggram listen",
        "runtime": "onnx_session",
        "tags": "Tags merge_tags",
    },
)
