from __future__ import annotations

import numpy as np
import pytest
from learning_support import MARGIN, PLAIN, TREES, make_material

from linernotes.learning.fitting import fit
from linernotes.learning.onnx.export import OnnxExportError, export
from linernotes.learning.recipe import Recipe
from linernotes.networks.runtime import onnx_session


def run(graph: bytes, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return onnx_session(graph, optimise=False).run(["probabilities", "timeline"],
                                                   {"features": rows})  # fmt: skip


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("recipe", [PLAIN, TREES, MARGIN])
def test_the_graph_answers_as_the_recipe_does(recipe, classes):
    matrix, target = make_material(classes, 60, rows=3)
    fitted = fit(recipe, matrix, target)
    graph = export(fitted, matrix)
    probabilities, timeline = fitted.predict(matrix), fitted.timeline(matrix)
    for track in (0, 7, 59):
        vote, rows = run(graph, matrix.values[matrix.track == track])
        np.testing.assert_allclose(vote, probabilities[track], atol=1e-4)
        np.testing.assert_allclose(rows, timeline[matrix.track == track], atol=1e-4)
    assert graph == export(fitted, matrix)


def test_labels_are_not_worked_out():
    matrix, target = make_material(3, 30)
    graph = export(fit(PLAIN, matrix, target), matrix)
    assert b"ArgMax" not in graph
    assert b"LinearClassifier" not in graph


def test_trees_stand_behind_a_width_that_is_written_down():
    matrix, target = make_material(3, 30)
    graph = export(fit(TREES, matrix, target), matrix)
    assert b"TreeEnsembleClassifier" in graph
    assert b"Reshape" in graph


def test_a_graph_that_answers_otherwise_is_refused():
    matrix, target = make_material(3, 30)
    fitted = fit(TREES, matrix, target)

    class Liar:
        classes_ = fitted.estimator.classes_

        def predict_proba(self, values):
            return np.roll(fitted.estimator.predict_proba(values), 1, axis=1)

    from linernotes.learning.onnx import export as module

    graph = export(fitted, matrix)
    from dataclasses import replace

    with pytest.raises(OnnxExportError, match="answers otherwise"):
        module._compare(graph, replace(fitted, estimator=Liar()), matrix)


def test_an_estimator_without_conversion_is_said():
    from sklearn.dummy import DummyClassifier

    class Own(DummyClassifier):
        pass

    recipe = Recipe(name="odd", input_spec=PLAIN.input_spec, model="x",
                    estimator=lambda random_state: Own(random_state=random_state))  # fmt: skip
    matrix, target = make_material(2, 20)
    with pytest.raises(OnnxExportError, match="odd cannot be made into an ONNX graph"):
        export(fit(recipe, matrix, target), matrix)
