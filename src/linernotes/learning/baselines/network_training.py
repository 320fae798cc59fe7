"""Training of networks with torch, and their answers.

All of it runs in one thread, for sums over several depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from linernotes.learning.baselines.network_layers import (
    LARGEST_DEVIATION,
    Branch,
    Floats,
    Layer,
    PictureBranch,
    TrainedBranch,
    TrainedNetwork,
)

if TYPE_CHECKING:
    from linernotes.learning.baselines.network import Network

# Answers for so many rows at once, and their standardisation.
_ROWS = 128
# Of fewer held-out rows one cannot see when to stop.
_FEWEST_HELD_OUT = 100


def train(network: Network, values: Floats, codes: NDArray[np.intp]) -> TrainedNetwork:
    """Train a network.

    Parameters
    ----------
    network
        Its parameters.
    values
        float32, shape (rows, columns), finite.
    codes
        Number of each row's class; all classes occur.

    Returns
    -------
    TrainedNetwork
        Ready to be asked by `scores`.
    """
    with _reproducible(network.random_state):
        rng = np.random.default_rng(network.random_state)
        training, held = _split(codes, network.held_out, rng)
        inputs, standards, start = [], [], 0
        for branch in network.branches:
            input_ = _input(branch, values[:, start : start + branch.columns])
            standards.append(_standardise(branch, input_, training))
            inputs.append(torch.from_numpy(input_))
            start += branch.columns
        modules = nn.ModuleList([_branch(branch) for branch in network.branches])
        width = sum(_width(branch) for branch in network.branches)
        head = _head(width, network, int(codes.max()) + 1)

        def forward(rows: NDArray[np.intp]) -> Tensor:
            parts = [module(input_[rows]) for module, input_ in zip(modules, inputs, strict=True)]
            found: Tensor = head(torch.cat(parts, dim=1))
            return found

        everything = nn.ModuleList([modules, head])
        for weights in everything.parameters():
            if weights.dim() == 4:  # with channels side by side, convolutions take half the time
                weights.data = weights.data.to(memory_format=torch.channels_last)
        epochs = _descend(
            network, everything, forward, codes=codes, training=training, held=held, rng=rng
        )
        branches = tuple(
            TrainedBranch(branch, *of, _layers(module))
            for branch, of, module in zip(network.branches, standards, modules, strict=True)
        )
        return TrainedNetwork(branches, _layers(head), epochs)


def scores(trained: TrainedNetwork, values: Floats) -> NDArray[np.float64]:
    """Return the score of each class for each row; their softmax are probabilities.

    Returns
    -------
    NDArray
        float64, shape (rows, classes).
    """
    with _reproducible(0), torch.inference_mode():
        blocks = [
            _answer(trained, values[start : start + _ROWS])
            for start in range(0, len(values), _ROWS)
        ]
    classes = len(trained.head[-1].bias)
    return np.concatenate([*blocks, np.empty((0, classes))]).astype(np.float64)


def _answer(trained: TrainedNetwork, values: Floats) -> NDArray[np.float32]:
    parts = []
    start = 0
    for branch in trained.branches:
        input_ = _input(branch.spec, values[:, start : start + branch.spec.columns])
        start += branch.spec.columns
        _apply(branch.spec, input_, branch.mean, branch.scale)
        signal = torch.from_numpy(input_)
        for layer in branch.layers:
            weight, bias = torch.from_numpy(layer.weight), torch.from_numpy(layer.bias)
            if isinstance(branch.spec, PictureBranch):
                signal = functional.relu(functional.conv2d(signal, weight, bias, padding=1))
                signal = functional.max_pool2d(signal, branch.spec.pool)
            else:
                signal = functional.relu(functional.linear(signal, weight, bias))
        if isinstance(branch.spec, PictureBranch):
            signal = signal.mean(dim=3)
        parts.append(signal.flatten(1))
    signal = torch.cat(parts, dim=1)
    for layer in trained.head[:-1]:
        weight, bias = torch.from_numpy(layer.weight), torch.from_numpy(layer.bias)
        signal = functional.relu(functional.linear(signal, weight, bias))
    last = trained.head[-1]
    signal = functional.linear(signal, torch.from_numpy(last.weight), torch.from_numpy(last.bias))
    found: NDArray[np.float32] = signal.numpy()
    return found


@contextmanager
def _reproducible(random_state: int) -> Iterator[None]:
    """One thread, methods without chance, and a seed; then all as it was."""
    threads = torch.get_num_threads()
    strict = torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(random_state)
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(strict)
            torch.set_num_threads(threads)


def _split(
    codes: NDArray[np.intp], share: float, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows to train on and rows to keep aside, the same share of each class."""
    order = rng.permutation(len(codes))
    held: list[NDArray[np.intp]] = []
    for code in range(int(codes.max()) + 1):
        rows = order[codes[order] == code]
        held.append(rows[: round(share * len(rows))])
    aside = np.concatenate(held)
    if len(aside) < _FEWEST_HELD_OUT:
        return order, order[:0]
    return np.setdiff1d(order, aside), aside


def _input(branch: Branch, values: Floats) -> Floats:
    """Return columns as a branch takes them: (rows, columns) or (rows, 1, bands, frames)."""
    if not isinstance(branch, PictureBranch):
        return values.astype(np.float32, copy=True)
    high, wide = branch.shrink
    shrunken = np.empty((len(values), 1, *branch.size), np.float32)
    for start in range(0, len(values), _ROWS):
        block = values[start : start + _ROWS].reshape(-1, branch.bands, branch.frames)
        block = block[:, : branch.size[0] * high, : branch.size[1] * wide]
        places = block.reshape(-1, branch.size[0], high, branch.size[1], wide)
        shrunken[start : start + _ROWS, 0] = places.mean(axis=(2, 4))
    return shrunken


def _standardise(branch: Branch, values: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Standardise in place; return mean and deviation of each column or band over some rows."""
    totals = np.zeros((2, *values.shape[1:]))
    for start in range(0, len(rows), _ROWS):
        block = values[rows[start : start + _ROWS]].astype(np.float64)
        totals += block.sum(axis=0), np.square(block).sum(axis=0)
    mean, square = totals / len(rows)
    if isinstance(branch, PictureBranch):
        mean, square = (x[0].mean(axis=1, keepdims=True) for x in (mean, square))
    variance = square - mean**2
    # What is left of a constant but for rounding must not be blown up.
    constant = variance <= 1e-10 * square
    scale = np.where(constant, 1.0, np.sqrt(np.where(constant, 1.0, variance)))
    mean, scale = mean.astype(np.float32), scale.astype(np.float32)
    _apply(branch, values, mean, scale)
    return mean, scale


def _apply(branch: Branch, values: Floats, mean: Floats, scale: Floats) -> None:
    values -= mean
    values /= scale
    if not isinstance(branch, PictureBranch):
        np.clip(values, -LARGEST_DEVIATION, LARGEST_DEVIATION, out=values)


def _branch(branch: Branch) -> nn.Sequential:
    parts: list[nn.Module] = []
    if isinstance(branch, PictureBranch):
        before = 1
        for channels in branch.channels:
            parts += [
                nn.Conv2d(before, channels, 3, padding=1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.MaxPool2d(branch.pool),
            ]
            before = channels
        return nn.Sequential(*parts, nn.AdaptiveAvgPool2d((None, 1)), nn.Flatten())
    before = branch.columns
    for size in branch.hidden:
        parts += [nn.Linear(before, size), nn.ReLU()]
        before = size
    return nn.Sequential(*parts)


def _width(branch: Branch) -> int:
    """How many numbers a branch gives."""
    if not isinstance(branch, PictureBranch):
        return branch.hidden[-1] if branch.hidden else branch.columns
    height, width = branch.left
    if not height or not width:
        raise ValueError("The picture is too small for so many layers.")
    return branch.channels[-1] * height


def _head(width: int, network: Network, classes: int) -> nn.Sequential:
    parts: list[nn.Module] = [nn.Dropout(network.dropout)]
    for size in network.hidden:
        parts += [nn.Linear(width, size), nn.ReLU(), nn.Dropout(network.dropout)]
        width = size
    return nn.Sequential(*parts, nn.Linear(width, classes))


def _descend(
    network: Network,
    modules: nn.Module,
    forward: Callable[[NDArray[np.intp]], Tensor],
    *,
    codes: NDArray[np.intp],
    training: NDArray[np.intp],
    held: NDArray[np.intp],
    rng: np.random.Generator,
) -> int:
    """Train until the held-out rows get no more probable; return after how many epochs."""
    # Batches of nearly equal size: a last one of a single row has no variance.
    batches = max(1, len(training) // network.batch_size)
    optimiser = torch.optim.AdamW(
        modules.parameters(), lr=network.learning_rate, weight_decay=network.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, network.learning_rate, total_steps=network.epochs * batches
    )
    targets = torch.from_numpy(codes.astype(np.int64))
    best, best_epoch, kept = np.inf, network.epochs, modules.state_dict()
    for epoch in range(1, network.epochs + 1):
        modules.train()
        for rows in np.array_split(rng.permutation(training), batches):
            loss = functional.cross_entropy(forward(rows), targets[rows])
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
        if not len(held):
            continue
        loss_held = _loss(modules, forward, targets, held)
        if loss_held < best:
            best, best_epoch = loss_held, epoch
            kept = {name: value.clone() for name, value in modules.state_dict().items()}
        elif epoch - best_epoch >= network.patience:
            break
    modules.load_state_dict(kept)
    return best_epoch


def _loss(
    modules: nn.Module,
    forward: Callable[[NDArray[np.intp]], Tensor],
    targets: Tensor,
    rows: NDArray[np.intp],
) -> float:
    modules.eval()
    total = 0.0
    with torch.inference_mode():
        for start in range(0, len(rows), _ROWS):
            block = rows[start : start + _ROWS]
            total += float(
                functional.cross_entropy(forward(block), targets[block], reduction="sum")
            )
    return total / len(rows)


def _layers(modules: nn.Module) -> tuple[Layer, ...]:
    """Return the weights; a normalisation becomes part of the convolution before it."""
    layers: list[Layer] = []
    for module in modules.children():
        if isinstance(module, nn.Linear):
            layers.append(Layer(_array(module.weight), _array(module.bias)))
        elif isinstance(module, nn.Conv2d):
            layers.append(Layer(_array(module.weight), np.zeros(module.out_channels, np.float32)))
        elif isinstance(module, nn.BatchNorm2d):
            known = {name: _array(value) for name, value in module.state_dict().items()}
            gain = known["weight"] / np.sqrt(known["running_var"] + module.eps)
            bias = known["bias"] - gain * known["running_mean"]
            weight = layers.pop().weight * gain[:, np.newaxis, np.newaxis, np.newaxis]
            layers.append(Layer(weight.astype(np.float32), bias.astype(np.float32)))
    return tuple(layers)


def _array(tensor: Tensor) -> Floats:
    return tensor.detach().numpy().astype(np.float32, copy=True)
