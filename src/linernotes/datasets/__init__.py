"""Labelled examples: what models learn from and are tested on.

`examples` says what labelled tracks are; `folders`, `delimited`, `table` and `spotify_table` read
one's own. `fma` and `gtzan` are a published data set each, with citation, licence, checksums
(`remotes`) and loader. `groups`, `artists` and `names` tell which tracks belong together.
`samples` is music to try linernotes on.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
