"""Converters of fitted estimators into ONNX operators that skl2onnx lacks, or says at length.

What comes of it is plain arithmetic but for trees: no loops, no subgraphs, nothing that runs for
longer than the shapes of its constants tell.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from linernotes.learning.onnx.convert_blend import (
    convert_average,
    convert_blend,
    convert_clipped_scaler,
    convert_discriminant,
    convert_landmarks,
    convert_tag_name_classifier,
    convert_within_class_whitening,
)
from linernotes.learning.onnx.convert_network import convert_network, convert_pictures
from linernotes.learning.onnx.convert_support_vectors import convert_support_vectors
from linernotes.learning.onnx.nodes import DOUBLE, Nodes
from linernotes.learning.onnx.tree_tables import Trees, adaboost_trees, boosted_trees

_ML = "ai.onnx.ml"


@cache
def register_converters() -> None:
    """Teach skl2onnx about the estimators of the recipes; more than once does no harm."""
    from skl2onnx import update_registered_converter
    from sklearn.ensemble import AdaBoostClassifier

    from linernotes.learning.baselines.boosting import BoostedTrees
    from linernotes.learning.baselines.network import Network
    from linernotes.learning.baselines.pictures import Pictures
    from linernotes.learning.baselines.sklearn_variants import (
        Components,
        Neighbours,
        SupportVectors,
    )
    from linernotes.learning.estimators.average import Average
    from linernotes.learning.estimators.blend import Blend
    from linernotes.learning.estimators.covariance import WithinClassWhitening
    from linernotes.learning.estimators.discriminant import Discriminant
    from linernotes.learning.estimators.landmarks import Landmarks
    from linernotes.learning.estimators.preprocessing import ClippedScaler, ColumnSelector
    from linernotes.learning.estimators.tag_name_classifier import TagNameClassifier

    transformers: dict[type, tuple[Callable[[Nodes], None], Callable[[Any], int]]] = {
        ColumnSelector: (_column_range, lambda fitted: int(fitted.stop - fitted.start)),
        Components: (_components, lambda fitted: len(fitted.pca_.components_)),
        Landmarks: (convert_landmarks, lambda fitted: len(fitted.components_)),
        ClippedScaler: (convert_clipped_scaler, lambda fitted: int(fitted.n_features_in_)),
        WithinClassWhitening: (
            convert_within_class_whitening,
            lambda fitted: int(fitted.n_features_in_),
        ),
    }
    for kind, (convert, width) in transformers.items():
        update_registered_converter(
            kind,
            f"Linernotes{kind.__name__}",
            _transformer_shape(width),
            _converter(convert),
            overwrite=True,
        )
    update_registered_converter(
        Average,
        "LinernotesAverage",
        _transformer_shape(lambda fitted: int(fitted.n_outputs_)),
        _converter(convert_average),
        overwrite=True,
    )
    classifiers: dict[type, Callable[[Nodes], None]] = {
        AdaBoostClassifier: _adaboost,
        Blend: convert_blend,
        BoostedTrees: _boosted_trees,
        TagNameClassifier: convert_tag_name_classifier,
        Discriminant: convert_discriminant,
        Neighbours: _neighbours,
        Network: convert_network,
        Pictures: convert_pictures,
        SupportVectors: convert_support_vectors,
    }
    for kind, convert in classifiers.items():
        update_registered_converter(
            kind,
            f"Linernotes{kind.__name__}",
            _classifier_shape,
            _converter(convert),
            overwrite=True,
            options={
                "zipmap": [True, False, "columns"],
                "output_class_labels": [False, True],
                "raw_scores": [True, False],
                "nocl": [True, False],
            },
        )


def _converter(convert: Callable[[Nodes], None]) -> Callable[[Any, Any, Any], None]:
    # skl2onnx goes by the names of the parameters.
    def converter(scope: Any, operator: Any, container: Any) -> None:
        convert(Nodes(scope, operator, container))

    return converter


def _transformer_shape(width: Callable[[Any], int]) -> Callable[[Any], None]:
    def shape(operator: Any) -> None:
        rows = operator.inputs[0].type.shape[0]
        kind = type(operator.inputs[0].type)
        operator.outputs[0].type = kind([rows, width(operator.raw_operator)])

    return shape


def _classifier_shape(operator: Any) -> None:
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType

    rows = operator.inputs[0].type.shape[0]
    classes = len(operator.raw_operator.classes_)
    operator.outputs[0].type = Int64TensorType([rows])
    operator.outputs[1].type = FloatTensorType([rows, classes])


def _column_range(nodes: Nodes) -> None:
    fitted = nodes.operator.raw_operator
    nodes.give(nodes.columns(nodes.input, fitted.start, fitted.stop))


def _components(nodes: Nodes) -> None:
    pca = nodes.operator.raw_operator.pca_
    centred = nodes.add("Sub", nodes.input, nodes.constant(pca.mean_))
    nodes.give(nodes.add("MatMul", centred, nodes.constant(pca.components_.T)))


def _neighbours(nodes: Nodes) -> None:
    """Squared distances, less what is the same for all kept rows, as scikit-learn has them."""
    fitted = nodes.operator.raw_operator
    kept = np.asarray(fitted.rows_)
    lengths = np.square(kept.astype(np.float64)).sum(axis=1)
    # float32 would be too coarse: what counts is the small difference of long distances.
    row = nodes.add("Cast", nodes.input, to=DOUBLE)
    columns = nodes.add("Cast", nodes.constant(kept.astype(np.float32).T), to=DOUBLE)
    product = nodes.add("MatMul", row, columns)
    twice = nodes.add("Mul", product, nodes.precise(np.array(2.0)))
    distances = nodes.add("Sub", nodes.precise(lengths), twice)
    most = nodes.constant(np.array([fitted.n_neighbors_], np.int64))
    _, nearest = nodes.add("TopK", distances, most, axis=1, largest=0, outputs=2)
    votes = nodes.constant(np.eye(len(fitted.classes_), dtype=np.float32)[fitted.targets_])
    axis = nodes.constant(np.array([1], np.int64))
    share = nodes.add("ReduceMean", nodes.add("Gather", votes, nearest), axis, keepdims=0)
    nodes.give_classes(share)


def _boosted_trees(nodes: Nodes) -> None:
    nodes.give_classes(_softmax_of_trees(nodes, boosted_trees(nodes.operator.raw_operator)))


def _adaboost(nodes: Nodes) -> None:
    nodes.give_classes(_softmax_of_trees(nodes, adaboost_trees(nodes.operator.raw_operator)))


def _softmax_of_trees(nodes: Nodes, trees: Trees) -> str:
    _, scores = nodes.add(
        "TreeEnsembleClassifier", nodes.input, domain=_ML, op_version=3, outputs=2,
        **trees.attributes(),
    )  # fmt: skip
    return str(nodes.add("Softmax", scores, axis=1))
