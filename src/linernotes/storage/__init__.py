"""Files that lie elsewhere: object stores and web addresses, listed and fetched."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
