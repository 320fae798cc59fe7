"""Looks through foreign ONNX graphs before anything runs them: arithmetic and trees, no more.

`guard` walks a graph, `tree_guard` its trees; `protobuf` reads their bytes without believing them.
"""
