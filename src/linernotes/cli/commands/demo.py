"""``linernotes demo``: its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.exits import leave

EXAMPLES = """
linernotes demo
linernotes demo --output report.html
"""


def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write the report.")
    ] = Path("linernotes-demo.html"),
) -> None:
    """Fetch two songs once, identify them, and write the report."""
    from linernotes.cli.demo import run_demo

    leave(*run_demo(output))
