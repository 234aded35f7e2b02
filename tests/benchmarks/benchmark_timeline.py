"""How much faster the timeline is than the simulation: ResNet-18, both in one process.

    python tests/benchmarks/benchmark_timeline.py [--write]

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
from pathlib import Path

from lightsim.flow.resolve import ideal_memory, resolve_accelerator
from lightsim.mapping.program import map_workload
from lightsim.network import load_network
from lightsim.quantisation.select import quantise
from lightsim.quantisation.synthetic import synthetic_images
from lightsim.simulation.machine import simulate
from lightsim.timeline.model import compile_programs, run, run_tables

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


def measure(program, batch):
    """Cycles, and the least CPU seconds of each step."""
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
    return found.cycles, least


def table(rows):
    """The measurements as a Markdown table."""
    lines = [
        "| memory | cycles | simulation ms | timeline ms | of it compile | of it recurrence "
        "| times faster |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, (cycles, least) in rows.items():
        ms = {step: f"{1e3 * spent:.2f}" for step, spent in least.items()}
        ratio = least["simulation"] / least["timeline"]
        lines.append(
            f"| {name} | {cycles:,} | {ms['simulation']} | {ms['timeline']} | {ms['compile']} "
            f"| {ms['recurrence']} | {ratio:,.0f} |"
        )
    return "\n".join(lines)


def main():
    """Measure both memories and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    network = load_network("resnet18-imagenet")
    _, accelerator, scheme = resolve_accelerator("zc706", None, "flightnn")
    workload = quantise(network, scheme, 0)
    batch = synthetic_images(network, 1, 0)
    memories = {"DDR3-1600 x64": accelerator, "ideal": ideal_memory(accelerator)}
    rows = {
        name: measure(map_workload(workload, machine), batch) for name, machine in memories.items()
    }
    text = table(rows)
    sys.stdout.write(text + "\n")
    if options.write:
        where = Path(__file__).parents[2] / "results" / "benchmarks"
        where.mkdir(parents=True, exist_ok=True)
        (where / "timeline.md").write_text(
            "# Speed of the timeline\n\nMade by `python tests/benchmarks/benchmark_timeline.py "
            f"--write` on {platform.machine()}, Python {platform.python_version()}: ResNet-18 at "
            "224x224 on the default accelerator of zc706, `flightnn`, one image. CPU time of one "
            "process on a shared machine, least of several; the accounts of both models are "
            "asserted to be equal.\n\n" + text + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
