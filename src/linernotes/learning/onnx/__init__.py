"""Models as ONNX graphs.

`export` and `export_numbers` make the graph of a fitted recipe, with a converter for each
estimator that skl2onnx lacks. `linernotes.onnx_guard` looks through a foreign one.
"""
