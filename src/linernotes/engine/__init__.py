"""Where work runs; the engine knows nothing of what the work is.

`processors` says how much of the machine may be used, `local` runs a function over many items in
processes that can be killed, at the pace of `pacing`; `threads` shares the work on one track among threads.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
