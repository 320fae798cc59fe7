"""The pages and the API behind them: what the command line says, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linernotes.web.app import create_app
    from linernotes.web.limits import Limits

__all__ = ["Limits", "create_app"]


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is: processes that listen need no server."""
    if name == "create_app":
        from linernotes.web.app import create_app

        return create_app
    if name == "Limits":
        from linernotes.web.limits import Limits

        return Limits
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
