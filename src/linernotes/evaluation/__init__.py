"""Evaluation of models on music that they have not heard: splits, scores, leaks, reports.

`splits` (of `grouped_tracks`), then `task`, `cross_validation`, `evaluating`, `model_evaluation`,
`comparison` and `training` run it. `predictions` and `number_predictions` have the figures of
`scores` and `number_scores`; `result` is all that was found. `leakage` and `confounding` doubt it;
`diagnostics` (`importance`, `learning_curve`, `projection`) explains it; `report` is the page.

>>> from linernotes.evaluation import evaluate, write_report
>>> write_report(evaluate("default", "tracks.csv"), "report.html")  # doctest: +SKIP
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
