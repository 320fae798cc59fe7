"""One track on one page: everything that is usually plotted of a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linernotes.deferred import deferred

if TYPE_CHECKING:
    from linernotes.inspection.overview import Overview, look_into
    from linernotes.inspection.page import inspect

__all__ = ["Overview", "inspect", "look_into"]

__getattr__ = deferred(
    __name__,
    {
        "overview": "Overview look_into",
        "page": "inspect",
    },
)
