"""Keys never reach a log."""

from __future__ import annotations

import logging
from collections.abc import Iterable

_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy")
_SHORTEST = 4


class Redaction(logging.Filter):
    """Replaces keys by asterisks, in texts and in what the HTTP library logs."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: set[str] = set()

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these from now on, as they are and as they look within an address."""
        from urllib.parse import quote, quote_plus

        for secret in secrets:
            forms = (secret, quote(secret, safe=""), quote_plus(secret))
            # Shorter ones are no keys, and would maim other words.
            self._secrets |= {form for form in forms if len(form) >= _SHORTEST}

    def __call__(self, text: str) -> str:
        """Return a text without the keys."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def in_bytes(self, body: bytes) -> bytes:
        """Return a body without the keys, should the service repeat them."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            body = body.replace(secret.encode(), b"***")
        return body

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean a record of the HTTP library; every record passes."""
        if self._secrets:
            record.msg, record.args = self(record.getMessage()), None
        return True

    def attach(self) -> None:
        """Clean what the HTTP library logs."""
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)

    def detach(self) -> None:
        """Leave the loggers as they were."""
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)
