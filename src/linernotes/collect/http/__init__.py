"""One polite way to ask public services, for all who do.

`service` says what a service is, `settings` what the user wants of it. A `session` asks: at its
`pace`, over a `connection` that `guard` watches, with answers in the `cache`; `download` fetches
files. `errors` tell the caller what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.collect.http.errors import (
        AnswerError,
        BusyError,
        NotFoundError,
        NotTheFileError,
        OfflineError,
        RefusedError,
        ResponseTooLargeError,
        ServiceError,
        SettingsError,
        UnreachableError,
    )
    from linernotes.collect.http.service import Manners, Service
    from linernotes.collect.http.session import Session
    from linernotes.collect.http.settings import Settings, read_settings

__all__ = [
    "AnswerError",
    "BusyError",
    "Manners",
    "NotFoundError",
    "NotTheFileError",
    "OfflineError",
    "RefusedError",
    "ResponseTooLargeError",
    "Service",
    "ServiceError",
    "Session",
    "Settings",
    "SettingsError",
    "UnreachableError",
    "read_settings",
]

__getattr__ = deferred(
    __name__,
    {
        "errors": "AnswerError BusyError NotFoundError NotTheFileError OfflineError "
        "RefusedError ServiceError SettingsError ResponseTooLargeError UnreachableError",
        "service": "Manners Service",
        "session": "Session",
        "settings": "Settings read_settings",
    },
)
