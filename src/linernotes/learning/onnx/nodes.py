"""Writing the nodes of an estimator into a graph that skl2onnx is making."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOAT, DOUBLE = 1, 11  # onnx.TensorProto.FLOAT, .DOUBLE


class Nodes:
    """The nodes of one estimator in a graph that skl2onnx is making.

    Parameters
    ----------
    scope, operator, container
        What skl2onnx calls a converter with.
    """

    def __init__(self, scope: Any, operator: Any, container: Any) -> None:
        self.scope = scope
        self.operator = operator
        self.container = container
        self.input = str(operator.inputs[0].full_name)

    def add(
        self, operation: str, *inputs: str, domain: str = "", outputs: int = 1, **attributes: Any
    ) -> Any:
        """Add a node; return the name of what it gives, or the names if there are several."""
        names = [self.scope.get_unique_variable_name(operation) for _ in range(outputs)]
        self.container.add_node(
            operation,
            list(inputs),
            names,
            op_domain=domain,
            name=self.scope.get_unique_operator_name(operation),
            **attributes,
        )
        return names[0] if outputs == 1 else names

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        """Add a constant, float64 as float32, and return its name."""
        from onnx import numpy_helper

        array = np.asarray(value)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        return self._initializer(numpy_helper.from_array(array))

    def precise(self, value: NDArray[Any]) -> str:
        """Add a constant as float64, and return its name."""
        from onnx import numpy_helper

        return self._initializer(numpy_helper.from_array(np.asarray(value, np.float64)))

    def _initializer(self, tensor: Any) -> str:
        tensor.name = str(self.scope.get_unique_variable_name("constant"))
        self.container.initializers.append(tensor)
        return str(tensor.name)

    def give(self, name: str, *, output: int = 0) -> None:
        """Let a result be an output of the estimator."""
        self.container.add_node(
            "Identity",
            [name],
            [self.operator.outputs[output].full_name],
            name=self.scope.get_unique_operator_name("Identity"),
        )

    def give_classes(self, scores: str) -> None:
        """Let scores or probabilities be the answer of a classifier, the best one its label."""
        self.give(scores, output=1)
        best = self.add("ArgMax", scores, axis=1, keepdims=0)
        classes = np.asarray(self.operator.raw_operator.classes_)
        if classes.dtype.kind not in "iu":
            raise TypeError("Graphs are made of estimators of class numbers, not names.")
        self.give(self.add("Gather", self.constant(classes.astype(np.int64)), best))

    def columns(self, values: str, start: int, stop: int) -> str:
        """Take columns from a first to the one behind the last."""
        bounds = [self.constant(np.array([number], np.int64)) for number in (start, stop, 1)]
        return str(self.add("Slice", values, *bounds))

    def probabilities(self, estimator: Any, values: str, width: int) -> str:
        """Let skl2onnx convert a classifier inside of this one; return its probabilities.

        Parameters
        ----------
        estimator
            Fitted to class numbers.
        values, width
            The columns that it gets, and how many they are.
        """
        from skl2onnx.common.data_types import FloatTensorType, Int64TensorType

        return self._inner(estimator, values, width, (Int64TensorType, FloatTensorType))

    def predictions(self, estimator: Any, values: str, width: int) -> str:
        """Let skl2onnx convert a regressor inside of this one; return its predictions."""
        from skl2onnx.common.data_types import FloatTensorType

        return self._inner(estimator, values, width, (FloatTensorType,))

    def _inner(self, estimator: Any, values: str, width: int, kinds: tuple[Any, ...]) -> str:
        """Convert an estimator inside of this one; return the last of what it gives."""
        from skl2onnx import get_model_alias
        from skl2onnx.common.data_types import FloatTensorType

        name = get_model_alias(type(estimator))
        inner = self.scope.declare_local_operator(name, estimator)
        given = self.scope.declare_local_variable("values", FloatTensorType([None, width]))
        self.container.add_node(
            "Identity",
            [values],
            [given.full_name],
            name=self.scope.get_unique_operator_name("Identity"),
        )
        inner.inputs.append(given)
        for kind in kinds:
            inner.outputs.append(self.scope.declare_local_variable("answer", kind()))
        return str(inner.outputs[-1].full_name)
