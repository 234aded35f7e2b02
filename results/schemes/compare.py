"""The same networks under every scheme on one board, each with the largest array that fits.

    python results/schemes/compare.py [--board zc706]

writes, beside itself, `<board>.csv` (every design and network), `<board>-mixture.csv`
(throughput against the share of two-term filters), `<board>.md` (the table and what it says of
the FLightNN abstract) and, where chromium is installed, `<board>.png`.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from designs import NETWORKS, UTILISATION, designs
from page import describe, draw

from lightsim.flow.run import Experiment, run
from lightsim.hardware import Board, board
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation.select import quantise
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.quantisation.workload import QuantisedLayer, Workload
from lightsim.tiled.estimation import default_accelerator
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.simulation.machine import simulate

HERE = Path(__file__).parent
SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def measure(on: Board) -> pd.DataFrame:
    """Simulate every network on every design."""
    rows = []
    for design in designs(on):
        for network in NETWORKS:
            report = run(Experiment(network, accelerator=design.accelerator, tracing=False))
            convolutions = [la for la in report.layers if la.kind in ("convolution", "depthwise")]
            cycles = sum(layer.cycles for layer in convolutions)
            rows.append(
                {
                    "design": design.label,
                    "scheme": design.scheme,
                    "accelerator": report.accelerator,
                    "lanes": design.accelerator.array.lanes,
                    "network": network,
                    "images_per_s": round(report.throughput_images_per_s, 2),
                    "gops": round(report.gops, 2),
                    "cycles": report.cycles,
                    "convolution_cycles": cycles,
                    "convolution_images_per_s": round(report.clock_hz / cycles, 2),
                    "bit_exact": report.bit_exact,
                    **{name: row.used for name, row in report.resources.items()},
                    "uj_per_image": round(report.energy_j * 1e6, 1),
                }
            )
    return pd.DataFrame(rows)


def mixture(on: Board, network_name: str = "vgg7-cifar10") -> pd.DataFrame:
    """Throughput of the serial array against the share of filters that keep two terms."""
    accelerator = default_accelerator(on, scheme("flightnn"), utilisation=UTILISATION)
    network = load_network(network_name)
    images = synthetic_images(network, 1, 0)
    whole = quantise(network, scheme("flightnn"), 0)
    rows = []
    for share in SHARES:
        workload = with_share(whole, share)
        for ordered in (True, False):
            program = map_workload(workload, accelerator, sort_filters=ordered)
            cycles = simulate([program], [images], tracing=False).cycles
            rows.append(
                {
                    "share_of_two_term_filters": share,
                    "sorted": ordered,
                    "cycles": cycles,
                    "images_per_s": round(accelerator.clock_hz / cycles, 2),
                }
            )
    return pd.DataFrame(rows)


def with_share(workload: Workload, share: float) -> Workload:
    """The workload with that share of every layer's filters at k = 2 and the rest at k = 1."""
    generator = np.random.default_rng(0)
    layers = []
    for layer in workload.layers:
        if layer.weights is None or layer.k is None:
            layers.append(layer)
            continue
        order = generator.permutation(len(layer.k))
        keep = order[: round(share * len(order))]
        layers.append(_with_two_terms(layer, keep))
    return replace(workload, layers=tuple(layers))


def _with_two_terms(layer: QuantisedLayer, filters: np.ndarray) -> QuantisedLayer:
    """One term (the largest power of two) everywhere but in `filters`."""
    assert layer.weights is not None and layer.k is not None
    magnitude = np.abs(layer.weights.astype(np.int64))
    power = np.where(magnitude > 0, 1 << np.log2(np.maximum(magnitude, 1)).astype(np.int64), 0)
    one = (np.sign(layer.weights) * np.minimum(power, 128)).astype(np.int16)
    k = np.ones_like(layer.k)
    k[filters] = 2
    weights = np.where((k == 2)[:, None, None, None], layer.weights, one)
    return replace(layer, weights=weights.astype(np.int16), k=k)


def main() -> None:
    """Measure, write, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--board", default="zc706")
    on = board(parser.parse_args().board)
    frame, mixed = measure(on), mixture(on)
    frame.to_csv(HERE / f"{on.name}.csv", index=False)
    mixed.to_csv(HERE / f"{on.name}-mixture.csv", index=False)
    (HERE / f"{on.name}.md").write_text(describe(on, frame, mixed), encoding="utf-8")
    draw(on, frame, mixed, HERE / f"{on.name}.png")


if __name__ == "__main__":
    main()
