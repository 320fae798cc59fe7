"""Counting what is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from linernotes.audio import streaming
from linernotes.audio.decoding import Stream
from linernotes.audio.signal import Samples


@dataclass
class DecodingCounter:
    """How often files were opened, and how many seconds of them were decoded."""

    opened: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class _Counted(Stream):
    """A stream whose blocks are counted as they pass."""

    decoded: Stream
    counter: DecodingCounter

    def blocks(self, start: int, frames_per_block: int) -> Iterator[Samples]:
        for block in self.decoded.blocks(start, frames_per_block):
            self.counter.seconds += len(block) / self.sample_rate
            yield block


@contextmanager
def count_decoding(patch: pytest.MonkeyPatch) -> Iterator[DecodingCounter]:
    """Count what is decoded in this process meanwhile."""
    counter, open_decoder = DecodingCounter(), streaming.open_decoder

    @contextmanager
    def counted(*args: Any, **options: Any) -> Iterator[Stream]:
        with open_decoder(*args, **options) as opened:
            counter.opened += 1
            told = {name: getattr(opened, name) for name in Stream.__dataclass_fields__}
            yield _Counted(decoded=opened, counter=counter, **told)

    patch.setattr(streaming, "open_decoder", counted)
    yield counter
