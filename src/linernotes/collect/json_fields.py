"""Reading answers of strangers: whatever is missing or odd is empty, never a crash."""

from __future__ import annotations

from typing import Any


def items(answer: Any, name: str) -> list[dict[str, Any]]:
    """Objects in a list of this name; none where there is no such list.

    Examples
    --------
    >>> items({"data": [{"id": 1}, None, 3]}, "data"), items(None, "data")
    ([{'id': 1}], [])
    """
    found = answer.get(name) if isinstance(answer, dict) else None
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def item(answer: Any, name: str) -> dict[str, Any]:
    """Object of this name; an empty one where there is none.

    Examples
    --------
    >>> item({"artist": {"name": "Eno"}}, "artist"), item({"artist": None}, "artist")
    ({'name': 'Eno'}, {})
    """
    found = answer.get(name) if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else {}


def text(answer: Any, name: str) -> str:
    """Text of this name, or of the number that it is; empty where there is neither.

    Examples
    --------
    >>> text({"id": 3135556}, "id"), text({"id": None}, "id")
    ('3135556', '')
    """
    found = answer.get(name) if isinstance(answer, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return str(found)


def number(answer: Any, name: str) -> float | None:
    """Read the number of this name, given as a number or as text.

    Examples
    --------
    >>> number({"duration": "215"}, "duration"), number({}, "duration")
    (215.0, None)
    """
    found = answer.get(name) if isinstance(answer, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return None
    try:
        return float(found)
    except ValueError:
        return None
