"""How much faster the timeline is than the simulation: whole networks, both in one process.

    python -m tests.benchmarks.benchmark_timeline [--write]

CPU time, warm, the least of several runs, the two models in turn so that both see the same
machine; asserted first is that both find the same account of every pass and unit. With
`--write` the table goes to results/benchmarks/timeline.md.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from dataclasses import asdict
from itertools import product
from pathlib import Path

from lightsim.flow.given.resolve import resolve_accelerator
from lightsim.network import load_network
from lightsim.quantisation.select import quantise
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.simulation.machine import simulate
from lightsim.tiled.timeline.expand import Lists, expand
from lightsim.tiled.timeline.layout import (
    BASE,
    IMAGE_STEP,
    IMAGES,
    JUMPED,
    LENGTH,
    LINE_STEP,
    LINES,
    PLANE_STEP,
    PLANES,
    TRANSFERS_FROM,
)
from lightsim.tiled.timeline.model import compile_programs, run, run_tables
from results.provenance import made_at

NETWORKS = ("resnet18-imagenet", "vgg16", "mobilenet-v1", "vgg7-cifar10")
ROUNDS = 5
REPEATS = 20


def seconds(call):
    """The CPU time of one call."""
    begin = time.process_time()
    call()
    return time.process_time() - begin


def account(result):
    """Every number that both models report."""
    layers = [asdict(layer) for layer in result.layers]
    units = {name: asdict(unit) for name, unit in result.units.items()}
    return result.cycles, layers, units, dict(result.memory_counters)


def requests(program, tables):
    """How many requests are granted, and how many of them by jumps."""
    word, limit = program.accelerator.word_bytes, program.accelerator.request_bytes
    lists = Lists(*expand(tables.passes, tables.group_starts, tables.weights, word))
    count = 0
    for number, transfers in enumerate(lists.transfers):
        for row in transfers[: lists.ranges[-1, TRANSFERS_FROM + number]].tolist():
            for image, plane, line in product(*(range(row[at]) for at in (IMAGES, PLANES, LINES))):
                base = row[BASE] + image * row[IMAGE_STEP] + plane * row[PLANE_STEP]
                first = (base + line * row[LINE_STEP]) % limit
                count += -(-(first + row[LENGTH]) // limit)
    return count, int(run_tables(tables, program).machine[JUMPED])


def measure(program, batch):
    """What happens in a run, and the least CPU seconds of each step."""
    programs = [program]
    tables = compile_programs(programs)
    steps = {
        "timeline": lambda: run(programs),
        "compile": lambda: compile_programs(programs),
        "recurrence": lambda: run_tables(tables, program),
    }
    simulated, found = simulate(programs, [batch], tracing=False), run(programs)
    assert account(simulated) == account(found)
    least = dict.fromkeys(("simulation", *steps), float("inf"))
    for _ in range(ROUNDS):
        spent = seconds(lambda: simulate(programs, [batch], tracing=False))
        least["simulation"] = min(least["simulation"], spent)
        for name, call in steps.items():
            for _ in range(REPEATS):
                least[name] = min(least[name], seconds(call))
    counters = found.memory_counters
    opened = counters["row_misses"] + counters["row_conflicts"]
    events = (*requests(program, tables), opened, counters["refreshes"])
    return found.cycles, events, least


def table(rows):
    """The measurements as a Markdown table."""
    lines = [
        "| network | memory | cycles | requests | of them jumped | rows opened | refreshes "
        "| simulation ms | timeline ms | of it compile | of it recurrence | times faster |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (network, memory), (cycles, events, least) in rows.items():
        counts = " | ".join(f"{count:,}" for count in events)
        ms = {step: f"{1e3 * spent:.3f}" for step, spent in least.items()}
        ratio = least["simulation"] / least["timeline"]
        lines.append(
            f"| {network} | {memory} | {cycles:,} | {counts} | {1e3 * least['simulation']:.0f} "
            f"| {ms['timeline']} | {ms['compile']} | {ms['recurrence']} | {ratio:,.0f} |"
        )
    return "\n".join(lines)


def main():
    """Measure both memories and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows = {}
    for name in NETWORKS:
        network = load_network(name)
        _, accelerator, scheme = resolve_accelerator("zc706", None, "flightnn")
        workload = quantise(network, scheme, 0)
        batch = synthetic_images(network, 1, 0)
        memories = {"DDR3-1600 x64": accelerator, "ideal": accelerator.with_ideal_memory()}
        for memory, machine in memories.items():
            rows[name, memory] = measure(map_workload(workload, machine), batch)
    text = table(rows)
    sys.stdout.write(text + "\n")
    if options.write:
        where = Path(__file__).parents[2] / "results" / "benchmarks"
        where.mkdir(parents=True, exist_ok=True)
        (where / "timeline.md").write_text(
            "# Speed of the timeline\n\n"
            f"{made_at('python -m tests.benchmarks.benchmark_timeline --write')}, on "
            f"{platform.machine()}, Python {platform.python_version()}: networks on "
            "the default accelerator of zc706, `flightnn`, one image. CPU time of one process on "
            "a shared machine, least of several; the accounts of both models are asserted to be "
            "equal.\n\n" + text + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
