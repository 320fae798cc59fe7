"""One polite way to ask public services, for all who do.

`service` says what a service is, `settings` what the user wants of it. A `session` asks: at its
`pace`, over a `connection` that `guard` watches, with answers in the `cache`; `download` fetches
files. `errors` tell the caller what to do next.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
