"""How networks are fastest is measured, and moves no number."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from networks_support import N_MELS, SPEC, audio_graph, graph, high, low
from onnx import TensorProto, helper

from linernotes.engine import cpu_count
from linernotes.networks import NetworkError, NetworkPace, find_installed, hear, install, read_spec
from linernotes.networks.pace import measure_pace, this_machine
from linernotes.networks.runtime import onnx_session
from linernotes.networks.trial import made_up_sound

SOUND = np.concatenate([low(4.3), high(14.3)])


@pytest.fixture(scope="module")
def spec():
    return read_spec(SPEC.encode())


def pooled(*shape, batch="batch"):
    """A network that sums nothing but frames: in the same order for any batch."""
    return graph(
        [
            helper.make_node("ReduceMax", ["mel"], ["most"], axes=[1], keepdims=0),
            helper.make_node("Slice", ["most", "from", "to", "axis"], ["embedding"]),
        ],
        {"mel": (TensorProto.FLOAT, [batch, "frames", N_MELS])},
        {"embedding": [batch, 2]},
        {
            name: np.array([value], np.int64)
            for name, value in (("from", 2), ("to", 4), ("axis", 1))
        },
    )


def rows(spec, session, **how):
    return hear(spec, session, [SOUND], **how).outputs["embedding"]


@pytest.mark.parametrize("batch", [2, 3, 4, 16])
def test_batches_tell_what_single_windows_tell(spec, batch):
    for content, exactly in ((pooled(), True), (audio_graph(), False)):
        session = onnx_session(content)
        singly, together = rows(spec, session), rows(spec, session, batch=batch, threads=2)
        assert together.shape == singly.shape == (19, 2)
        assert np.allclose(singly, together, rtol=0, atol=1e-6)
        assert np.array_equal(singly, together) or not exactly


def test_a_batch_that_moves_the_last_bit_is_not_taken(spec, monkeypatch):
    monkeypatch.setattr("linernotes.networks.pace._GAIN", 1e-9)  # as if batches were far faster
    sound = made_up_sound(16000)
    taken = measure_pace(spec, onnx_session(pooled()), sound)
    assert taken.batch > 1
    assert taken.threads in (1, cpu_count())
    session = onnx_session(audio_graph())
    batch = measure_pace(spec, session, sound).batch
    assert np.array_equal(rows(spec, session), rows(spec, session, batch=batch))


def test_a_batch_that_gains_nothing_is_not_taken(spec, monkeypatch):
    monkeypatch.setattr("linernotes.networks.pace._GAIN", 1e9)
    assert measure_pace(spec, onnx_session(pooled()), made_up_sound(16000)).batch == 1


def test_a_network_that_takes_one_window_at_a_time_is_given_one(spec, monkeypatch):
    monkeypatch.setattr("linernotes.networks.pace._GAIN", 1e-9)
    session = onnx_session(pooled(batch=1))
    assert measure_pace(spec, session, made_up_sound(16000)).batch == 1
    with pytest.raises(NetworkError, match="does not run"):
        rows(spec, session, batch=4)


def test_what_was_measured_is_kept_and_believed_on_this_machine_alone(tmp_path):
    file = tmp_path / "toy.onnx"
    file.write_bytes(audio_graph())
    network = install(SPEC.encode(), files=file, folder=tmp_path / "networks")
    assert network.receipt.pace == network.pace
    assert network.pace.machine == this_machine()
    receipt = network.folder / "receipt.json"
    told = json.loads(receipt.read_text())
    plain = NetworkPace(1, cpu_count(), this_machine())
    for changed in (
        {"batch": 16, "threads": 1, "machine": "another"},
        {"batch": 10**9, "threads": 1, "machine": this_machine()},
        {"batch": 1, "threads": 0, "machine": this_machine()},
        {"batch": "4"}, [], None,
    ):  # fmt: skip
        receipt.write_text(json.dumps({**told, "pace": changed}))
        assert find_installed("toy", tmp_path / "networks").pace == plain
    del told["pace"]  # as it was before this was measured
    receipt.write_text(json.dumps(told))
    assert find_installed("toy", tmp_path / "networks").pace == plain


def test_the_version_does_not_depend_on_how_fast_it_is(tmp_path):
    file = tmp_path / "toy.onnx"
    file.write_bytes(audio_graph())
    network = install(SPEC.encode(), files=file, folder=tmp_path / "networks")
    slow = replace(network, receipt=replace(network.receipt, pace=None))
    assert slow.version == network.version


def test_the_command_measures_again(tmp_path, monkeypatch, capsys):
    from linernotes.cli import networks

    for module in ("installed", "installing"):
        monkeypatch.setattr(f"linernotes.networks.{module}.default_folder", lambda: tmp_path / "n")
    file = tmp_path / "toy.onnx"
    file.write_bytes(audio_graph())
    network = install(SPEC.encode(), files=file, folder=tmp_path / "n")
    networks.show_network("toy")
    assert "as measured here" in capsys.readouterr().out
    receipt = network.folder / "receipt.json"
    told = json.loads(receipt.read_text())
    told["pace"]["machine"] = "another"
    receipt.write_text(json.dumps(told))
    networks.show_network("toy")
    assert "linernotes networks test toy measures it here" in capsys.readouterr().out
    networks.test_network("toy", track=None, as_json=False)
    assert "toy runs" in capsys.readouterr().out
    assert find_installed("toy", tmp_path / "n").receipt.pace.machine == this_machine()
