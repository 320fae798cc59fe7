"""The pages and the API behind them: what the command line says, in a browser.

`app` puts the server together, `guard` decides who is let in, `limits` how much they may ask for.
``api_*`` are the addresses, in the shapes of `schemas`; `services` is what they share. `jobs` is
work that takes long: `listening`, `scanning`, training (`models`), in `subprocesses`.
`library_cache` holds the library in memory, `drawing` its map; `kept_results` and `folders` what is
remembered; `certificates` and `encryption` are HTTPS; `pages` hands out the files in ``page/``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
