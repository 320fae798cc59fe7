"""The help of each command ends with examples, and they can be called; shells complete them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support import linernotes
from typer.main import get_command

from linernotes.cli.app import app
from linernotes.features import SETS

ROOT = get_command(app)


def commands(group: Any, *names: str) -> Iterator[tuple[str, Any]]:
    """Yield the commands that can be called, by all of their names."""
    for name, command in group.commands.items():
        if not hasattr(command, "commands") or command.invoke_without_command:
            yield " ".join([*names, name]), command
        if hasattr(command, "commands"):
            yield from commands(command, *names, name)


COMMANDS = {"": ROOT, **dict(commands(ROOT))}


def examples_of(command: Any) -> list[list[str]]:
    """Return the words of each example, but for what the shell takes for itself."""
    heading, *lines = (command.epilog or "").splitlines()
    assert heading == "Examples:"
    return [shlex.split(re.split(r" [|>] ", line)[0]) for line in lines]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_can_be_called(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    for other, command in COMMANDS.items():
        if other:
            monkeypatch.setattr(command, "callback", lambda *_, _n=other, **__: called.append(_n))
    found = examples_of(COMMANDS[name])
    assert 2 <= len(found) <= 4
    for program, *words in found:
        assert program == "linernotes"
        called.clear()
        ROOT.main(words, prog_name=program, standalone_mode=False)
        assert called[-1] in (name or called[-1], f"{name} show"), words
        for option, value in pairwise(words):
            assert option != "--set" or value in SETS


@pytest.mark.parametrize("name", ["", "identify", "collect import spotify", "models show"])
def test_help_ends_with_the_examples_whole(name: str) -> None:
    run = linernotes(*name.split(), "--help", COLUMNS="80", TERM="dumb")
    lines = [line.strip() for line in run.stdout.rstrip().splitlines()]
    expected = COMMANDS[name].epilog.splitlines()
    assert lines[-len(expected) :] == expected


def test_examples_fit_a_terminal() -> None:
    assert all(len(line) <= 78 for c in COMMANDS.values() for line in c.epilog.splitlines())


def test_help_sorts_the_commands() -> None:
    shown = linernotes("--help", COLUMNS="80").stdout
    places = [shown.index(f"─ {panel} ─") for panel in ("Tracks", "Library", "Models", "Help")]
    assert places == sorted(places)
    assert "─ Commands ─" not in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_shown_for_the_shell_that_is_named(shell: str) -> None:
    run = linernotes("--show-completion", shell)
    assert run.returncode == 0
    assert f"_LINERNOTES_COMPLETE=complete_{shell}" in run.stdout
    assert "python" not in run.stdout


def test_a_shell_that_is_not_known_is_said() -> None:
    run = linernotes("--show-completion", "tcsh")
    assert (run.returncode, run.stdout) == (2, "")
    assert "'fish'" in run.stderr


@pytest.mark.parametrize(
    ("shell", "place"),
    [
        ("bash", ".bash_completions/linernotes.sh"),
        ("zsh", ".zfunc/_linernotes"),
        ("fish", ".config/fish/completions/linernotes.fish"),
    ],
)
def test_completion_is_installed_at_home(shell: str, place: str, tmp_path: Path) -> None:
    run = linernotes("--install-completion", shell, HOME=str(tmp_path))
    assert run.returncode == 0, run.stderr
    assert f"complete_{shell}" in (tmp_path / place).read_text("utf-8")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [("ide", {"identify"}), ("collect im", {"import"}), ("map --method u", {"umap"})],
)
def test_bash_completes_with_it(typed: str, offered: set[str], tmp_path: Path) -> None:
    program = tmp_path / "linernotes"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m linernotes "$@"\n')
    program.chmod(0o755)
    words = ["linernotes", *typed.split()]
    script = (
        f"{linernotes('--show-completion', 'bash').stdout}\n"
        f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}\n"
        "_linernotes_completion linernotes\n"
        "printf '%s\\n' \"${COMPREPLY[@]}\"\n"
    )
    run = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert set(run.stdout.split()) == offered


def test_completing_imports_nothing_heavy(tmp_path: Path) -> None:
    noted = tmp_path / "modules.json"
    script = (
        "import atexit, json, pathlib, sys\n"
        f"noted = pathlib.Path({str(noted)!r})\n"
        "atexit.register(lambda: noted.write_text(json.dumps(list(sys.modules))))\n"
        "from linernotes.cli import main\n"
        "main()\n"
    )
    told = {
        "_LINERNOTES_COMPLETE": "complete_bash",
        "COMP_WORDS": "linernotes t",
        "COMP_CWORD": "1",
    }
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env={**os.environ, **told},
    )  # fmt: skip
    assert run.stdout.split() == ["tag", "taste", "train"]
    assert not {"numpy", "onnxruntime", "sklearn", "rich"} & set(json.loads(noted.read_text()))
