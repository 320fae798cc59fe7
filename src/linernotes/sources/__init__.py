"""What comes from outside: for now, music to try linernotes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.sources.samples import Samples, fetch_samples, sample_music, synthesise_samples

__all__ = ["Samples", "fetch_samples", "sample_music", "synthesise_samples"]

__getattr__ = deferred(
    __name__,
    {
        "samples": "Samples fetch_samples sample_music synthesise_samples",
    },
)
