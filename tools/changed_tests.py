"""Print which tests a change concerns: those of the rooms that it touches, for ``make quick``.

A change is what differs from where this branch left main, committed or not. What no room owns,
such as what several tests need, concerns all tests.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_MAINS = ("origin/main", "main")


def tests_of(changed: Iterable[str], rooms: set[str]) -> list[str]:
    """Return the folders of tests that changed files concern; ``tests`` for all of them.

    >>> tests_of(["src/linernotes/web/jobs.py", "README.md"], {"web", "cli"})
    ['tests/web']
    >>> tests_of(["tests/support.py"], {"web", "cli"})
    ['tests']
    """
    found = set()
    for name in changed:
        parts = Path(name).parts
        room = parts[2:3] if parts[:2] == ("src", "linernotes") else parts[1:2]
        if parts[0] not in ("src", "tests") and name != "pyproject.toml":
            continue
        if len(parts) < 3 or room[0] not in rooms:
            return ["tests"]
        found.add(f"tests/{room[0]}")
    return sorted(found)


def _changed() -> list[str] | None:
    """Return the changed files, or ``None`` if git cannot tell."""
    git = shutil.which("git")
    bases = [_lines(git, "merge-base", "HEAD", name) for name in _MAINS] if git else []
    base = next((lines[0] for lines in bases if lines), None)
    changed = _lines(git, "diff", "--name-only", base) if base else None
    new = _lines(git, "ls-files", "--others", "--exclude-standard")
    return None if changed is None or new is None else [*changed, *new]


def _lines(git: str | None, *arguments: str) -> list[str] | None:
    if git is None:
        return None
    done = subprocess.run(
        [git, "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines() if done.returncode == 0 else None


if __name__ == "__main__":
    rooms = {folder.name for folder in (ROOT / "tests").iterdir() if folder.is_dir()}
    changed = _changed()
    print(*(["tests"] if changed is None else tests_of(changed, rooms)))
    sys.exit()
