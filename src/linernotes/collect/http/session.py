"""Asking services: politely, once, and with everything kept.

One request goes: is the answer kept? is it our turn? send, judge, read, understand, keep.
What fails in passing is asked again a few times, ever later.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from linernotes.collect.http.cache import Kept, ResponseCache
from linernotes.collect.http.connection import Connection, Request
from linernotes.collect.http.download import Download
from linernotes.collect.http.errors import (
    BusyError,
    NotFoundError,
    OfflineError,
    ServiceError,
    SettingsError,
)
from linernotes.collect.http.guard import Redaction
from linernotes.collect.http.pace import Pace, backoff, too_long
from linernotes.collect.http.service import DAY, Question, Service, key_of, parse_json
from linernotes.collect.http.settings import Settings

Value = TypeVar("Value")
# What makes sense of a body and its content type: the value, and the body to keep.
Understand = Callable[[bytes, str], tuple[Value, bytes]]
_NOTHING_EXPIRES = 7 * DAY


class Session:
    """Asks services, and keeps what they answer.

    Use it in one thread; any number of processes may share its folder.

    Parameters
    ----------
    settings
        Who is asking, with which keys, and where answers are kept.
    offline
        Answer from what is kept alone, however old, and send nothing.

    Attributes
    ----------
    requests
        How many were sent, by the service's name.

    Raises
    ------
    SettingsError
        Nobody says who is asking, the folder of answers cannot be, or httpx and filelock are not
        installed.
    """

    def __init__(self, *, settings: Settings, offline: bool = False) -> None:
        try:
            import filelock  # noqa: F401
            import httpx  # noqa: F401
        except ImportError:
            raise SettingsError(
                "asking services needs httpx and filelock; call: pip install 'linernotes[collect]'"
            ) from None
        try:
            settings.cache.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"answers cannot be kept in {settings.cache} ({error.strerror}); name another "
                "folder with --cache"
            ) from None
        self.settings, self.offline = settings, offline
        self.cache = ResponseCache(settings.cache)
        self._redaction = Redaction()
        self._redaction.learn(settings.keys.values())
        self._paces: dict[str, Pace] = {}
        self._connection: Connection | None = None
        if not offline:
            self._connection = Connection(
                contact=settings.contact, manners=settings.manners, redaction=self._redaction
            )
        self._redaction.attach()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._redaction.detach()
        if self._connection is not None:
            self._connection.close()

    @property
    def requests(self) -> Counter[str]:
        """How many requests were sent, by the service's name."""
        return Counter() if self._connection is None else self._connection.requests

    def hide(self, secrets: Iterable[str]) -> None:
        """Let these never be shown, kept or logged.

        Parameters
        ----------
        secrets
            Texts that no message may show.
        """
        self._redaction.learn(secrets)

    def pace(self, service: Service) -> Pace:
        """Return what spaces the requests to a service, for clients that send their own.

        Parameters
        ----------
        service
            The service.

        Returns
        -------
        Pace
            Shared by all processes that ask this service.
        """
        if service.name not in self._paces:
            own = self.settings.service(service)
            self._paces[service.name] = Pace(own, self.settings.cache / "pace")
        return self._paces[service.name]

    def get_json(
        self,
        service: Service,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        secrets: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        check: Callable[[Any], None] | None = None,
        scrub: Callable[[Any], Any] | None = None,
        fresh: bool = False,
        expires: float | None = None,
    ) -> Any:
        """Ask for JSON.

        Parameters
        ----------
        service, path
            Whom, and what; the path begins with a slash.
        params
            Of the address. They tell the answer from others.
        secrets
            More of them that are never shown, logged or kept.
        headers
            Besides those of every request; what ``Authorization`` says is never shown or kept.
        check
            Called with the data; raises an error where the service reports one in its own
            way. ``NotFoundError`` is kept; others are not, and asked again if they pass.
        scrub
            Called with the data; returns it without what must not be kept, such as addresses
            that expire. What it returns is also what is returned here.
        fresh
            Neither take a kept answer nor keep this one.
        expires
            Seconds after which a kept answer is not taken. (default: the service's)

        Returns
        -------
        Any
            What ``json.loads`` makes of it.

        Raises
        ------
        ServiceError
            One of its kinds.
        """

        def understand(body: bytes, kind: str) -> tuple[Any, bytes]:
            data = parse_json(service, body, kind)
            if check is not None:
                check(data)
            if scrub is not None:
                data = scrub(data)
                body = json.dumps(data).encode()
            return data, body

        service = self.settings.service(service)
        question = Question(service, key_of(path, params or {}), secrets or {}, headers or {})
        return self._answer(question, understand, fresh=fresh, expires=expires)

    def download(
        self,
        service: Service,
        url: str,
        target: Path,
        *,
        largest: int,
        check: Callable[[Path], object] | None = None,
        accept: tuple[str, ...] = (),
        sha256: str | None = None,
        resume: bool = False,
        total: float | None = None,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Path:
        """Fetch a file, unless it is there; it appears under its name only when whole.

        Parameters
        ----------
        service, url
            From whom, and where; it must be one of the service's hosts.
        target
            What to write.
        largest
            Bytes that it may have.
        check
            Called with the path of what came, before it gets its name; raises `AnswerError`.
        accept
            Beginnings of the content types that it may have, such as ``"audio/"``.
        sha256
            Checksum that it must have, in hexadecimal digits.
        resume
            Go on where an earlier attempt ended, in this process or another.
        total
            Seconds that an attempt may take; ``None`` for as long as bytes keep coming.
        progress
            Called with the bytes so far, and those of the whole if known.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ServiceError
            One of its kinds.
        """
        own = self.settings.service(service)
        task = Download(own, url, target, largest=largest, check=check, accept=accept,
                        sha256=sha256, resume=resume, total=total, progress=progress)  # fmt: skip
        with self.cache.only_one("downloads", str(target.absolute())):
            if not target.exists():
                if self._connection is None:
                    message = f"{target.name} is not here, and offline nobody is asked"
                    raise OfflineError(service.title, message)
                connection = self._connection
                self.persist(own, lambda: task.attempt(connection), gained=task.gained)
        return target

    def _answer(
        self, question: Question, understand: Understand[Value], *, fresh: bool,
        expires: float | None,
    ) -> Value:  # fmt: skip
        self._redaction.learn(question.hidden)
        if fresh:
            return self._ask(question, understand)[0]
        service = question.service
        lasting = service.expires if expires is None else expires
        kept = self._kept(question, lasting)
        if kept is None:
            with self.cache.only_one(service.name, question.key):
                # Another process may have asked meanwhile.
                kept = self._kept(question, lasting)
                if kept is None:
                    return self._ask_and_keep(question, understand)
        if kept.status == 404:
            raise NotFoundError(service.title, "it has nothing of this kind")
        return understand(kept.body, "")[0]

    def _kept(self, question: Question, expires: float) -> Kept | None:
        service = question.service
        kept = self.cache.get(service.name, question.key)
        if kept is None:
            if self.offline:
                message = "this answer is not kept here; run the command once without --offline"
                raise OfflineError(service.title, message)
            return None
        if kept.status == 404:
            expires = min(expires, _NOTHING_EXPIRES)
        return kept if self.offline or time.time() - kept.time < expires else None

    def _ask_and_keep(self, question: Question, understand: Understand[Value]) -> Value:
        service, key = question.service, question.key
        url = self._redaction(service.url + key)
        try:
            value, body = self._ask(question, understand)
        except NotFoundError:
            self.cache.put(service.name, key, url, 404, b"")
            raise
        self.cache.put(service.name, key, url, 200, self._redaction.in_bytes(body))
        return value

    def _ask(self, question: Question, understand: Understand[Value]) -> tuple[Value, bytes]:
        connection, service = self._connection, question.service
        if connection is None:
            raise OfflineError(service.title, "offline, nobody is asked")
        total = self.settings.manners.total
        request = Request(service, question.url, question.headers, total)

        def attempt() -> tuple[Value, bytes]:
            with connection.send(request) as incoming:
                return understand(incoming.read(), incoming.kind)

        return self.persist(service, attempt)

    def persist(
        self,
        service: Service,
        attempt: Callable[[], Value],
        *,
        gained: Callable[[], bool] = lambda: False,
    ) -> Value:
        """Try until it succeeds, fails for good, or has failed too often in a row.

        For clients that send requests of their own: each attempt waits for its turn.

        Parameters
        ----------
        service
            Whose pace to keep.
        attempt
            What to try; raises a `ServiceError`, of which some pass.
        gained
            Whether the attempt that just failed brought something all the same.

        Returns
        -------
        Value
            What the attempt returned at last.

        Raises
        ------
        ServiceError
            What the last attempt raised.
        """
        manners, pace, failures = self.settings.manners, self.pace(service), 0
        while True:
            pace.wait(patience=manners.patience)
            try:
                return attempt()
            except ServiceError as error:
                failures = 1 if gained() else failures + 1
                if not error.passing or failures > manners.retries:
                    raise
                delay = backoff(failures - 1, first=manners.backoff)
                if error.retry_after is not None:
                    if error.retry_after > manners.patience:
                        message = too_long(error.retry_after)
                        raise BusyError(service.title, message) from None
                    delay = max(delay, error.retry_after)
                if isinstance(error, BusyError):
                    # Everybody on this machine waits, and `wait` above does it for us.
                    pace.pause(delay)
                    continue
            time.sleep(delay)
