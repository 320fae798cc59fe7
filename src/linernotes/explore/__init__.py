"""Similarity: tracks that sound alike, paths and mixes through a collection, and its map.

A `space` in which near means alike, and an `index` and `neighbours` in it; `query`, `phrases`,
`filters` and `requests` say what is looked for; `explorer` finds it, `ranking` chooses what is
shown, `reasons` says why. `journeys` are ways through a collection. The `map` is laid out by
`layout`, parted by `clusters`, painted by `colours`.

>>> from linernotes.explore import Explorer  # doctest: +SKIP
>>> explorer = Explorer(library.collection())  # doctest: +SKIP
>>> for match in explorer.similar(explorer.like("song.mp3"), n=5, per_artist=2):  # doctest: +SKIP
...     print(match.score, match.artist, match.title, match.why)
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
