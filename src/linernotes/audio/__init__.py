"""Files, bytes and file objects in; sound out.

`source` finds and opens files, `container` tells what they are (`formats` walks through them),
`opening` chooses the decoder: `libsndfile` is the fastest, `ffmpeg` reads the rest and what is
damaged. `streaming` opens one `audio_stream` of it, within limits; `signal` mixes and resamples.
What cannot be heard raises an `AudioError` with a stable code.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
