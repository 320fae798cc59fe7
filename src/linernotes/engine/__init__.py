"""Where work runs; the engine knows nothing of what the work is.

`processors` says how much of the machine may be used, `pacing` leaves it usable. `local` runs a
function over many items in processes that can be killed, and over a single one in a process that
is `copied`; `threads` shares the work on one track. `clusters` runs it on an engine that people
have: `dask`, `ray`, `spark`, or here (`threads_here`). `memory` is given back where work is long.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
