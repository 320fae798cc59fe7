"""Findings about the tracks of a collection, kept: scanning, the store, file tags."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
