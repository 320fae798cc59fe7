"""Pretrained networks that listen: tags, embeddings, and how they change over a track.

`labels` says what the networks tell. `mel` is their front end, `windows` cuts what it gives,
`musicnn` runs them over a track, `tags` tells their tags as one vocabulary; `runtime` is the one
place that starts onnxruntime.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
