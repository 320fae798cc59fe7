"""Audio in, named numbers out: descriptors, statistics, and named, versioned feature sets.

An `analysis` is a clip on its way, a `descriptor` what is measured in it. `spectrum` and what
is computed from it (`mel`, `cepstral`, `spectral`, `tuning`, `constant_q`, `chroma`, `onset`) come
first, then rhythm (`beats`, `tempo`), harmony (`key`), loudness and production (`bands`, `stereo`).
`reduction` makes columns of rows, `sets` lists the sets, `tracks` computes them for files.

>>> import numpy as np
>>> from linernotes.audio import Audio
>>> from linernotes.features import extract, names
>>> values = extract(Audio(np.zeros((2, 44100), np.float32), 44100), "fma")
>>> dict(zip(names("fma"), values))["zcr_mean_01"]
np.float32(0.0)
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
