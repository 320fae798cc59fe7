"""Labelled examples: what models learn from and are tested on.

`examples` says what labelled tracks are; `folders`, `delimited`, `table` and `spotify_table` read
one's own. `fma` and `gtzan` are a published data set each, with citation, licence, checksums
(`remotes`) and loader. `groups`, `artists` and `names` tell which tracks belong together.
`samples` is music to try linernotes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.datasets.samples import (
        Samples,
        fetch_samples,
        sample_music,
        synthesise_samples,
    )

__all__ = ["Samples", "fetch_samples", "sample_music", "synthesise_samples"]

__getattr__ = deferred(
    __name__,
    {
        "samples": "Samples fetch_samples sample_music synthesise_samples",
    },
)
