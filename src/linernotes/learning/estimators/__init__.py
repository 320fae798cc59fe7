"""Estimators of our recipes with scikit-learn's interface; `linernotes.learning.onnx` exports them.

`preprocessing`, `covariance` and `landmarks` transform columns; `discriminant` and
`tag_name_classifier` classify; `blend` and `average` join several, by the manners of `composition`.
"""
