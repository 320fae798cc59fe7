"""Tags are read without GPL code; what is under the GPL checks in tests alone."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import linernotes as package

FOR_TESTS = {"mutagen", "taglib", "tinytag"}


def test_no_module_of_the_product_imports_what_checks_it() -> None:
    modules = sorted(Path(package.__file__).parent.rglob("*.py"))
    assert len(modules) > 100
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not {name.split(".")[0] for name in names} & FOR_TESTS, module
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                # Nor by a name that is made up at run time.
                assert node.value.split(".")[0] not in FOR_TESTS, module


def test_reading_loads_no_other_reader(song_files: dict[str, Path]) -> None:
    script = (
        "import sys; from linernotes.library.file_tags import read_file_tags\n"
        "for path in sys.argv[1:]: read_file_tags(path)\n"
        f"assert not set(sys.modules) & {FOR_TESTS}"
    )
    subprocess.run([sys.executable, "-c", script, *map(str, song_files.values())], check=True)


def test_only_the_extra_for_tests_wants_it() -> None:
    place = Path(package.__file__).parents[2] / "pyproject.toml"
    if not place.exists():
        pytest.skip("the package is installed without its sources")
    project = tomllib.loads(place.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {name for name, packages in extras.items() if any("mutagen" in p for p in packages)}
    assert wanted == {"test"}
    assert not any("mutagen" in package for package in project["dependencies"])
