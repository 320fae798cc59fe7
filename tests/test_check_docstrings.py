"""The check of public docstrings tells what they lack."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[1] / "tools"
CHECKS = frozenset(("PR01", "PR02", "PR03", "RT01"))


@pytest.fixture
def faults_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], list[str]]]:
    """Tells the codes of what is wrong with the function in a source."""
    monkeypatch.syspath_prepend(str(TOOLS))
    monkeypatch.syspath_prepend(str(tmp_path))
    import check_docstrings

    def codes(source: str) -> list[str]:
        (tmp_path / "documented.py").write_text(source)
        importlib.invalidate_caches()
        sys.modules.pop("documented", None)
        lines = check_docstrings.faults("documented.double", CHECKS)
        return [line.split(": ")[2].split()[0] for line in lines]

    yield codes
    sys.modules.pop("documented", None)


SIGNATURE = "def double(x, y=1):\n"
BODY = "    return 2 * x\n"
PARAMETERS = "    Parameters\n    ----------\n    x\n        One.\n"
RETURNS = "    Returns\n    -------\n    int\n        Twice.\n"


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (PARAMETERS + "    y\n        Two.\n\n" + RETURNS, []),
        (PARAMETERS + "    y\n        Two.\n", ["RT01"]),
        (PARAMETERS + "\n" + RETURNS, ["PR01"]),
        (PARAMETERS + "    z\n        Two.\n\n" + RETURNS, ["PR01", "PR02"]),
    ],
)
def test_what_a_docstring_lacks_is_told(
    faults_of: Callable[[str], list[str]], sections: str, expected: list[str]
) -> None:
    source = f'{SIGNATURE}    """Double it.\n\n{sections}    """\n{BODY}'
    assert faults_of(source) == expected


def test_every_public_name_of_a_room_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    import check_docstrings

    paths = set(check_docstrings.checked_paths())
    assert {"linernotes.train", "linernotes.evaluation.evaluate"} <= paths
    assert "linernotes.explore.Explorer.similar" in paths
