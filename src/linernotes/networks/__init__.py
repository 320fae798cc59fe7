"""Pretrained networks that listen: the one that ships, and those that a user adds as data.

`spec` says what a network is, `front_ends` what it hears, `hearing` runs it over samples, `tracks`
over a track, `together` several over one, `pace` measures how that is fastest, `words` puts words
where it puts sound. `registry` knows some by name; `installing` lets one in after a `trial`, and
after a `conversion` if need be (`conversions`, in a process of its own); `installed` finds it
again. `musicnn` is the one that comes with linernotes. `windows` cuts a track, and `runtime` alone
starts onnxruntime.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
