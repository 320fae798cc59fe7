"""Findings about the tracks of a collection, kept: scanning, the store, file tags.

`analysis` finds out what is kept of a track; `scanning` does that for whole folders (`discovery`,
`whereabouts`, `jobs`, `batch`), once or as they change (`watching`). The `store` keeps it in
`tables` of `rows`, under a `lock`; `store_errors` and `repairing` are for its faults. `status` and
`stored_tracks` read it: as counts, and as a `collection` to be searched. `file_tags` reads tags
with `tags`, `tagging` writes them; `playlists` and `export` hand on what is known.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
