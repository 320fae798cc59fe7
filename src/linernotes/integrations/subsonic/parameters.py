"""The parameters of a request, which may say anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from linernotes.integrations.subsonic.errors import MissingParameterError

MOST = 500
"""Entries of a list that are given at once, as the protocol has it for albums."""

_MOST_IDS = 50_000
_FARTHEST = 10**9


@dataclass(frozen=True)
class RequestParameters:
    """The parameters of a request.

    Parameters
    ----------
    values
        All values of each name, in order.

    Examples
    --------
    >>> asked = RequestParameters.read(b"id=1&id=2&count=5")
    >>> asked.all("id"), asked.number("count", 20, most=500)
    (['1', '2'], 5)
    """

    values: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, *texts: bytes) -> RequestParameters:
        """Read them from a query and a form, as they are in addresses: ``name=value&…``.

        Raises
        ------
        MissingParameterError
            They cannot be read.
        """
        values: dict[str, list[str]] = {}
        for text in texts:
            try:
                pairs = parse_qsl(
                    text.decode("latin-1"), keep_blank_values=True, errors="replace",
                    max_num_fields=_MOST_IDS,
                )  # fmt: skip
            except ValueError as error:
                raise MissingParameterError("there are too many parameters") from error
            for name, value in pairs:
                values.setdefault(name, []).append(value)
        return cls(values)

    def first(self) -> dict[str, str]:
        """Return the first value of each name."""
        return {name: values[0] for name, values in self.values.items()}

    def text(self, name: str) -> str | None:
        """Return a text, ``None`` where it is not said."""
        values = self.values.get(name)
        return values[0] if values else None

    def needed(self, name: str) -> str:
        """Return a text that has to be there.

        Raises
        ------
        MissingParameterError
            It is not said.
        """
        found = self.text(name)
        if not found:
            raise MissingParameterError(f"the parameter {name} is missing")
        return found

    def all(self, name: str) -> list[str]:
        """Return all values in order."""
        return list(self.values.get(name, ()))

    def number(self, name: str, default: int, *, least: int = 0, most: int = _FARTHEST) -> int:
        """Return a number, brought within its bounds.

        Raises
        ------
        MissingParameterError
            It is no number.
        """
        text = self.text(name)
        if text is None or text == "":
            return default
        try:
            # Numbers of thousands of digits take Python long.
            found = int(float(text[:40]))
        except (ValueError, OverflowError) as error:
            raise MissingParameterError(f"the parameter {name} is no number") from error
        return min(max(found, least), most)

    def is_true(self, name: str, *, default: bool = False) -> bool:
        """Return whether it says ``true``."""
        text = self.text(name)
        return default if text is None else text.casefold() in ("true", "1")


def read_moment(text: str) -> datetime:
    """Return the moment that milliseconds since 1970 tell; the future is now.

    Raises
    ------
    MissingParameterError
        It is no number.

    Examples
    --------
    >>> read_moment("0").isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    try:
        at = datetime.fromtimestamp(int(text[:20]) / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise MissingParameterError("a time is milliseconds since 1970") from error
    return min(at, datetime.now(UTC))
