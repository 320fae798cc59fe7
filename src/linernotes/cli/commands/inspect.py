"""``linernotes inspect``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.options import Duration, Start, Timeout

EXAMPLES = """
linernotes inspect song.flac --output song.html
linernotes inspect song.flac --output chorus.png --start 60 --duration 30
"""


def inspect(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A track.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A .html or .png file.")],
    start: Start = 0.0,
    duration: Duration = None,
    timeout: Timeout = 600.0,
) -> None:
    """Draw a track: waveform, spectrogram, chroma, MFCC, beats, loudness, stereo image."""
    from linernotes.cli.inspect import inspect_file

    inspect_file(file, output, start=start, duration=duration, timeout=timeout)
