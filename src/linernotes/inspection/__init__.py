"""One track on one page: everything that is usually plotted of a recording."""

from linernotes.inspection.overview import Overview, look_into
from linernotes.inspection.page import inspect

__all__ = ["Overview", "inspect", "look_into"]
