"""One polite way to ask public services, for all who do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.sources.http.errors import (
        AnswerError,
        BusyError,
        NotFoundError,
        NotTheFileError,
        OfflineError,
        RefusedError,
        ServiceError,
        SettingsError,
        TooLargeError,
        UnreachableError,
    )
    from linernotes.sources.http.service import Manners, Service
    from linernotes.sources.http.session import Session
    from linernotes.sources.http.settings import Settings, read_settings

__all__ = [
    "AnswerError",
    "BusyError",
    "Manners",
    "NotFoundError",
    "NotTheFileError",
    "OfflineError",
    "RefusedError",
    "Service",
    "ServiceError",
    "Session",
    "Settings",
    "SettingsError",
    "TooLargeError",
    "UnreachableError",
    "read_settings",
]

__getattr__ = deferred(
    __name__,
    {
        "errors": "AnswerError BusyError NotFoundError NotTheFileError OfflineError "
        "RefusedError ServiceError SettingsError TooLargeError UnreachableError",
        "service": "Manners Service",
        "session": "Session",
        "settings": "Settings read_settings",
    },
)
