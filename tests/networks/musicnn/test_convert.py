import importlib.util
import os
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from linernotes.networks.runtime import onnx_session

ROOT = Path(__file__).parents[3]
SMALL_GOLDEN = Path(__file__).parent / "golden.npz"

pytest.importorskip("onnx", reason="the converter needs the extra 'tools'")


@pytest.fixture(scope="module")
def convert():
    path = ROOT / "tools" / "convert_musicnn.py"
    spec = importlib.util.spec_from_file_location("convert_musicnn", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def varint(value):
    groups = []
    while value >= 0x80:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def block(entries):
    """An SSTable block of (shared, rest of the key, value), with its trailer."""
    content = b"".join(
        varint(shared) + varint(len(key)) + varint(len(value)) + key + value
        for shared, key, value in entries
    )
    return content + struct.pack("<II", 0, 1) + b"\0" + b"hash"


def sstable(entries):
    data = block(entries)
    handle = varint(0) + varint(len(data) - 5)
    index = block([(0, b"zzz", handle)])
    handles = varint(0) + varint(0) + varint(len(data)) + varint(len(index) - 5)
    magic = struct.pack("<Q", 0xDB4775248B80FB57)
    return data + index + handles.ljust(40, b"\0") + magic


def test_an_sstable_shares_beginnings_of_keys(convert):
    table = sstable([(0, b"", b"header"), (0, b"dense/bias", b"1"), (6, b"kernel", b"22" * 100)])
    assert convert.read_sstable(table) == {
        b"": b"header",
        b"dense/bias": b"1",
        b"dense/kernel": b"22" * 100,
    }


def test_what_is_no_sstable_is_refused(convert):
    with pytest.raises(ValueError, match="SSTable"):
        convert.read_sstable(b"\0" * 100)
    table = bytearray(sstable([(0, b"key", b"value")]))
    table[len(block([(0, b"key", b"value")])) - 5] = 1  # the block's type: compressed
    with pytest.raises(ValueError, match="ompressed"):
        convert.read_sstable(bytes(table))


def test_a_checkpoint_is_read_without_the_optimiser(convert):
    values = np.arange(6, dtype="<f4")
    shape = field(2, field(1, 2)) + field(2, field(1, 3))
    entry = field(1, 1) + field(2, shape) + field(4, 8) + field(5, 24)
    index = sstable(
        [
            (0, b"", b""),
            (0, b"beta1_power", entry),
            (0, b"kernel", entry),
            (6, b"/Adam", entry),
        ]
    )
    weights = convert.read_checkpoint(index, b"\xff" * 8 + values.tobytes())
    assert list(weights) == ["kernel"]
    assert np.array_equal(weights["kernel"], values.reshape(2, 3))


def test_another_wheel_is_refused(convert, tmp_path):
    wheel = tmp_path / "musicnn-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"something else")
    with pytest.raises(SystemExit, match="SHA-256"):
        convert.main(["--wheel", str(wheel)])


def random_weights(rng, *, middle=7, units=9, tags=4):
    """A small network of the same build, about half of whose filters are dead."""
    weights = {}

    def normalisation(number, size, positive=None):
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        gamma = rng.uniform(0.5, 1.5, size) * rng.choice([-1, 1], size)
        if positive is not None:
            gamma = np.where(positive, np.abs(gamma), gamma)
        weights[f"{name}/gamma"] = gamma
        weights[f"{name}/beta"] = rng.normal(size=size)
        weights[f"{name}/moving_mean"] = rng.normal(size=size)
        weights[f"{name}/moving_variance"] = rng.uniform(0.5, 2, size)

    fronts = [(7, 38, 5), (7, 67, 4), (128, 1, 3), (64, 1, 6), (32, 1, 18)]
    total = sum(filters for *_, filters in fronts)
    kernels = [(taps, bands, 1, filters) for taps, bands, filters in fronts]
    kernels += [(7, total, 1, middle), (7, middle, 1, middle), (7, middle, 1, middle)]
    normalisation(0, 1)
    for number, shape in enumerate(kernels):
        name = f"conv2d_{number}" if number else "conv2d"
        live = rng.random(shape[-1]) < 0.6
        live[:2] = True, False
        scale = np.sqrt(shape[0] * shape[1])
        weights[f"{name}/kernel"] = rng.normal(size=shape) / scale * live
        weights[f"{name}/bias"] = rng.normal(size=shape[-1])
        normalisation(number + 1, shape[-1], positive=live if number >= 5 else None)
    pooled = 2 * (total + 3 * middle)
    normalisation(9, pooled)
    normalisation(10, units)
    for name, shape in (("dense", (pooled, units)), ("dense_1", (units, tags))):
        weights[f"{name}/kernel"] = rng.normal(size=shape) / np.sqrt(shape[0])
        weights[f"{name}/bias"] = rng.normal(size=shape[1])
    return {name: value.astype(np.float32) for name, value in weights.items()}


def run(model, log_mel):
    session = onnx_session(model.SerializeToString())
    return session.run(["probabilities", "penultimate"], {"log_mel": log_mel})


@pytest.mark.parametrize("random_state", range(3))
@pytest.mark.parametrize("blocked", [False, True])
@pytest.mark.parametrize("spectral", [False, True])
def test_pruning_changes_no_answer(convert, random_state, blocked, spectral):
    rng = np.random.default_rng(random_state)
    weights = random_weights(rng)
    plain = convert.plain_network(weights)
    pruned = convert.pruned_network(weights, blocked=blocked, spectral=spectral)
    assert pruned.ByteSize() < plain.ByteSize() or spectral or blocked
    for shape in ((1, 1, 96), (2, 40, 96), (3, 187, 96)):
        log_mel = rng.uniform(0, 6, shape).astype(np.float32)
        for expected, answer in zip(run(plain, log_mel), run(pruned, log_mel), strict=True):
            np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=2e-5)


def test_negative_scales_after_the_front_end_are_refused(convert):
    weights = random_weights(np.random.default_rng(0))
    weights["batch_normalization_7/gamma"] *= -1
    with pytest.raises(ValueError, match="negative scale"):
        convert.pruned_network(weights)


def test_blocks_fill_the_vector_registers(convert):
    assert convert.frames_per_step(16, 32) == 1
    assert convert.frames_per_step(12, 128) == 4
    assert convert.frames_per_step(3, 128) == 5


def test_conversion_is_reproducible_and_what_ships(convert, tmp_path):
    wheel = os.environ.get("MUSICNN_WHEEL")
    if not wheel:
        pytest.skip("MUSICNN_WHEEL does not name a musicnn 0.1.0 wheel")
    arguments = ["--wheel", wheel, "--golden", str(SMALL_GOLDEN)]
    arguments += ["--output", str(tmp_path), "--plain", str(tmp_path / "plain")]
    assert convert.main(arguments) == 0
    for network in convert.NETWORKS:
        name = f"{network}.onnx"
        assert (tmp_path / name).read_bytes() == (convert.SHIPPED / name).read_bytes()
