"""What a step of training costs: CPU time on one thread, beside PyTorch's own layers in float.

    python -m tests.benchmarks.benchmark_training [--write]

The yardstick has the same convolutions, normalisations and activations without any rounding,
channels first, as they are written without a thought of speed. Losses are asserted to be finite.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from unittest import mock

import torch
from torch.nn import functional

from lightsim.network import load_network
from lightsim.training.loop.epochs import deterministic
from lightsim.training.models.model import Model, build_model
from lightsim.training.recipes.options import ModelOptions
from lightsim.training.weights import passes
from results.provenance import made_by

BATCH, TURNS = 128, 5
NETWORKS = {"lenet": 60_000, "cifar10-3conv": 50_000, "resnet20-cifar10": 50_000}


def cpu_seconds(name: str, scheme: str, plain: bool = False) -> float:
    """The least CPU time of a step; `plain` has no compiled pass and no other order in memory."""
    network = load_network(name)
    model = build_model(network, scheme, ModelOptions(), 0)
    shape = network.input_shape
    images = torch.randint(0, 256, (BATCH, shape.channels, shape.height, shape.width)).float()
    labels = torch.randint(0, 10, (BATCH,))
    model.calibrate(images)
    optimiser = torch.optim.Adam(model.parameter_groups(0.0), lr=1e-3)
    model.train()
    model.begin_epoch(5, 10)
    best = math.inf
    with (
        deterministic(1, torch.device("cpu")),
        mock.patch.object(passes, "serves", (lambda *_: False) if plain else passes.serves),
    ):
        for _ in range(1 + TURNS):
            begun = time.process_time()
            step(model, images, labels, optimiser, plain)
            best = min(best, time.process_time() - begun)
    return best


def step(
    model: Model,
    images: torch.Tensor,
    labels: torch.Tensor,
    optimiser: torch.optim.Optimizer,
    plain: bool,
) -> None:
    """One step of the training loop."""
    order = torch.contiguous_format if plain else torch.channels_last
    with mock.patch.object(torch, "channels_last", order):
        found = model(images)
    loss = functional.cross_entropy(found, labels) + model.penalty()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    model.confine()
    if not math.isfinite(float(loss)):
        raise SystemExit("the loss is not a number")


def table() -> str:
    """The measurements as a Markdown table."""
    lines = [
        "| network | scheme | torch alone, ms | a step, ms | plain float, ms | epochs an hour |",
        "|---|---|---|---|---|---|",
    ]
    for name, images in NETWORKS.items():
        float_plain = cpu_seconds(name, "float32", plain=True)
        for scheme in ("float32", "lightnn1", "flightnn"):
            before, after = cpu_seconds(name, scheme, plain=True), cpu_seconds(name, scheme)
            epochs = 3600 / (after * (images // BATCH))
            lines.append(
                f"| {name} | {scheme} | {1000 * before:.0f} | {1000 * after:.0f} | "
                f"{1000 * float_plain:.0f} | {epochs:.0f} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Print the table, or write it to `results/benchmarks/training.md`."""
    text = (
        "# A step of training\n\n"
        f"{made_by('python -m tests.benchmarks.benchmark_training --write')} A step is {BATCH} "
        f'images on one thread, the least of {TURNS}. "Roundings in torch" are the same steps\n'
        "without compiled passes and with channels first in memory; an hour is one of CPU time.\n\n"
        f"{table()}\n"
    )
    if "--write" in sys.argv:
        path = Path(__file__).parents[2] / "results" / "benchmarks" / "training.md"
        path.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
