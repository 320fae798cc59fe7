"""Sending one request: followed to where it may lead, watched, and judged by its status."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from linernotes import __version__
from linernotes.collect.http.errors import (
    AnswerError,
    BusyError,
    NotFoundError,
    RefusedError,
    ResponseTooLargeError,
    ServiceError,
    SettingsError,
    UnreachableError,
)
from linernotes.collect.http.guard import Redaction, Watch, check_place
from linernotes.collect.http.pace import retry_after
from linernotes.collect.http.service import Manners, Service

if TYPE_CHECKING:
    import httpx

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_log = logging.getLogger("linernotes.collect")


def user_agent(contact: str | None) -> str:
    """Name who is asking, as MusicBrainz, Wikimedia and Discogs want to know it.

    Raises
    ------
    SettingsError
        There is no contact.
    """
    if contact is None:
        raise SettingsError(
            "public services want to know who is asking: give --contact with your address of "
            "mail or page, or set LINERNOTES_CONTACT; it is sent to them and nowhere else"
        )
    return f"linernotes/{__version__} ( {contact} )"


@dataclass(frozen=True)
class Request:
    """A request to send.

    Parameters
    ----------
    service
        To whom, as the user has set it.
    url
        Where, keys included.
    headers
        Besides those that every request has.
    total
        Seconds for all of it; ``None`` for as long as bytes keep coming.
    """

    service: Service
    url: str
    headers: Mapping[str, str]
    total: float | None


class Connection:
    """An HTTP client that goes only where it may, and never waits for ever.

    Parameters
    ----------
    contact
        Who is asking.
    manners
        How long to wait.
    redaction
        What must not be shown.
    """

    def __init__(self, *, contact: str | None, manners: Manners, redaction: Redaction) -> None:
        import httpx

        self._manners, self._redaction = manners, redaction
        self._sockets: dict[str, Any] = {}
        self._client = httpx.Client(
            headers={"User-Agent": user_agent(contact)},
            timeout=httpx.Timeout(manners.read, connect=manners.connect),
            follow_redirects=False,
            # A mirror on this machine is not behind anybody's proxy.
            mounts={"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None},
        )
        self.requests: Counter[str] = Counter()

    def close(self) -> None:
        """Close what is open."""
        self._client.close()

    @contextmanager
    def send(self, request: Request) -> Iterator[Incoming]:
        """Send a request and yield what comes, once its status says that it is an answer.

        Raises
        ------
        ServiceError
            One of its kinds: the service is not reached, refuses, is busy, has nothing.
        """
        import httpx

        service = request.service
        url, headers = request.url, dict(request.headers)
        for _ in range(_MOST_REDIRECTS + 1):
            check_place(service, url)
            self._client.cookies.clear()
            host = urlsplit(url).hostname or ""
            with Watch(service, host, request.total, self._sockets) as watch:
                try:
                    with self._client.stream(
                        "GET", url, headers=headers, extensions={"trace": watch.trace}
                    ) as response:
                        self.requests[service.name] += 1
                        _log.debug("%s %s", response.status_code, self._redaction(url))
                        if response.status_code not in _REDIRECTS:
                            _judge(service, response)
                            yield Incoming(service, response, watch, self._manners)
                            return
                        there = _join(service, url, response.headers.get("location"))
                except httpx.HTTPError as error:
                    raise self._failed(service, error, watch) from None
                except httpx.InvalidURL:
                    raise RefusedError(service.title, "it led to an address that is none") from None
            if urlsplit(there)[:2] != urlsplit(url)[:2]:
                # Keys are for the service alone.
                headers = {
                    name: value for name, value in headers.items() if name != "Authorization"
                }
            url = there
        raise RefusedError(service.title, "it led from one address to another without end")

    def _failed(self, service: Service, error: Exception, watch: Watch) -> UnreachableError:
        import httpx

        if watch.expired:
            message = "the answer took too long, though bytes kept coming"
        elif isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
            message = "it cannot be reached in time"
        elif isinstance(error, httpx.TimeoutException):
            message = "it stopped answering"
        elif isinstance(error, httpx.ConnectError):
            message = f"it cannot be reached ({error})"
        else:
            message = f"the connection broke off ({error})"
        return UnreachableError(service.title, self._redaction(message))


class Incoming:
    """An answer that is coming in.

    Parameters
    ----------
    service
        Who answers.
    response
        What httpx says of it.
    watch
        What ends it if it takes too long.
    manners
        How much, and how slowly, it may come.
    """

    def __init__(
        self, service: Service, response: httpx.Response, watch: Watch, manners: Manners
    ) -> None:
        self._service, self._watch, self._manners = service, watch, manners
        self.status = response.status_code
        self.headers = response.headers
        self._response = response

    @property
    def kind(self) -> str:
        """Its content type, without parameters."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    def read(self) -> bytes:
        """Return its body, unpacked.

        Raises
        ------
        TooLargeError
            It has no end, or a late one.
        """
        parts, size = [], 0
        for part in self._response.iter_bytes():
            size += len(part)
            self._see(size, self._manners.largest)
            parts.append(part)
        self._see(size, self._manners.largest)
        return b"".join(parts)

    def pieces(self, *, largest: int) -> Iterator[bytes]:
        """Yield its body piece by piece, as it was sent.

        Raises
        ------
        TooLargeError
            There are more bytes than ``largest``.
        UnreachableError
            They come too slowly.
        """
        size, since, then = 0, time.monotonic(), 0
        for part in self._response.iter_raw(chunk_size=None):
            size += len(part)
            self._see(size, largest)
            yield part
            passed = time.monotonic() - since
            if passed > 30:
                if (size - then) / passed < self._manners.slowest:
                    raise UnreachableError(self._service.title, "the download only drips")
                since, then = time.monotonic(), size

    def _see(self, size: int, largest: int) -> None:
        if size > largest:
            message = f"the answer has more than {largest / 2**20:.1f} MiB and was broken off"
            raise ResponseTooLargeError(self._service.title, message)
        if self._watch.expired:
            raise UnreachableError(
                self._service.title, "the answer took too long, though bytes kept coming"
            )


def _join(service: Service, url: str, location: str | None) -> str:
    from urllib.parse import urljoin

    if not location:
        raise AnswerError(service.title, "it led on without saying where")
    try:
        return urljoin(url, location)
    except ValueError:
        raise RefusedError(service.title, "it led to an address that is none") from None


def _judge(service: Service, response: httpx.Response) -> None:
    """Turn a status that is no success into the error that it stands for."""
    status, title = response.status_code, service.title
    if status in (200, 206):
        return
    if status in (404, 410):
        raise NotFoundError(title, "it has nothing of this kind")
    if status in (401, 403):
        raise RefusedError(title, f"it refuses to answer (HTTP {status}); check the key, if any")
    if status in (429, 503):
        # ListenBrainz tells the seconds in a header of its own.
        named = response.headers.get("retry-after") or response.headers.get("x-ratelimit-reset-in")
        pause = retry_after(named)
        message = f"it is asked too much (HTTP {status}); run the same command again later"
        raise BusyError(title, message, retry_after=pause)
    if status in (408, 425) or status >= 500:
        raise UnreachableError(title, f"it has trouble of its own (HTTP {status})")
    raise ServiceError(title, f"it does not take the request (HTTP {status})")
