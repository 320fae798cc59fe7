"""``linernotes doctor``."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.console import Console

from linernotes.identification.health import examine


def show_checks(*, as_json: bool = False) -> bool:
    """Print one line a check; returns whether all is well."""
    checks = examine()
    console = Console(highlight=False, soft_wrap=True)
    for check in checks:
        if as_json:
            print(json.dumps(asdict(check)))
            continue
        mark, style = ("ok", "green") if check.ok else ("!!", "bold red")
        console.print(f"{mark}  ", style=style, end="")
        remedy = "" if check.ok else f"\n    {check.remedy}"
        console.print(f"{check.name:14} {check.detail}{remedy}", markup=False, emoji=False)
    return all(check.ok for check in checks)
