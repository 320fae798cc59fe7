"""Facts about a service, the questions that it is asked, and how sense is made of its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from linernotes.collect.http.errors import AnswerError

DAY = 86400.0


@dataclass(frozen=True)
class Service:
    """A public service.

    Parameters
    ----------
    name
        Name in settings and file names: lower-case letters.
    title
        The name that people know it by.
    url
        Where its paths begin, without a slash at the end.
    requests, seconds
        At most so many requests in so many seconds, over all processes together.
    hosts
        Other hosts that its answers may lead to, such as those of its audio files; one that
        begins with a dot stands for every host below it.
    expires
        Seconds after which a kept answer is asked for again.
    trusted
        Whether the user has named this place in the settings himself: only then may it lie
        on a private address, or speak without encryption.

    Examples
    --------
    >>> Service("deezer", "Deezer", "https://api.deezer.com", requests=50, seconds=5).interval
    0.1
    """

    name: str
    title: str
    url: str
    requests: float = 1.0
    seconds: float = 1.0
    hosts: tuple[str, ...] = ()
    expires: float = 30 * DAY
    trusted: bool = False

    @property
    def interval(self) -> float:
        """Seconds between two requests."""
        return self.seconds / self.requests


@dataclass(frozen=True)
class Manners:
    """How patiently services are asked.

    Parameters
    ----------
    connect, read, total
        Seconds to wait for a connection, for the next bytes, and for a whole answer.
    retries
        How often a request that failed in passing is sent again.
    backoff
        Seconds before the first repetition; doubled each time, with jitter.
    patience
        The longest time in seconds to wait for a service that says how long it needs.
    largest
        Bytes that an answer may have, unpacked.
    slowest
        Bytes a second that a download of any length must bring, over half a minute.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 120.0
    retries: int = 6
    backoff: float = 1.0
    patience: float = 300.0
    largest: int = 32 * 2**20
    slowest: float = 1024.0


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
