"""Which tests ``make quick`` runs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "tools" / "changed_tests.py"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ([], []),
        (["README.md", "docs/results.md", "tools/train_genre.py"], []),
        (["src/linernotes/web/jobs.py", "tests/cli/test_app.py"], ["tests/cli", "tests/web"]),
        (["src/linernotes/library/tagging/id3.py"], ["tests/library"]),
        (["src/linernotes/web/jobs.py", "src/linernotes/errors.py"], ["tests"]),
        (["tests/support.py"], ["tests"]),
        (["pyproject.toml"], ["tests"]),
    ],
)
def test_a_change_concerns_the_tests_of_its_rooms(changed: list[str], expected: list[str]) -> None:
    spec = importlib.util.spec_from_file_location("changed_tests", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.tests_of(changed, {"cli", "web", "library"}) == expected
