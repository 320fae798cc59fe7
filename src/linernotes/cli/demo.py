"""``linernotes demo``."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import typer

from linernotes.cli.identify import identify_files
from linernotes.datasets import sample_music


def run_demo(report: Path) -> tuple[int, int]:
    """Identify sample music and write the report; returns how many were done and failed."""
    folder = Path(platformdirs.user_cache_dir("linernotes")) / "samples"
    samples = sample_music(folder)
    typer.echo(f"{samples.origin}\n", err=True)
    return identify_files([str(file) for file in samples.files], report=report)
