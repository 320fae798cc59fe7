"""Models that tell labels from what a track sounds like, and the files they live in.

Data: `data`, `numeric`, `fingerprints`. Hearing: `input_spec`, `inputs`, `listening`, `measuring`,
`feature_cache`, `track_features` and `feature_matrix`. Training: `recipe` (`recipes`,
`baselines`, `estimators`), `splits`, `selection`, `blending`, `calibration`, `certainty`,
`fitting`, `fitting_numbers`, `training`. Models: `model_base`, `model`, `regression`, what they
answer (`prediction`, `targets`, `mood`, `agreement`), cards, `model_file`, `catalogue`, `onnx`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
