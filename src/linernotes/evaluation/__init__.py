"""How good models are on music that they have not heard: splits, scores, leaks, reports.

>>> from linernotes.evaluation import evaluate
>>> evaluate("default", "tracks.csv").report("report.html")  # doctest: +SKIP
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
