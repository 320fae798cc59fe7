"""The manners of `http`, for clients of others that are built on requests."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from linernotes.collect.http import (
    AnswerError,
    BusyError,
    NotFoundError,
    RefusedError,
    ResponseTooLargeError,
    Service,
    ServiceError,
    Settings,
    UnreachableError,
)
from linernotes.collect.http.connection import user_agent
from linernotes.collect.http.guard import check_place
from linernotes.collect.http.pace import retry_after

_PIECE = 65536


class PoliteSession(requests.Session):
    """A session of requests that says who is asking, follows nowhere, and never waits for ever.

    What goes wrong is raised as a `ServiceError`, so that the caller can try again as with any
    other service. It does not wait its turn: whoever calls does.

    Parameters
    ----------
    settings
        Who is asking, and how patiently.
    services
        The places that may be asked.
    """

    def __init__(self, settings: Settings, services: Sequence[Service]) -> None:
        super().__init__()
        self._manners, self._services = settings.manners, services
        self.headers["User-Agent"] = user_agent(settings.contact)

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request and read its answer, within bounds."""
        service = self._service_of(request.url)
        manners = self._manners
        end = time.monotonic() + manners.total
        options |= {
            "timeout": (manners.connect, manners.read),
            "stream": True,
            "allow_redirects": False,
        }
        try:
            response = super().send(request, **options)
            try:
                body = self._read(service, response, end)
            finally:
                response.close()
            response.raw = io.BytesIO(body)
        except (requests.RequestException, HTTPError, OSError) as error:
            kind = type(error).__name__
            raise UnreachableError(
                service.title, f"it cannot be reached, or broke off ({kind})"
            ) from None
        _judge(service, response)
        return response

    def _service_of(self, url: str) -> Service:
        for service in self._services:
            if url.startswith(f"{service.url}/"):
                check_place(service, url)
                return service
        raise RefusedError(self._services[0].title, "it led to a place that is not its own")

    def _read(self, service: Service, response: Any, end: float) -> bytes:
        parts, size = [], 0
        while part := response.raw.read1(_PIECE, decode_content=True):
            size += len(part)
            parts.append(part)
            if size > self._manners.largest:
                raise ResponseTooLargeError(
                    service.title, "the answer has no end, and was broken off"
                )
            if time.monotonic() > end:
                message = "the answer took too long, though bytes kept coming"
                raise UnreachableError(service.title, message)
        return b"".join(parts)


def _judge(service: Service, response: Any) -> None:
    status, title = response.status_code, service.title
    if status == 200:
        kind = response.headers.get("content-type", "")
        if "html" in kind:
            raise AnswerError(title, "it sent a page instead of data")
        try:
            response.json()
        except ValueError:
            message = "it sent something else than JSON, or only a part of it"
            raise AnswerError(title, message) from None
        return
    if status in (429, 503):
        message = f"it is asked too much (HTTP {status}); run the same command again later"
        pause = retry_after(response.headers.get("retry-after"))
        raise BusyError(title, message, retry_after=pause)
    if status in (401, 403):
        raise RefusedError(title, f"it refuses to answer (HTTP {status}); check the key")
    if status in (404, 410):
        raise NotFoundError(title, "it has nothing of this kind")
    if 300 <= status < 400:
        raise RefusedError(title, "it led to a place that is not its own")
    if status >= 500:
        raise UnreachableError(title, f"it has trouble of its own (HTTP {status})")
    # Wrong credentials are a 400 of the accounts service.
    raise ServiceError(title, f"it does not take the request (HTTP {status}); check the key")
