"""What ``import linernotes`` shows: to people, to shells that complete, and to type checkers."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import linernotes

ROOT = Path(linernotes.__file__).parent
PACKAGES = [
    "linernotes",
    *(each.name for each in pkgutil.walk_packages([str(ROOT)], "linernotes.") if each.ispkg),
]
WITH_STUBS = [
    name for name in PACKAGES if (ROOT.parent / name.replace(".", "/") / "__init__.pyi").exists()
]


def test_rooms_are_at_hand_without_imports_of_their_own() -> None:
    code = (
        "import linernotes as ln; "
        "print(ln.features.extract.__name__, ln.learning.load_model.__name__, ln.evaluate.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["extract", "load_model", "evaluate"]


def test_nothing_is_loaded_before_it_is_used() -> None:
    loaded = "sorted(name for name in sys.modules if name.startswith('linernotes.'))"
    code = f"import sys, linernotes; print({loaded})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("package", WITH_STUBS)
def test_everything_in_a_stub_is_there_and_shown(package: str) -> None:
    module = importlib.import_module(package)
    stub = ast.parse((Path(module.__file__ or "").with_suffix(".pyi")).read_text())
    told = {
        alias.asname
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert told == set(dir(module)) == set(module.__all__)
    for name in told:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("package", WITH_STUBS)
def test_what_is_shown_is_documented(package: str) -> None:
    module = importlib.import_module(package)
    shown = [getattr(module, name) for name in module.__all__]
    bare = [each for each in shown if callable(each) and not inspect.getdoc(each)]
    assert bare == []


def test_every_room_of_the_face_says_what_is_in_it() -> None:
    assert "linernotes.features" in WITH_STUBS
    for package in PACKAGES:
        assert (importlib.import_module(package).__doc__ or "").strip(), package


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        _ = linernotes.nonsense  # type: ignore[attr-defined]
