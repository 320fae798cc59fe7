"""The systems that people built by hand, as recipes, and the estimators that only they need.

`producer`, `genres`, `fma`, `mfcc` and `style` are the recipes. `sklearn_variants`, `boosting`,
`pictures` and `network` are their estimators; `network_layers` says what a network is made of, and
`network_training` trains it with torch.
"""
