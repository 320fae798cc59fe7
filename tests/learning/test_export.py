from __future__ import annotations

import numpy as np
import pytest
from learning_support import MARGIN, PLAIN, TREES, make_material

from linernotes.backbone import onnx_session
from linernotes.learning.export import ExportError, export
from linernotes.learning.fitting import fit
from linernotes.learning.recipe import Recipe


def run(graph: bytes, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return onnx_session(graph, optimise=False).run(["probabilities", "timeline"],
                                                   {"features": rows})  # fmt: skip


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("recipe", [PLAIN, TREES, MARGIN])
def test_the_graph_answers_as_the_recipe_does(recipe, classes):
    material, target = make_material(classes, 60, rows=3)
    fitted = fit(recipe, material, target)
    graph = export(fitted, material)
    probabilities, timeline = fitted.predict(material), fitted.timeline(material)
    for track in (0, 7, 59):
        vote, rows = run(graph, material.values[material.track == track])
        np.testing.assert_allclose(vote, probabilities[track], atol=1e-4)
        np.testing.assert_allclose(rows, timeline[material.track == track], atol=1e-4)
    assert graph == export(fitted, material)


def test_labels_are_not_worked_out():
    material, target = make_material(3, 30)
    graph = export(fit(PLAIN, material, target), material)
    assert b"ArgMax" not in graph
    assert b"LinearClassifier" not in graph


def test_trees_stand_behind_a_width_that_is_written_down():
    material, target = make_material(3, 30)
    graph = export(fit(TREES, material, target), material)
    assert b"TreeEnsembleClassifier" in graph
    assert b"Reshape" in graph


def test_a_graph_that_answers_otherwise_is_refused():
    material, target = make_material(3, 30)
    fitted = fit(TREES, material, target)

    class Liar:
        classes_ = fitted.estimator.classes_

        def predict_proba(self, values):
            return np.roll(fitted.estimator.predict_proba(values), 1, axis=1)

    from linernotes.learning import export as module

    graph = export(fitted, material)
    from dataclasses import replace

    with pytest.raises(ExportError, match="answers otherwise"):
        module._compare(graph, replace(fitted, estimator=Liar()), material)


def test_an_estimator_without_conversion_is_said():
    from sklearn.dummy import DummyClassifier

    class Own(DummyClassifier):
        pass

    recipe = Recipe(name="odd", hearing=PLAIN.hearing, model="x",
                    estimator=lambda seed: Own(random_state=seed))  # fmt: skip
    material, target = make_material(2, 20)
    with pytest.raises(ExportError, match="odd cannot be made into an ONNX graph"):
        export(fit(recipe, material, target), material)
