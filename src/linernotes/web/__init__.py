"""The pages and the API behind them: what the command line says, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.web.app import create_app
    from linernotes.web.limits import Limits

__all__ = ["Limits", "create_app"]

__getattr__ = deferred(
    __name__,
    {
        "app": "create_app",
        "limits": "Limits",
    },
)
