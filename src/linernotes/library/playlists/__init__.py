"""Playlists: as files that players read, and kept in the library.

`files` writes and reads them by their suffixes: `m3u`, `xspf` and `jspf` spell `entries`. `saved`
keeps playlists in a library, and `queries` what smart ones ask it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
