"""Questions to a service, and what makes sense of the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from linernotes.collect.http.errors import AnswerError
from linernotes.collect.http.service import Service


@dataclass(frozen=True)
class Question:
    """A question to a service.

    Parameters
    ----------
    service
        Whom, as the user has set it.
    key
        Path and parameters, without keys: what tells the answer from others.
    secrets
        Parameters that are never shown, logged or kept.
    headers
        Besides those of every request.
    """

    service: Service
    key: str
    secrets: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def url(self) -> str:
        """The whole address, keys included."""
        between = "&" if "?" in self.key else "?"
        secrets = between + urlencode(sorted(self.secrets.items())) if self.secrets else ""
        return self.service.url + self.key + secrets

    @property
    def hidden(self) -> list[str]:
        """Secrets, not to be shown: keys in the address, and the credentials in the headers."""
        words = self.headers.get("Authorization", "").split()
        return [*self.secrets.values(), *(word.partition("=")[2] or word for word in words[1:])]


def key_of(path: str, params: Mapping[str, str | int]) -> str:
    """Return path and parameters as one text, the same whatever their order.

    Examples
    --------
    >>> key_of("/search", {"q": "a b", "limit": 5})
    '/search?limit=5&q=a+b'
    """
    return f"{path}?{urlencode(sorted(params.items()))}" if params else path


def parse_json(service: Service, body: bytes, kind: str) -> Any:
    """Make sense of a body that should be JSON.

    Raises
    ------
    AnswerError
        It is a page, half of something, or no JSON at all.
    """

    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    if kind in ("text/html", "application/xhtml+xml") or body.lstrip()[:1] == b"<":
        message = "it sent a page instead of data; is there a log-in page in between?"
        raise AnswerError(service.title, message)
    try:
        return json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError):
        message = "it sent something else than JSON, or only a part of it"
        raise AnswerError(service.title, message) from None
