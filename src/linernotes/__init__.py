"""linernotes writes the liner notes of music by listening to it.

>>> import linernotes as ln
>>> ln.identify("song.mp3").top(3)  # doctest: +SKIP
[('jazz', 0.83), ('blues', 0.07), ('classical', 0.04)]
"""

import lazy_loader

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
