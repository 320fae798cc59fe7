"""Estimators that the recipes need beyond scikit-learn, each with a way into ONNX."""
