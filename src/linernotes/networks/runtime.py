"""The one place where onnxruntime is imported."""

from __future__ import annotations

import os
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


@cache
def onnxruntime() -> ModuleType:
    """Import onnxruntime, late because that takes a while, and see that it calls nobody.

    Since version 1.29 its Linux builds report each session to their maker unless this
    variable is set before the import. Listening to music is nobody else's business.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime as module

    if hasattr(module, "disable_telemetry_events"):
        module.disable_telemetry_events()
    loaded: ModuleType = module
    return loaded


def onnx_session(graph: bytes, *, optimise: bool = True) -> InferenceSession:
    """Make a graph ready to run, on one thread, so that it gives the same numbers everywhere.

    Parameters
    ----------
    graph
        The content of an ONNX file; other forms that onnxruntime knows are refused.
    optimise
        Let onnxruntime rearrange the graph first. Not for graphs from strangers: folding
        constants would have them calculate while they are loaded.

    Returns
    -------
    InferenceSession
        Runs on one thread.
    """
    runtime = onnxruntime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.load_model_format", "ONNX")
    if not optimise:
        options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
