"""Turns musicnn's TensorFlow 1 checkpoints into the small ONNX networks that linernotes ships.

    python tools/convert_musicnn.py --golden ../shared/musicnn/golden.npz

fetches the musicnn 0.1.0 wheel (Pons & Serra 2019, ISC licence), reads the checkpoints of
MSD_musicnn and MTT_musicnn in plain Python, and writes two graphs per network:

- the *plain* graph, node for node what TensorFlow ran (only with ``--plain DIR``), and
- the *pruned* graph, which gives the same answers many times faster (``--output``).

How the pruned graph comes about
--------------------------------
1. Most filters' weights vanished in training. Such a filter's output is a constant, which is
   folded into its readers. Where a reader pads with zeros in time, a constant cannot become a
   bias (the edges differ), so one channel of ones is kept to carry all constants.
2. Batch normalisations are folded. One with a positive scale commutes with ReLU and maximum;
   a filter with a negative scale is negated, so that its minimum becomes a maximum. That of
   the input is a shift of the input (so that padding stays zero) and a scale of the filters.
   The ReLU comes after the maximum over frequency, where there is 30 to 96 times less to do.
3. The long temporal filters (1 input channel, 3 to 41 filters) leave vector registers empty.
   Computing several successive frames as further channels fills them: *blocked*.
4. The timbral filters (7 frames x 38 or 67 bands, all positions along frequency) are circular
   correlations along the 96 bands, for their valid part fits in exactly. The product is made
   in the frequency domain with 48 odd-frequency bins, each one group of a convolution over
   time, and the transforms are matrix products: *spectral*. Outputs symmetrical about the
   centre are E + O and E - O, and all that is wanted is the largest, max(E + |O|), so half of
   the inverse transform is enough.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike, NDArray
from onnx import TensorProto, helper, numpy_helper

from linernotes.networks.runtime import onnx_session

NETWORKS = ("MSD_musicnn", "MTT_musicnn")
WHEEL = "musicnn-0.1.0-py3-none-any.whl"
WHEEL_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
SHIPPED = Path(__file__).parents[1] / "src" / "linernotes" / "networks" / "musicnn" / "graphs"

N_MELS = 96
EPSILON = 1e-3  # of every batch normalisation

# A filter counts as dead when norm of weights x scale of its batch normalisation, that is
# its output's swing for an input of unit norm, is below this. In MSD_musicnn all but one of
# the dead are below 1e-9; in MTT_musicnn they fade out, but those that matter reach 1e-2 to 40.
DEAD_BELOW = 1e-3

# Largest difference to the original allowed: (probabilities, penultimate / its maximum).
PLAIN_TOLERANCE = (1e-5, 1e-4)
PRUNED_TOLERANCE = {"MSD_musicnn": (1e-5, 1e-4), "MTT_musicnn": (5e-5, 2e-4)}

Array = NDArray[np.float64]
Weights = Mapping[str, NDArray[np.float32]]


# --------------------------------------------------------------------------------------------
# The wheel and its checkpoints


def fetch_wheel() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*command, "--dest", folder, "musicnn==0.1.0"], check=True)
        return (Path(folder) / WHEEL).read_bytes()


def read_wheel(path: Path | None) -> zipfile.ZipFile:
    """Open the wheel, from a file or the package index, once its hash is right."""
    content = path.read_bytes() if path else fetch_wheel()
    if hashlib.sha256(content).hexdigest() != WHEEL_SHA256:
        raise SystemExit("This is not the musicnn 0.1.0 wheel: its SHA-256 differs.")
    return zipfile.ZipFile(io.BytesIO(content))


def read_weights(wheel: zipfile.ZipFile, network: str) -> dict[str, NDArray[np.float32]]:
    index = wheel.read(f"musicnn/{network}/.index")
    data = wheel.read(f"musicnn/{network}/.data-00000-of-00001")
    return read_checkpoint(index, data)


def read_checkpoint(index: bytes, data: bytes) -> dict[str, NDArray[np.float32]]:
    """Variables of a TensorFlow checkpoint, without those of the optimiser.

    The index is an SSTable of BundleEntryProto messages, each with the shape (field 2) of a
    variable and its place (4: offset, 5: size) in the data.
    """
    weights = {}
    for key, message in read_sstable(index).items():
        name = key.decode()
        if not name or "Adam" in name or name.endswith("_power"):
            continue
        entry = dict(read_fields(message))
        dimensions = [
            dict(read_fields(as_bytes(dimension)))
            for _, dimension in read_fields(as_bytes(entry.get(2, b"")))
        ]
        shape = [as_int(d.get(1, 0)) for d in dimensions]
        offset, size = as_int(entry.get(4, 0)), as_int(entry[5])
        weights[name] = np.frombuffer(data, "<f4", size // 4, offset).reshape(shape)
    return weights


def read_sstable(table: bytes) -> dict[bytes, bytes]:
    """Keys and values of an uncompressed SSTable."""
    footer = table[-48:]
    if struct.unpack("<Q", footer[-8:])[0] != 0xDB4775248B80FB57:
        raise ValueError("This is not an SSTable: its last eight bytes are wrong.")
    _, position = read_varint(footer, 0)  # of the metaindex, which is not needed
    _, position = read_varint(footer, position)
    entries: dict[bytes, bytes] = {}
    for handle in read_block(table, *read_handle(footer, position)).values():
        entries.update(read_block(table, *read_handle(handle, 0)))
    return entries


def read_handle(data: bytes, position: int) -> tuple[int, int]:
    """Offset and size of a block."""
    offset, position = read_varint(data, position)
    size, _ = read_varint(data, position)
    return offset, size


def read_block(table: bytes, offset: int, size: int) -> dict[bytes, bytes]:
    """Keys and values of one block; a key shares its beginning with the one before."""
    if table[offset + size]:
        raise ValueError("Compressed SSTable blocks are not supported.")
    block = table[offset : offset + size]
    n_restarts = struct.unpack("<I", block[-4:])[0]
    end = size - 4 - 4 * n_restarts
    entries = {}
    position, key = 0, b""
    while position < end:
        shared, position = read_varint(block, position)
        unshared, position = read_varint(block, position)
        length, position = read_varint(block, position)
        key = key[:shared] + block[position : position + unshared]
        position += unshared
        entries[key] = block[position : position + length]
        position += length
    return entries


def read_fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Fields of a protobuf message as (number, value)."""
    position = 0
    while position < len(message):
        tag, position = read_varint(message, position)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == 0:
            value, position = read_varint(message, position)
            yield number, value
            continue
        if wire_type == 2:
            length, position = read_varint(message, position)
        elif wire_type in (1, 5):
            length = 8 if wire_type == 1 else 4
        else:
            raise ValueError(f"Protobuf wire type {wire_type} is not supported.")
        yield number, message[position : position + length]
        position += length


def read_varint(data: bytes, position: int) -> tuple[int, int]:
    """Read an integer in groups of seven bits, lowest first; also the position after it."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def as_int(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise ValueError("The checkpoint's index has bytes where a number belongs.")
    return value


def as_bytes(value: int | bytes) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("The checkpoint's index has a number where bytes belong.")
    return value


# --------------------------------------------------------------------------------------------
# Writing ONNX


class Graph:
    """An ONNX graph in the making, in which nothing is computed twice."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._known: dict[Hashable, str] = {}

    def __call__(
        self, operator: str, *inputs: str | ArrayLike, output: str = "", **attributes: Any
    ) -> str:
        """Add a node, unless there is such a one, and give the name of its output."""
        names = [x if isinstance(x, str) else self.constant(x) for x in inputs]
        key = (operator, *names, output, repr(attributes))
        if key not in self._known:
            self._known[key] = output or f"{operator}_{len(self.nodes)}"
            self.nodes.append(helper.make_node(operator, names, [self._known[key]], **attributes))
        return self._known[key]

    def constant(self, value: ArrayLike) -> str:
        """Store integers as int64 (shapes and axes), everything else as float32."""
        array = np.asarray(value)
        array = array.astype(np.int64 if array.dtype.kind == "i" else np.float32, order="C")
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = f"constant_{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(array, self._known[key]))
        return self._known[key]

    def model(self, name: str, penultimate: int, probabilities: int) -> onnx.ModelProto:
        """Finish the model: log-mel windows in, probabilities and penultimate layer out."""

        def value(name: str, shape: Sequence[str | int]) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        graph = helper.make_graph(
            self.nodes,
            name,
            [value("log_mel", ["windows", "frames", N_MELS])],
            [
                value("probabilities", ["windows", probabilities]),
                value("penultimate", ["windows", penultimate]),
            ],
            self.constants,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", 18)],
            ir_version=9,
            producer_name="linernotes",
            doc_string="musicnn (Pons & Serra 2019), (c) 2019 Music Technology Group, "
            "Universitat Pompeu Fabra, ISC licence.",
        )
        onnx.checker.check_model(model, full_check=True)
        return model


# --------------------------------------------------------------------------------------------
# The network as TensorFlow ran it


def layer_name(kind: str, number: int) -> str:
    """TensorFlow numbers layers of a kind from the second on."""
    return f"{kind}_{number}" if number else kind


def time_padding(kernel_size: int) -> tuple[int, int]:
    """Frames that TensorFlow pads before and after, for as many outputs as inputs."""
    return (kernel_size - 1) // 2, kernel_size // 2


def plain_network(weights: Weights, name: str = "plain") -> onnx.ModelProto:
    """Build the graph node for node as in the original, for any number of frames."""
    graph = Graph()

    def normalise(x: str, number: int) -> str:
        prefix = layer_name("batch_normalization", number)
        parts = ("gamma", "beta", "moving_mean", "moving_variance")
        values = [weights[f"{prefix}/{part}"] for part in parts]
        return graph("BatchNormalization", x, *values, epsilon=EPSILON)

    def convolve(x: str, number: int) -> str:
        prefix = layer_name("conv2d", number)
        kernel = weights[f"{prefix}/kernel"].transpose(3, 2, 0, 1)
        if number >= 5:  # what was frequency is channels by now
            kernel = kernel.transpose(0, 3, 2, 1)
        before, after = time_padding(kernel.shape[2])
        x = graph("Conv", x, kernel, weights[f"{prefix}/bias"], pads=[before, 0, after, 0])
        return normalise(graph("Relu", x), number + 1)

    x = normalise(graph("Unsqueeze", "log_mel", [1]), 0)
    maps = [convolve(x, number) for number in range(5)]
    front = graph("Concat", *(graph("ReduceMax", x, [3]) for x in maps), axis=1)
    first = convolve(front, 5)
    second = graph("Add", convolve(first, 6), first)
    third = graph("Add", convolve(second, 7), second)
    pooled = graph("Concat", front, first, second, third, axis=1)
    largest = graph("ReduceMax", pooled, [2], keepdims=0)
    mean = graph("ReduceMean", pooled, [2], keepdims=0)
    pooled = graph("Flatten", graph("Concat", largest, mean, axis=2))
    x = graph("Gemm", normalise(pooled, 9), weights["dense/kernel"], weights["dense/bias"])
    x = graph("Identity", normalise(graph("Relu", x), 10), output="penultimate")
    x = graph("Gemm", x, weights["dense_1/kernel"], weights["dense_1/bias"])
    graph("Sigmoid", x, output="probabilities")
    return graph.model(name, *weights["dense_1/kernel"].shape)


# --------------------------------------------------------------------------------------------
# The pruned network


@dataclass(frozen=True, eq=False)
class Layer:
    """A convolution, its ReLU and its batch normalisation.

    Parameters
    ----------
    kernel
        Filters x whatever one filter reads.
    bias, scale, shift
        One value per filter: the layer computes ``scale * relu(kernel * x + bias) + shift``.
    """

    kernel: Array
    bias: Array
    scale: Array
    shift: Array

    @property
    def live(self) -> NDArray[np.bool_]:
        """Which filters' outputs are no constants."""
        axes = tuple(range(1, self.kernel.ndim))
        norm = np.sqrt(np.square(self.kernel).sum(axis=axes))
        return np.asarray(norm * np.abs(self.scale) > DEAD_BELOW)

    @property
    def constant(self) -> Array:
        """What is left of each channel without ``scale * relu(...)`` of the live ones."""
        dead = self.scale * np.maximum(self.bias, 0) + self.shift
        return np.where(self.live, self.shift, dead)


def along_first(values: Array, like: Array) -> Array:
    """One value per filter, shaped to multiply an array of filters."""
    return values.reshape(-1, *[1] * (like.ndim - 1))


def normalisation(weights: Weights, number: int) -> tuple[Array, Array]:
    """Scale and shift of a batch normalisation."""
    prefix = layer_name("batch_normalization", number)
    gamma, beta, mean, variance = (
        weights[f"{prefix}/{part}"].astype(np.float64)
        for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    scale = gamma / np.sqrt(variance + EPSILON)
    return scale, beta - scale * mean


def convolution(weights: Weights, number: int) -> Layer:
    """Kernel (filters, time, frequency) in front, (filters, channels, time) in the middle."""
    prefix = layer_name("conv2d", number)
    kernel = weights[f"{prefix}/kernel"].astype(np.float64)[:, :, 0].transpose(2, 0, 1)
    if number >= 5:
        kernel = kernel.transpose(0, 2, 1)
    bias = weights[f"{prefix}/bias"].astype(np.float64)
    return Layer(kernel, bias, *normalisation(weights, number + 1))


def pruned_network(
    weights: Weights, name: str = "pruned", *, blocked: bool = True, spectral: bool = True
) -> onnx.ModelProto:
    """Build the graph without its dead filters; see the top of this file.

    Without ``blocked`` and ``spectral`` the front end's convolutions are direct ones.
    """
    graph = Graph()
    layers = [convolution(weights, number) for number in range(8)]
    x, input_scale = shift_input(graph, weights)
    filters = [front_filters(layer, input_scale) for layer in layers[:5]]
    # One more filter, zero, whose bias makes it the channel of ones.
    filters[4] = np.concatenate([filters[4], np.zeros_like(filters[4][:1])])

    maxima = [(spectral_timbral if spectral else direct)(graph, x, f) for f in filters[:2]]
    maxima += [(blocked_temporal if blocked else direct)(graph, x, f) for f in filters[2:]]
    features = rectify(graph, graph("Concat", *maxima, axis=1), layers[:5])
    channels, kept, constants = residual_middle(graph, features, layers)
    head(graph, channels, weights, kept, constants)
    return graph.model(name, *weights["dense_1/kernel"].shape)


def shift_input(graph: Graph, weights: Weights) -> tuple[str, Array]:
    """Batch normalisation of the input as one addition and a scale for the filters.

    Zero padding comes after the normalisation, so its shift cannot go into a bias.
    """
    scale, shift = normalisation(weights, 0)
    return graph("Add", "log_mel", shift / scale), scale


def front_filters(layer: Layer, input_scale: Array) -> Array:
    """Scale the live filters so that the largest output over frequency is wanted."""
    live = layer.live
    return layer.kernel[live] * along_first(layer.scale[live], layer.kernel) * input_scale


def direct(graph: Graph, x: str, filters: Array) -> str:
    """Find the largest outputs over frequency, (windows, filters, frames), as they stand."""
    before, after = time_padding(filters.shape[1])
    x = graph("Conv", graph("Unsqueeze", x, [1]), filters[:, None], pads=[before, 0, after, 0])
    return graph("ReduceMax", x, [3], keepdims=0)


def blocked_temporal(graph: Graph, x: str, filters: Array) -> str:
    """Do the same with the outputs of some successive frames computed as channels."""
    n_filters, n_taps = filters.shape[:2]
    step = frames_per_step(n_filters, n_taps)
    n_channels = n_filters * step
    kernel = np.zeros((round_up(n_channels, LANES), n_taps + step - 1))
    for frame in range(step):
        rows = slice(frame * n_filters, (frame + 1) * n_filters)
        kernel[rows, frame : frame + n_taps] = filters[:, :, 0]
    before, after = time_padding(n_taps)
    x = graph(
        "Conv",
        graph("Unsqueeze", x, [1]),
        kernel[:, None, :, None],
        pads=[before, 0, after + step - 1, 0],
        strides=[step, 1],
    )
    # With full registers this pools in the layout of the convolution; ReduceMax would not.
    y = graph("MaxPool", x, kernel_shape=[1, N_MELS])
    if n_channels < len(kernel):
        y = graph("Slice", y, [0], [n_channels], [1])
    # (windows, step x filters, steps, 1) -> (windows, filters, steps x step), cut to the frames
    y = graph("Reshape", y, [0, step, n_filters, -1])
    y = graph("Reshape", graph("Transpose", y, perm=[0, 2, 3, 1]), [0, n_filters, -1])
    return graph("Slice", y, [0], graph("Shape", "log_mel", start=1, end=2), [2])


LANES = 16  # float32 numbers in the widest vector register


def round_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple


def frames_per_step(n_filters: int, n_taps: int) -> int:
    """How many frames to compute at once: fewest multiplications, counting empty lanes."""

    def cost(step: int) -> float:
        return round_up(n_filters * step, LANES) * (n_taps + step - 1) / step

    return min(range(1, LANES + 1), key=cost)


def spectral_timbral(graph: Graph, x: str, filters: Array) -> str:
    """Do the same by way of the frequency domain, for filters of many bands."""
    n_filters, n_taps, n_bands = filters.shape
    n_bins = N_MELS // 2
    n_positions = N_MELS - n_bands + 1
    # Odd frequencies (k + 1/2) make all bins complex: no special cases at 0 and the highest.
    angles = 2 * np.pi * (np.arange(n_bins) + 0.5) / N_MELS

    forward = np.outer(angles, np.arange(N_MELS))
    forward = np.stack([np.cos(forward), -np.sin(forward)], axis=1).reshape(N_MELS, N_MELS)
    spectrum = graph("MatMul", forward, graph("Transpose", x, perm=[0, 2, 1]))

    # Shifted so that position 0 is the centre of all valid ones.
    centre = (n_positions - 1) / 2
    response = filters @ np.exp(1j * np.outer(np.arange(n_bands) + centre, angles))
    response = response.transpose(2, 0, 1) * (2 / N_MELS)  # bins, filters, taps
    before, after = time_padding(n_taps)

    def product(real: Array, imaginary: Array) -> str:
        kernel = np.stack([real, imaginary], axis=2).reshape(n_bins * n_filters, 2, n_taps)
        y = graph("Conv", spectrum, kernel, group=n_bins, pads=[before, after])
        return graph("Reshape", y, [0, n_bins, -1])

    half = (n_positions + 1) // 2
    phases = np.outer(np.arange(half) + centre % 1, angles)
    even = graph("MatMul", np.cos(phases), product(response.real, -response.imag))
    odd = graph("MatMul", np.sin(phases), product(response.imag, response.real))
    y = graph("ReduceMax", graph("Add", even, graph("Abs", odd)), [1], keepdims=0)
    return graph("Reshape", y, [0, n_filters, -1])


def rectify(graph: Graph, maxima: str, front: Sequence[Layer]) -> str:
    """Bias and ReLU for the maxima and the channel of ones, (windows, channels, frames)."""
    scale = np.concatenate([*(layer.scale[layer.live] for layer in front), [1.0]])
    bias = np.concatenate([*(layer.bias[layer.live] for layer in front), [1.0]])
    bias = (bias * np.abs(scale))[:, None]
    if (scale > 0).all():
        return graph("Relu", graph("Add", maxima, bias))
    sign = np.sign(scale)[:, None]
    return graph("Mul", graph("Relu", graph("Add", graph("Mul", maxima, sign), bias)), sign)


ONES = -1  # stands for the channel of ones where channels are listed


def residual_middle(
    graph: Graph, features: str, layers: Sequence[Layer]
) -> tuple[str, list[int], Array]:
    """Build the three convolutions over time, all of whose outputs are pooled.

    Returns
    -------
    channels
        Everything that is pooled, (windows, channels, frames), without its constants.
    kept
        Which of the original channels these are.
    constants
        The constant of each original channel.
    """
    front, (first, second, third) = layers[:5], layers[5:]
    n_front, n_middle = sum(len(layer.bias) for layer in front), len(first.bias)
    front_constants = np.concatenate([layer.constant for layer in front])
    kept_front = [*np.flatnonzero(np.concatenate([layer.live for layer in front])), ONES]
    kept_first = [*np.flatnonzero(first.live), ONES]
    # The others come last, so that the residual connection is a padding.
    kept_others = [*kept_first, *np.flatnonzero(~first.live)]
    n_others = len(kept_others) - len(kept_first)

    def convolve(
        x: str, layer: Layer, inputs: list[int], outputs: list[int], *, constants: Array, ones: int
    ) -> str:
        live = np.where(layer.live, layer.scale, 0)
        if (live < 0).any():
            raise ValueError("Pruning is not written for a negative scale after the front end.")
        kernel = layer.kernel * along_first(live, layer.kernel)
        carried = np.einsum("oit,i->ot", kernel, constants)
        kernel = take(kernel, inputs, axis=1)
        kernel[:, inputs.index(ONES)] = carried
        bias = take(layer.bias * live, outputs)
        bias[outputs.index(ONES)] = ones
        pads = time_padding(kernel.shape[2])
        return graph("Relu", graph("Conv", x, take(kernel, outputs), bias, pads=pads))

    r1 = convolve(features, first, kept_front, kept_first, constants=front_constants, ones=1)
    c1 = first.constant
    r2 = convolve(r1, second, kept_first, kept_others, constants=c1, ones=0)
    r2 = graph("Add", r2, graph("Pad", r1, [0, 0, 0, 0, n_others, 0]))
    c2 = second.constant + c1
    r3 = convolve(r2, third, kept_others, kept_others, constants=c2, ones=0)
    r3 = graph("Add", r3, r2)
    c3 = third.constant + c2

    kept = list(kept_front)
    for number, channels in enumerate((kept_first, kept_others, kept_others)):
        start = n_front + number * n_middle
        kept += [ONES if channel == ONES else start + channel for channel in channels]
    pooled = graph("Concat", features, r1, r2, r3, axis=1)
    return pooled, kept, np.concatenate([front_constants, c1, c2, c3])


def take(array: Array, channels: Sequence[int], axis: int = 0) -> Array:
    """Pick channels of an array, zeros for the channel of ones."""
    taken = np.take(array, channels, axis=axis)
    np.moveaxis(taken, axis, 0)[[channel == ONES for channel in channels]] = 0
    return taken


def head(
    graph: Graph, channels: str, weights: Weights, kept: Sequence[int], constants: Array
) -> None:
    """Pooling over time and the dense layers, with all constants in the bias."""
    scale, shift = normalisation(weights, 9)
    dense = weights["dense/kernel"].astype(np.float64)
    bias = weights["dense/bias"] + shift @ dense
    # Maximum and mean of a channel stand side by side.
    dense = (dense * scale[:, None]).reshape(len(constants), 2, -1)
    bias = bias + np.einsum("c,cpu->u", constants, dense)
    dense = take(dense, kept).transpose(1, 0, 2).reshape(-1, dense.shape[2])

    largest = graph("ReduceMax", channels, [2], keepdims=0)
    mean = graph("ReduceMean", channels, [2], keepdims=0)
    x = graph("Gemm", graph("Concat", largest, mean, axis=1), dense, bias)
    scale, shift = normalisation(weights, 10)
    x = graph("Mul", graph("Relu", x), scale)
    x = graph("Add", x, shift, output="penultimate")
    x = graph("Gemm", x, weights["dense_1/kernel"], weights["dense_1/bias"])
    graph("Sigmoid", x, output="probabilities")


# --------------------------------------------------------------------------------------------
# Checking and writing


@dataclass(frozen=True)
class Difference:
    """How far a graph is from the original on one input."""

    network: str
    graph: str
    music: str
    probabilities: float
    penultimate: float

    @property
    def accepted(self) -> bool:
        """Whether both are within what is demanded."""
        plain = self.graph == "plain"
        allowed = PLAIN_TOLERANCE if plain else PRUNED_TOLERANCE[self.network]
        return self.probabilities <= allowed[0] and self.penultimate <= allowed[1]


def compare(
    network: str, graph: str, model: onnx.ModelProto, golden: Mapping[str, NDArray[np.float32]]
) -> list[Difference]:
    """Differences to the original graph's outputs on both inputs of the golden file."""
    session = onnx_session(model.SerializeToString())
    differences = []
    for music in ("msd", "mtt"):
        outputs = session.run(
            ("probabilities", "penultimate"), {"log_mel": golden[f"{music}_input"]}
        )
        probabilities, penultimate = (
            np.abs(output - golden[f"{network}/{music}_{name}"]).max()
            for output, name in zip(outputs, ("probabilities", "penultimate"), strict=True)
        )
        largest = np.abs(golden[f"{network}/{music}_penultimate"]).max()
        differences.append(
            Difference(network, graph, music, float(probabilities), float(penultimate / largest))
        )
    return differences


def write(model: onnx.ModelProto, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
    sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.2f} MB\n")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Convert musicnn's checkpoints to ONNX.")
    parser.add_argument("--wheel", type=Path, help="musicnn 0.1.0 wheel, instead of fetching it")
    parser.add_argument("--golden", type=Path, help="npz with the original's inputs and outputs")
    parser.add_argument("--plain", type=Path, help="folder for the graphs as in the original")
    parser.add_argument("--output", type=Path, default=SHIPPED, help="folder for pruned graphs")
    options = parser.parse_args(arguments)

    wheel = read_wheel(options.wheel)
    models = {}
    for network in NETWORKS:
        weights = read_weights(wheel, network)
        models[network, "plain"] = plain_network(weights, network)
        models[network, "pruned"] = pruned_network(weights, network)

    if options.golden:
        with np.load(options.golden, allow_pickle=False) as golden:
            differences = [d for key, model in models.items() for d in compare(*key, model, golden)]
        sys.stdout.write("network      graph   music  probabilities  penultimate (relative)\n")
        for d in differences:
            numbers = f"{d.probabilities:<14.1e} {d.penultimate:.1e}"
            verdict = "" if d.accepted else "  too much"
            sys.stdout.write(f"{d.network:12} {d.graph:7} {d.music:6} {numbers}{verdict}\n")
        if not all(d.accepted for d in differences):
            return 1

    for (network, kind), model in models.items():
        folder = options.output if kind == "pruned" else options.plain
        if folder:
            write(model, folder / f"{network}.onnx")
    return 0


if __name__ == "__main__":
    sys.exit(main())
