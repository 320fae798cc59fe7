"""Installed networks: what hearing 30 s costs beside onnxruntime alone, and two beside one.

    python benchmarks/installed_networks.py

The network is as large as CLAP's audio tower (HTS-AT, 28 million weights), with random weights,
made by transformers. Times are of the processors, in one run, medians of several rounds in turn.

One run, on a busy machine:

==========================  ======  ======
                            s       times
==========================  ======  ======
onnxruntime alone           0.24    1.00
linernotes                  0.27    1.10
one network, decoded apart  0.27    1.14
two networks together       0.53    2.21
==========================  ======  ======

A window given alone or with others, milliseconds of a processor each, numbers the same to the last
bit:

=====  ======
batch  ms
=====  ======
1      74.5
4      77.6
16     90.2
=====  ======
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from linernotes.networks import find_known, hear, hear_together, install, open_network, spec_file
from linernotes.networks.hearing import prepare
from linernotes.networks.trial import made_up_sound

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

ROUNDS = 5
BATCHES = (1, 4, 16)
RATE = 48000


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "clap.onnx"
        graph.write_bytes(clap_tower())
        text = spec_file("clap").decode()
        alone = text[: text.index("[text]")] + '[[files]]\nname = "network.onnx"\n'
        networks = [
            install(
                alone.replace('name = "clap"', f'name = "{name}"').encode(),
                files=graph,
                folder=Path(folder) / "networks",
            )
            for name in ("one", "two")
        ]
        sound = made_up_sound(RATE)
        session = open_network(networks[0])
        spec = networks[0].spec
        windows = [prepare(spec, piece) for piece in np.split(sound, 3)]

        def onnxruntime_alone() -> None:
            for window in windows:
                session.run(["audio_embeds"], {"input_features": window})

        def front_end() -> None:
            for piece in np.split(sound, 3):
                prepare(spec, piece)

        timed = {
            "onnxruntime alone": onnxruntime_alone,
            "linernotes": lambda: hear(spec, session, [sound], threads=1),
            "front end alone": front_end,
            "one network, decoded apart": lambda: hear_together(networks[:1], [sound], RATE),
            "two networks together": lambda: hear_together(networks, [sound], RATE),
        }
        medians = measure(timed)
        batches = measure_batches(session)
    base = medians["onnxruntime alone"]
    print(f"30 s through {find_known('clap').title}'s audio tower, random weights:")
    for name, seconds in medians.items():
        print(f"  {name:28} {seconds:6.2f} s of a processor  {seconds / base:5.2f} x")
    for batch, (seconds, same) in batches.items():
        words = "the same numbers" if same else "other last bits"
        print(f"  batches of {batch:<2} {1000 * seconds:6.1f} ms of a processor a window, {words}")


def measure_batches(session: InferenceSession) -> dict[int, tuple[float, bool]]:
    """Return seconds of a processor a window, and whether numbers are those of single windows."""
    mels = np.random.default_rng(0).standard_normal((max(BATCHES), 1, 1001, 64)).astype(np.float32)

    def told(batch: int) -> np.ndarray:
        parts = np.split(mels, len(mels) // batch)
        return np.concatenate([session.run(None, {"input_features": part})[0] for part in parts])

    runs = {str(batch): partial(told, batch) for batch in BATCHES}
    medians = measure(runs)
    single = told(1)
    return {
        batch: (medians[str(batch)] / len(mels), np.array_equal(told(batch), single))
        for batch in BATCHES
    }


def measure(timed: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return medians of processor time, in turn."""
    taken: dict[str, list[float]] = {name: [] for name in timed}
    for _ in range(ROUNDS):
        for name, run in timed.items():
            begun = time.process_time()
            run()
            taken[name].append(time.process_time() - begun)
    return {name: statistics.median(values) for name, values in taken.items()}


def clap_tower() -> bytes:
    """Return CLAP's audio tower as an ONNX file, with random weights."""
    import torch
    from transformers import ClapConfig, ClapModel

    class Tower(torch.nn.Module):
        def __init__(self, model: ClapModel) -> None:
            super().__init__()
            self.model = model

        def forward(self, mel: torch.Tensor) -> torch.Tensor:
            told = self.model.get_audio_features(input_features=mel)
            return told if isinstance(told, torch.Tensor) else told.pooler_output

    torch.manual_seed(0)
    model = ClapModel(ClapConfig(audio_config={"enable_fusion": False})).eval()
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Tower(model), (torch.randn(1, 1, 1001, 64),), buffer,
            input_names=["input_features"], output_names=["audio_embeds"],
            dynamic_axes={"input_features": {0: "batch"}, "audio_embeds": {0: "batch"}},
            opset_version=17, dynamo=False,
        )  # fmt: skip
    return buffer.getvalue()


if __name__ == "__main__":
    main()
