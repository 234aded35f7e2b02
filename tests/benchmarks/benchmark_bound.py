"""How tight the closed-form bound is, how many designs and mappings a CPU second bounds.

    python -m tests.benchmarks.benchmark_bound [--write] [--quick]

Cycles of the timeline with the best mapping found, over the bound, for networks of the zoo on
boards: the default array of each, and random ones. The mapping is `optimum`'s, cut short after
some tilings a pass, so a ratio is at most that much too large. With `--write` the tables go to
results/benchmarks/bound.md.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median

import numpy as np

from lightsim.errors import LightSimError
from lightsim.hardware.catalogue import BOARDS
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.select import quantise
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.description.accelerator import Array, LaneGroup
from lightsim.tiled.estimation.defaults import default_accelerator
from lightsim.tiled.mapping.lowering.passes import lower
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.optimum import choose_exact, exact_tilings
from lightsim.tiled.optimum.choices.filters import filter_choices
from lightsim.tiled.optimum.choices.positions import position_choices
from lightsim.tiled.optimum.choose import Search
from lightsim.tiled.timeline.model import run
from results.provenance import made_at

NETWORKS = ("lenet", "cifar10-3conv", "resnet20-cifar10", "vgg7-cifar10", "resnet18-imagenet",
            "mobilenet-v1")  # fmt: skip
PLACES = (("zc706", "flightnn"), ("ultra96", "fixed8"), ("pynq-z2", "lightnn1"),
          ("ulx3s", "flightnn"), ("u250", "flightnn"))  # fmt: skip
TIMED = 60  # tilings timed of every pass


def arrays(accelerator, dice, count):
    """The accelerator, and others with smaller arrays of random shape."""
    yield "default", accelerator
    groups, old = accelerator.array.groups, accelerator.array
    for _ in range(count):
        rows = dice.choice([4, 8, 12, 16, 24, 32, 48])
        array = Array(
            (LaneGroup(groups[0].pe, rows),), dice.choice([4, 8, 16, 32]), dice.randint(1, 6)
        )
        if array.lanes <= old.lanes:
            lanes = dice.choice([4, 8, 16])
            post = replace(accelerator.post, lanes=lanes)
            yield (
                f"{rows}x{array.columns}x{array.pixels}",
                replace(accelerator, array=array, post=post),
            )


def tightness(quick):
    """Rows: network, board, scheme, array, timeline, bound, share of its cycles the array works."""
    dice = Random(4)
    for name in NETWORKS[:3] if quick else NETWORKS:
        network = load_network(name)
        for board, scheme in PLACES:
            workload = quantise(network, SCHEMES[scheme], 0)
            accelerator = default_accelerator(BOARDS[board], SCHEMES[scheme])
            for shape, made in arrays(accelerator, dice, 3):
                try:
                    found = exact_tilings(workload, made, most=TIMED)
                    best = {layer: choice.tiling for layer, choice in found.items()}
                    timing = run([map_workload(workload, made, tilings=best)])
                except LightSimError:
                    continue
                bound = int(NetworkBound(workload, made).cycles(Axes.of([made]))[0])
                assert bound <= timing.cycles
                busy = sum(layer.busy for layer in timing.layers) / timing.cycles
                yield name, board, scheme, shape, timing.cycles, bound, busy


def spent(call, repeats=3):
    """The least CPU seconds of a call."""
    least = float("inf")
    for _ in range(repeats):
        begin = time.process_time()
        call()
        least = min(least, time.process_time() - begin)
    return least


def rates():
    """Rows: what is evaluated for ResNet-18 on zc706, and how many of it in a CPU second."""
    scheme = SCHEMES["flightnn"]
    workload = quantise(load_network("resnet18-imagenet"), scheme, 0)
    made = default_accelerator(BOARDS["zc706"], scheme)
    bound, count, dice = NetworkBound(workload, made), 200_000, np.random.default_rng(0)
    one = Axes.of([made]).vary(
        serial_rows=dice.integers(1, 65, count), pixels=dice.integers(1, 9, count),
        post_lanes=2 ** dice.integers(0, 6, count), code_bits=4 * dice.integers(1, 65, count),
        input_bytes=1024 * 2 ** dice.integers(4, 8, count),
        weight_bytes=1024 * 2 ** dice.integers(4, 10, count),
        clock_hz=10**6 * dice.integers(100, 250, count), images=dice.integers(1, 5, count),
    )  # fmt: skip
    many = one.vary(
        columns=2 ** dice.integers(2, 7, count), port_bits=2 ** dice.integers(6, 9, count)
    )
    k = np.repeat(bound.k[:, :, None], count, axis=2)
    for what, machines, counts in (
        ("designs, bound, one number of columns", one, None),
        ("designs, bound, 15 numbers of columns and ports", many, None),
        ("designs, bound, own k counts each", one, k),
    ):
        bound.cycles(machines, counts)
        yield what, count / spent(lambda m=machines, c=counts: bound.cycles(m, c))
    plan = lower(workload, made)
    looked = seconds = timed = whole = 0
    for layer in plan.layers:
        search = Search(
            layer, made, 1, filter_choices(layer, made, True), position_choices(layer, made, 1)
        )
        search.below(np.inf)
        seconds += spent(lambda s=search: s.below(np.inf))
        looked += search.looked
        begin = time.process_time()
        choice = choose_exact(plan, layer, made, 1)
        whole += time.process_time() - begin
        timed += choice.timed
    yield "mappings of a layer, limit, every legal one", looked / seconds
    yield "mappings of a layer covered by the exact choice", looked / whole
    yield "layers chosen exactly", len(plan.layers) / whole
    program = map_workload(workload, made)
    yield "designs, timeline, mapping given", 1 / spent(lambda: run([program]), 20)


def main():
    """Measure, and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    lines = ["| evaluated, ResNet-18 on zc706 | in a CPU second |", "|---|---|"]
    lines += [f"| {what} | {rate:,.4g} |" for what, rate in rates()]
    found = list(tightness(options.quick))
    ratios = [row[4] / row[5] for row in found]
    bound_by_array = [row[4] / row[5] for row in found if row[6] >= 0.8]
    lines += ["", f"Timeline over bound, {len(found)} designs: median {median(ratios):.3f}, worst "
              f"{max(ratios):.3f}; the {len(bound_by_array)} whose array is busy at least 80 % of "
              f"the time: median {median(bound_by_array):.3f}, worst {max(bound_by_array):.3f}.",
              "", "| network | board | scheme | array | timeline | bound | ratio | array busy |",
              "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, board, scheme, shape, cycles, bound, busy in found:
        lines.append(
            f"| {name} | {board} | {scheme} | {shape} | {cycles:,} | {bound:,} "
            f"| {cycles / bound:.3f} | {busy:.0%} |"
        )
    text = "\n".join(lines)
    sys.stdout.write(text + "\n")
    if options.write:
        where = Path(__file__).parents[2] / "results" / "benchmarks"
        where.mkdir(parents=True, exist_ok=True)
        (where / "bound.md").write_text(
            "# The bound: how tight, how fast\n\n"
            f"{made_at('python -m tests.benchmarks.benchmark_bound --write')}, on "
            f"{platform.machine()}, Python "
            f"{platform.python_version()}, one CPU of a shared machine. The mapping is the best of "
            f"{TIMED} timed tilings a pass, the most promising ones.\n\n" + text + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
