"""Export of a fitted recipe to one ONNX graph, so that predicting needs onnxruntime alone.

The graph takes ``features``, float32 of shape (rows, columns), the rows of one track, and gives
``probabilities`` (classes,), the vote, and ``timeline`` (rows, classes). skl2onnx turns the
estimator into operators; here what only labels need is cut off, operators of the machine-learning
domain that plain arithmetic can say are said by it, and calibration and vote are put behind. What
is left of that domain are trees. onnxruntime takes their word for how many columns there are, so
that each stands behind a ``Reshape`` to just that number, which is how
`linernotes.onnx_guard.guard` knows it to be true.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from linernotes.errors import ModelError
from linernotes.learning.calibration import FLOOR
from linernotes.learning.feature_matrix import FeatureMatrix
from linernotes.learning.fitting import Fitted
from linernotes.networks.runtime import onnx_session
from linernotes.onnx_guard.guard import check_graph

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

OPSET = 18
_ML = "ai.onnx.ml"
_IR_VERSION = 8
#: Share of rows on which a graph may differ, since it reckons with fewer digits: a value that
#: lies on a threshold of a tree may fall on its other side.
_MAY_DIFFER = 0.02
_SAME = 1e-3
CHECKED_ROWS = 256


class OnnxExportError(ModelError):
    """A fitted recipe cannot be made into a graph."""

    code: ClassVar[str] = "export"


def export(fitted: Fitted, matrix: FeatureMatrix) -> bytes:
    """Turn a fitted recipe into an ONNX graph.

    Parameters
    ----------
    fitted
        What `linernotes.learning.fitting.fit` returned.
    matrix
        Rows to compare both on, such as those that it was fitted to.

    Returns
    -------
    A serialised ``ModelProto``: the same bytes for the same recipe.

    Raises
    ------
    OnnxExportError
        An estimator has no conversion, or the graph answers otherwise than the estimator.
    """
    rows = matrix.take(matrix.tracks[:CHECKED_ROWS])
    values = rows.values[:CHECKED_ROWS]
    graph = plain_graph(fitted.recipe.name, fitted.estimator, values, output="probabilities")
    _vote(graph, fitted)
    made = checked(graph.model(), fitted.recipe.name)
    _compare(made, fitted, FeatureMatrix(values, rows.track[: len(values)], rows.columns))
    return made


def plain_graph(recipe: str, estimator: Any, values: NDArray[np.float32], *, output: str) -> Graph:
    """Convert the fitted estimator of a recipe, and say one of its outputs by plain arithmetic.

    Parameters
    ----------
    recipe
        Its name.
    estimator
        Fitted to rows such as ``values``.
    values
        Some rows that it can be asked of.
    output
        Which of its outputs is kept.

    Returns
    -------
    Graph
        The part of the converted graph that leads to the output.

    Raises
    ------
    ExportError
        An estimator has no conversion.
    """
    graph = Graph(_convert(recipe, estimator, values.shape[1]))
    graph.keep_only(output)
    graph.say_plainly()
    graph.prove_widths(values[:2])
    return graph


def _convert(recipe: str, estimator: Any, columns: int) -> ModelProto:
    """Let skl2onnx convert the fitted estimator of a recipe that hears so many columns.

    Raises
    ------
    OnnxExportError
        An estimator has no conversion.
    """
    import warnings

    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    from linernotes.learning.onnx.converters import register_converters

    register_converters()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what scikit-learn has planned for its attributes
            converted: ModelProto = to_onnx(
                estimator,
                initial_types=[("features", FloatTensorType([None, columns]))],
                target_opset={"": OPSET, _ML: 3},
                options={id(estimator): _options(estimator)},
                name="estimator",
            )
            return converted
    except Exception as error:  # a converter may raise anything
        raise OnnxExportError(
            f"The recipe {recipe} cannot be made into an ONNX graph ({error})."
        ) from error


def checked(made: bytes, recipe: str) -> bytes:
    """Return a graph if model files let it in.

    Returns
    -------
    bytes
        The same graph.

    Raises
    ------
    ExportError
        They do not.
    """
    try:
        check_graph(made)
    except ValueError as error:
        raise OnnxExportError(
            f"The recipe {recipe} makes a graph that model files do not let in "
            f"({error}); please report it."
        ) from error
    return made


def _options(estimator: Any) -> dict[str, bool]:
    from sklearn.base import is_regressor

    if is_regressor(estimator):
        return {}
    raw = not hasattr(estimator, "predict_proba")
    return {"zipmap": False, **({"raw_scores": True} if raw else {})}


def _vote(graph: Graph, fitted: Fitted) -> None:
    """Add to a graph what `Calibration` does."""
    calibration = fitted.calibration
    logits = "probabilities_of_estimator"
    graph.rename("probabilities", logits)
    if hasattr(fitted.estimator, "predict_proba"):
        floor = graph.constant("floor", np.array(FLOOR, np.float32))
        logits = graph.add("Log", graph.add("Add", logits, floor))
    cool = graph.constant("row_temperature", np.array(calibration.rows, np.float32))
    alone = graph.add("LogSoftmax", graph.add("Div", logits, cool), axis=-1)
    graph.add("Exp", alone, output="timeline")
    first = graph.constant("first", np.array(0, np.int64))
    total = graph.add("ReduceSum", alone, graph.constant("over_rows", np.array([0], np.int64)),
                      keepdims=0)  # fmt: skip
    count = graph.add("Cast", graph.add("Gather", graph.add("Shape", alone), first), to=1)
    mean = graph.add("Div", total, count)
    cool = graph.constant("track_temperature", np.array(calibration.tracks, np.float32))
    graph.add("Softmax", graph.add("Div", mean, cool), axis=-1, output="probabilities")


def _compare(made: bytes, fitted: Fitted, matrix: FeatureMatrix) -> None:
    session = onnx_session(made, optimise=False)
    names = ["probabilities", "timeline"]
    vote, timeline = session.run(names, {"features": matrix.values})
    alone = fitted.timeline(matrix)
    whole = FeatureMatrix(matrix.values, np.zeros_like(matrix.track), matrix.columns)
    off = np.abs(timeline - alone).max(axis=1) > _SAME
    if off.mean() > _MAY_DIFFER or np.abs(vote - fitted.predict(whole)[0]).max() > 10 * _SAME:
        raise OnnxExportError(
            f"The graph of the recipe {fitted.recipe.name} answers otherwise than its estimator "
            f"on {off.mean():.0%} of {len(off)} rows; please report it."
        )


class Graph:
    """An ONNX graph on its way into a model file."""

    def __init__(self, converted: ModelProto) -> None:
        from onnx import numpy_helper

        graph = converted.graph
        self.nodes: list[NodeProto] = list(graph.node)
        self.constants: dict[str, NDArray[Any]] = {
            tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer
        }
        self.input = graph.input[0]
        self.outputs = [output.name for output in graph.output]
        self.opset = max(
            (o.version for o in converted.opset_import if o.domain in ("", "ai.onnx")),
            default=OPSET,
        )
        self._number = 0

    def add(self, operation: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node, and return the name of what it gives."""
        self.nodes.append(self._node(operation, inputs, output, **attributes))
        return str(self.nodes[-1].output[0])

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add a constant, and return its name."""
        self._number += 1
        name = f"linernotes_{name}_{self._number}"
        self.constants[name] = value
        return name

    def rename(self, old: str, new: str) -> None:
        """Call what a node gives by another name."""
        for node in self.nodes:
            for names in (node.input, node.output):
                for i, name in enumerate(names):
                    if name == old:
                        names[i] = new

    def keep_only(self, output: str) -> None:
        """Drop what an output does not depend on."""
        if output not in self.outputs:
            raise OnnxExportError(f"there is no output {output!r} among {', '.join(self.outputs)}.")
        needed, kept = {output}, []
        for node in reversed(self.nodes):
            if needed.intersection(node.output):
                needed.update(node.input)
                kept.append(node)
        self.nodes = kept[::-1]
        self.constants = {name: v for name, v in self.constants.items() if name in needed}

    def say_plainly(self) -> None:
        """Say by plain arithmetic what the machine-learning domain has names of its own for."""
        nodes, self.nodes = self.nodes, []
        for node in nodes:
            if node.domain != _ML or node.op_type not in _PLAIN:
                self.nodes.append(node)
            else:
                _PLAIN[node.op_type](self, node)

    def prove_widths(self, values: NDArray[np.float32]) -> None:
        """Put a Reshape before every node that trusts its input to be as wide as it should."""
        trusting = [node for node in self.nodes if node.domain == _ML]
        if not trusting:
            return
        names = sorted({node.input[0] for node in trusting} - {self.input.name})
        wide = {self.input.name: values.shape[1]}
        if names:
            found = onnx_session(self.model(names), optimise=False).run(
                names, {self.input.name: values}
            )
            wide.update((name, array.shape[1]) for name, array in zip(names, found, strict=True))
        nodes, self.nodes = self.nodes, []
        for node in nodes:
            if node.domain == _ML:
                shape = self.constant("width", np.array([-1, wide[node.input[0]]], np.int64))
                node.input[0] = self.add("Reshape", node.input[0], shape)
            self.nodes.append(node)

    def model(self, outputs: Iterable[str] = ("probabilities", "timeline")) -> bytes:
        """Return the graph as a serialised model."""
        from onnx import TensorProto, helper, numpy_helper

        floats = TensorProto.FLOAT
        shapes: dict[str, list[str]] = {
            "probabilities": ["classes"],
            "values": ["targets"],
            "timeline": ["rows", "columns"],
        }  # fmt: skip
        graph = helper.make_graph(
            self.nodes,
            "estimator",
            [self.input],
            [
                helper.make_tensor_value_info(name, floats, shapes[name])
                if name in shapes
                else helper.make_empty_tensor_value_info(name)
                for name in outputs
            ],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )
        opsets = [helper.make_opsetid("", self.opset)]
        if any(node.domain == _ML for node in self.nodes):
            opsets.append(helper.make_opsetid(_ML, 3))
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)
        model.producer_name = "linernotes"
        made: bytes = model.SerializeToString(deterministic=True)
        return made

    def _node(
        self, operation: str, inputs: Iterable[str], output: str = "", **attributes: Any
    ) -> NodeProto:
        from onnx import helper

        self._number += 1
        output = output or f"linernotes_{operation}_{self._number}"
        return helper.make_node(operation, list(inputs), [output], **attributes)


def _attributes(node: NodeProto) -> dict[str, Any]:
    from onnx import helper

    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def _scaler(graph: Graph, node: NodeProto) -> None:
    given = _attributes(node)
    offset = graph.constant("offset", np.array(given["offset"], np.float32))
    scale = graph.constant("scale", np.array(given["scale"], np.float32))
    moved = graph.add("Sub", node.input[0], offset)
    graph.add("Mul", moved, scale, output=node.output[0])


def _linear_classifier(graph: Graph, node: NodeProto) -> None:
    given = _attributes(node)
    intercepts = np.array(given["intercepts"], np.float32)
    weights = np.array(given["coefficients"], np.float32).reshape(len(intercepts), -1).T
    product = graph.add(
        "MatMul", node.input[0], graph.constant("weights", np.ascontiguousarray(weights))
    )
    scores = graph.add("Add", product, graph.constant("intercepts", intercepts))
    after = given.get("post_transform", b"NONE")
    operation = {b"SOFTMAX": "Softmax", b"LOGISTIC": "Sigmoid"}.get(after, "Identity")
    more = {"axis": -1} if operation == "Softmax" else {}
    graph.add(operation, scores, output=node.output[1], **more)


def _linear_regressor(graph: Graph, node: NodeProto) -> None:
    given = _attributes(node)
    if given.get("post_transform", b"NONE") != b"NONE":
        raise OnnxExportError("there is no plain way to say what comes after a regression.")
    weights = np.array(given["coefficients"], np.float32).reshape(given.get("targets", 1), -1).T
    product = graph.add(
        "MatMul", node.input[0], graph.constant("weights", np.ascontiguousarray(weights))
    )
    intercepts = graph.constant("intercepts", np.array(given["intercepts"], np.float32))
    graph.add("Add", product, intercepts, output=node.output[0])


def _normalizer(graph: Graph, node: NodeProto) -> None:
    given = _attributes(node)
    if given.get("norm", b"MAX") != b"L1":
        raise OnnxExportError(f"there is no plain way to say the norm {given.get('norm')!r}.")
    axis = graph.constant("over_columns", np.array([1], np.int64))
    total = graph.add("ReduceSum", graph.add("Abs", node.input[0]), axis, keepdims=1)
    graph.add("Div", node.input[0], total, output=node.output[0])


def _array_feature_extractor(graph: Graph, node: NodeProto) -> None:
    columns = graph.constants.get(node.input[1])
    if columns is None:
        raise OnnxExportError("columns that are chosen while predicting are not let in.")
    chosen = graph.constant("columns", np.asarray(columns, np.int64).ravel())
    graph.add("Gather", node.input[0], chosen, axis=-1, output=node.output[0])


_PLAIN = {
    "ArrayFeatureExtractor": _array_feature_extractor,
    "LinearClassifier": _linear_classifier,
    "LinearRegressor": _linear_regressor,
    "Normalizer": _normalizer,
    "Scaler": _scaler,
}
