"""CPU time and memory of whole simulations, and simulated MACs per CPU second.

    python -m tests.benchmarks.benchmark_simulation [--write]

Each case runs in a process of its own, warm (a first run compiles and fills the caches), and
asserts what was computed: the output equals the whole-layer reference. With `--write` the
table goes to results/benchmarks/simulation.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

from results.provenance import made_at

# What SCALE-Sim 3.0.0 does in compute mode on this kind of machine (two shared Zen cores), as
# measured with the published package: the rate the 56x56x256->256 case is held against.
SCALESIM_MACS_PER_CPU_S = 4.5e6

LAYER = """
name = "one-layer"
title = "56x56, 256 to 256 channels, 3x3"
source = "benchmark"
[input]
channels = 256
height = 56
width = 56
[[layer]]
name = "conv"
operator = "conv2d"
filters = 256
kernel = 3
padding = 1
activation = "relu"
"""


def resnet18() -> dict[str, float]:
    """ResNet-18 at 224x224 with real data and command-level DDR3, as `lightsim run` does it."""
    from lightsim.flow.run import Experiment, run

    begin = time.process_time()
    report = run(Experiment("resnet18-imagenet", board="zc706", scheme="flightnn", tracing=False))
    spent = time.process_time() - begin
    assert report.bit_exact
    return {
        "cycles": report.cycles,
        "macs": sum(layer.macs for layer in report.layers),
        "cpu_s": spent,
    }


def single_layer() -> dict[str, float]:
    """One 3x3 layer on a 32x32 array: the simulation alone, data and DDR3 included."""
    import numpy as np

    from lightsim.hardware import board
    from lightsim.network.parsing import parse_network
    from lightsim.numerics.formats.scheme import scheme
    from lightsim.quantisation.inference.infer import infer
    from lightsim.quantisation.select import quantise
    from lightsim.quantisation.synthetic.workload import synthetic_images
    from lightsim.tiled.description.accelerator import Array, LaneGroup
    from lightsim.tiled.estimation.sizing import grown, least_design
    from lightsim.tiled.mapping.program import map_workload
    from lightsim.tiled.simulation.machine import simulate

    chosen, on = scheme("lightnn1"), board("zc706")
    network = parse_network(LAYER, "benchmark")
    workload = quantise(network, chosen, 0)
    images = synthetic_images(network, 1, 0)
    array = Array((LaneGroup("shift_add_serial", 32),), 32, 1)
    accelerator = grown(least_design(on, chosen, array), on.device, 0.8)
    expected = infer(workload, images)
    begin = time.process_time()
    program = map_workload(workload, accelerator)
    result = simulate([program], [images], tracing=False)
    spent = time.process_time() - begin
    assert np.array_equal(result.outputs["conv"], expected)
    return {"cycles": result.cycles, "macs": network.macs, "cpu_s": spent}


CASES = {"resnet18-imagenet on zc706": resnet18, "56x56x256->256 3x3 on 32x32": single_layer}


def measure(name: str) -> dict[str, float]:
    """The second run of a case, in this process, and the process's largest resident size."""
    CASES[name]()
    found = CASES[name]()
    found["resident_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def table(rows: dict[str, dict[str, float]]) -> str:
    """The measurements as a Markdown table."""
    lines = [
        "| case | simulated cycles | CPU s | resident MB | simulated MAC / CPU s "
        "| against SCALE-Sim 3.0.0 |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        rate = row["macs"] / row["cpu_s"]
        lines.append(
            f"| {name} | {row['cycles']:,.0f} | {row['cpu_s']:.2f} | {row['resident_mb']:.0f} "
            f"| {rate / 1e6:,.0f} M | {rate / SCALESIM_MACS_PER_CPU_S:,.0f} x |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure every case in a fresh process and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.case:
        print(json.dumps(measure(options.case)))
        return
    rows = {}
    for name in CASES:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.benchmark_simulation", "--case", name],
            check=True,
            capture_output=True,
            text=True,
        )
        rows[name] = json.loads(done.stdout)
    text = table(rows)
    print(text)
    if options.write:
        where = Path(__file__).parents[2] / "results" / "benchmarks"
        where.mkdir(parents=True, exist_ok=True)
        (where / "simulation.md").write_text(
            "# Speed of the simulation\n\n"
            f"{made_at('python -m tests.benchmarks.benchmark_simulation --write')}, on "
            f"{platform.machine()}, Python {platform.python_version()}. CPU time of "
            "one process on a shared machine: orders of magnitude and ratios, not promises. "
            "SCALE-Sim's 4.5 million MAC per CPU second was measured on the same kind of machine "
            "in compute mode; it computes no values.\n\n" + text + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
