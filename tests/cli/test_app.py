"""The commands besides ``identify``."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from support import linernotes

from linernotes import __version__
from linernotes.identification import health
from linernotes.learning import load_model


def test_help_and_version() -> None:
    run = linernotes("--help")
    assert run.returncode == 0
    for command in ("identify", "features", "scan", "similar", "tag", "models", "doctor", "demo"):
        assert command in run.stdout
    assert linernotes("--version").stdout == f"linernotes {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\nfrom linernotes.cli import main\nsys.argv = ['linernotes', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'onnxruntime', 'numba', 'scipy', 'av', 'jinja2', 'pebble'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


def test_models() -> None:
    assert "genre" in linernotes("models").stdout
    lines = linernotes("models", "--json").stdout.splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["genre", "mood"]


def test_model_card_tells_how_far_to_trust_it() -> None:
    text = linernotes("models", "show", "genre").stdout
    for word in (
        "GTZAN",
        "443",
        "290",
        "accuracy",
        "calibration error",
        "On a data set that it never saw",
    ):
        assert word in text.replace("\n  ", " "), word
    card = json.loads(linernotes("models", "show", "genre", "--json").stdout)
    assert card["name"] == "genre"
    run = linernotes("models", "show", "nonesuch")
    assert (run.returncode, run.stdout) == (2, "")
    assert "genre" in run.stderr


def test_the_doctor_knows_all_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    told = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    extras = set(told["project"]["optional-dependencies"]) - {"test", "tools", "docs"}
    assert set(health.EXTRAS) == extras
    monkeypatch.setitem(health.EXTRAS, "neural", ("no_such_package",))
    assert "neural" in health.tell_extras().split("not installed: ")[1]
    assert "pip install 'linernotes[" in health.tell_extras()


@pytest.mark.slow
def test_models_go_by_the_users_names_as_well(tmp_path: Path) -> None:
    folder = tmp_path / "linernotes" / "models"
    folder.mkdir(parents=True)
    model = dataclasses.replace(load_model("genre"), name="mine")
    model = dataclasses.replace(model, card=dataclasses.replace(model.card, scores=()))
    model.save(folder / "my genres.linernotes")
    (folder / "broken.linernotes").write_bytes(b"no model")
    run = linernotes("models", XDG_DATA_HOME=str(tmp_path))
    assert "my genres  tells genre: ambient" in run.stdout
    assert "never measured" in run.stdout
    assert "broken" in run.stderr
    assert "broken" not in run.stdout
    by_name = linernotes("models", "my genres", "--json", XDG_DATA_HOME=str(tmp_path))
    by_file = linernotes("models", "--json", folder / "my genres.linernotes")
    assert json.loads(by_name.stdout)["name"] == "mine"
    assert by_name.stdout == by_file.stdout
    run = linernotes("identify", "a.mp3", "-m", "nonesuch", XDG_DATA_HOME=str(tmp_path))
    assert "use one of genre, mood, broken, my genres, or the path" in run.stderr


@pytest.mark.slow
def test_doctor_finds_this_machine_in_order() -> None:
    run = linernotes("doctor", PYTHONUTF8="1")
    assert run.returncode == 0, run.stdout
    lines = run.stdout.splitlines()
    assert all(line.startswith("ok ") for line in lines)
    checks = [json.loads(line) for line in linernotes("doctor", "--json").stdout.splitlines()]
    assert len(checks) == len(lines)


@pytest.mark.slow
def test_doctor_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blocked = str(tmp_path / "file" / "cache")
    run = linernotes("doctor", XDG_CACHE_HOME=blocked, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert run.returncode == 1
    assert "!!  cache folder" in run.stdout
    assert "XDG_CACHE_HOME" in run.stdout
    assert "!!  terminal" in run.stdout
    assert "Traceback" not in run.stderr


@pytest.mark.slow
def test_demo_offline_makes_its_own_music_and_says_so(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    run = linernotes(
        "demo", "--output", str(report), XDG_CACHE_HOME=str(tmp_path),
        PIP_NO_INDEX="1", PIP_CONFIG_FILE="/dev/null", PIP_FIND_LINKS="",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "synthesised" in run.stderr
    assert "plucked-waltz" in run.stdout
    assert "drums-and-bass" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [[], ["identify"], ["models", "show"], ["doctor"], ["demo"]])
def test_every_command_has_help(command: list[str]) -> None:
    run = linernotes(*command, "--help")
    assert run.returncode == 0
    assert run.stdout
