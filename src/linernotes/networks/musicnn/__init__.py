"""musicnn, which comes with linernotes: two networks, their tags and embeddings over a track.

`labels` says what the networks tell, `mel` is their front end, `listening` runs them over a track,
`tags` tells their tags as one vocabulary; the networks themselves lie in the folder ``graphs``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
