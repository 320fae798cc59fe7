"""Trees as the flat tables that ONNX knows them by."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass
class Trees:
    """Trees whose leaves add to the score of a class each.

    Parameters
    ----------
    classes
        How many.
    strictly_less
        Whether a value has to be less than a threshold to go left, or may equal it.
    """

    classes: int
    strictly_less: bool
    _count: int = 0
    _columns: dict[str, list[Any]] = field(default_factory=dict)

    def add(
        self,
        *,
        left: NDArray[np.integer[Any]],
        right: NDArray[np.integer[Any]],
        column: NDArray[np.integer[Any]],
        threshold: NDArray[np.floating[Any]],
        unknown_left: NDArray[np.bool_],
        leaf_class: NDArray[np.integer[Any]],
        leaf_value: NDArray[np.floating[Any]],
    ) -> None:
        """Add a tree, an item for each of its nodes.

        Parameters
        ----------
        left, right
            Numbers of the nodes behind each one; less than 0 for a leaf.
        column, threshold
            What is asked.
        unknown_left
            Where NaN goes.
        leaf_class, leaf_value
            To which class's score a leaf adds what.
        """
        leaves = left < 0
        modes = np.where(leaves, "LEAF", "BRANCH_LT" if self.strictly_less else "BRANCH_LEQ")
        number = np.arange(len(left))
        tree = np.full(len(left), self._count)
        for name, values in {
            "nodes_treeids": tree,
            "nodes_nodeids": number,
            "nodes_modes": modes,
            "nodes_featureids": np.where(leaves, 0, column),
            "nodes_values": np.where(leaves, 0, threshold).astype(np.float32),
            "nodes_truenodeids": np.where(leaves, 0, left),
            "nodes_falsenodeids": np.where(leaves, 0, right),
            "nodes_missing_value_tracks_true": (unknown_left & ~leaves).astype(int),
        }.items():
            self._columns.setdefault(name, []).extend(values.tolist())
        # Of two classes, onnxruntime makes up the one that no leaf adds to.
        classes = range(self.classes) if self.classes == 2 else [None]
        for only in classes:
            kinds = leaf_class[leaves] if only is None else np.full(leaves.sum(), only)
            values = np.where(kinds == leaf_class[leaves], leaf_value[leaves], 0)
            for name, entries in {
                "class_treeids": tree[leaves],
                "class_nodeids": number[leaves],
                "class_ids": kinds,
                "class_weights": values.astype(np.float32),
            }.items():
                self._columns.setdefault(name, []).extend(entries.tolist())
        self._count += 1

    def attributes(self) -> dict[str, Any]:
        """Return the attributes of a ``TreeEnsembleClassifier`` that gives scores."""
        return {
            **self._columns,
            "classlabels_int64s": list(range(self.classes)),
            "post_transform": "NONE",
        }


def boosted_trees(fitted: Any) -> Trees:
    """Return the trees of `linernotes.learning.baselines.boosting.BoostedTrees`.

    Returns
    -------
    Trees
        As tables, to be written into a graph.
    """
    learner = json.loads(bytes(fitted.booster_.save_raw("json")))["learner"]
    model = learner["gradient_booster"]["model"]
    trees = Trees(len(fitted.classes_), strictly_less=True)
    for tree, leaf_class in zip(model["trees"], model["tree_info"], strict=True):
        left = np.array(tree["left_children"])
        conditions = np.array(tree["split_conditions"], np.float32)
        trees.add(
            left=left,
            right=np.array(tree["right_children"]),
            column=np.array(tree["split_indices"]),
            threshold=conditions,
            unknown_left=np.array(tree["default_left"], np.bool_),
            leaf_class=np.full(len(left), leaf_class),
            leaf_value=conditions,
        )
    return trees


def adaboost_trees(fitted: Any) -> Trees:
    """Return the trees of ``AdaBoostClassifier``, so that the scores' softmax is its answer.

    Each tree votes for a class with its weight. scikit-learn also takes from all others, which
    is the same up to a factor and what is equal for all classes.

    Returns
    -------
    Trees
        As tables, to be written into a graph.
    """
    classes = len(fitted.classes_)
    weights = np.asarray(fitted.estimator_weights_, np.float64)[: len(fitted.estimators_)]
    factor = classes / (classes - 1) ** 2 / weights.sum()
    trees = Trees(classes, strictly_less=False)
    for estimator, weight in zip(fitted.estimators_, weights, strict=True):
        tree = estimator.tree_
        # A tree may have seen some of the classes only.
        winners = estimator.classes_[tree.value[:, 0].argmax(axis=1)]
        trees.add(
            left=tree.children_left,
            right=tree.children_right,
            column=tree.feature,
            threshold=_rounded_down(tree.threshold),
            unknown_left=tree.missing_go_to_left.astype(np.bool_),
            leaf_class=np.searchsorted(fitted.classes_, winners),
            leaf_value=np.full(tree.node_count, weight * factor),
        )
    return trees


def _rounded_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Round to float32, so that the same float32 values are at most as large."""
    rounded = thresholds.astype(np.float32)
    below = np.nextafter(rounded, np.float32(-np.inf))
    return np.where(rounded > thresholds, below, rounded).astype(np.float32)
