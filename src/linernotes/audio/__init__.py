"""Files, bytes and file objects in; sound out.

libsndfile decodes what it can (it is the fastest, and gapless), FFmpeg the rest and
whatever is damaged. Whoever decodes, the channels are mixed and resampled here, so
that the numbers agree. What cannot be heard raises an `AudioError` with a stable code.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
