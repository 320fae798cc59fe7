"""Models as ONNX graphs: what is exported, and what is let in again.

`export` and `export_numbers` make the graph of a fitted recipe, with a converter for each
estimator that skl2onnx lacks; `guard`, `tree_guard` and `protobuf` look through a foreign one.
"""
