"""The systems that people built by hand, as recipes, and the estimators that only they need.

`extracted`, `fma`, `mfcc`, `producer`, `spotify` and `style` are a system each.
"""
