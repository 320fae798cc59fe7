"""Models that tell labels from what a track sounds like, and the files they live in."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
