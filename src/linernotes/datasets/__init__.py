"""Labelled examples: what models learn from and are tested on.

`examples` says what labelled tracks are; `folders`, `table`, `fma`, `gtzan` and `spotify_table`
read them, a module for each kind of data set; `remotes` says where published ones are. `groups`,
`artists` and `names` tell which tracks belong together. `samples` is music to try linernotes on.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
