"""Evaluations per CPU second at every level, for ResNet-18 on ZC706.

    python results/explore/speed.py

*Bound*: `lightsim.bounds` over a million machines. *Design*: mapping chosen and run on the
timeline, as a trial does it, for designs that share nothing. *Timeline*: the mapped program
alone. *Simulation*: the same program by events, with its data. Then the CPU time of a search
until its best design is within 1 % of the proven optimum, and until the proof.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np

from dse.design import Builder, Design
from dse.evaluate import Evaluator, workload_of
from dse.explore import explore
from dse.search import Step
from dse.space import Space
from dse.study import Study, new_study
from lightsim.bounds import Axes, NetworkBound
from lightsim.mapping.program import map_workload
from lightsim.quantisation.synthetic import synthetic_images
from lightsim.simulation import simulate
from lightsim.timeline.model import compile_programs, run_tables

NETWORK, BOARD = "resnet18-imagenet", "zc706"


def rate(name: str, count: int, seconds: float) -> None:
    """One row of the table."""
    sys.stdout.write(f"| {name} | {count:,} | {seconds:.2f} | {count / seconds:,.4g} |\n")
    sys.stdout.flush()


def main() -> None:
    """Measure every level."""
    study = new_study(NETWORK, BOARD)
    space = Space(study.axes)
    builder = Builder(study.board, study.resource_limits())
    built: list[Design] = []
    for number in np.random.default_rng(0).permutation(space.size).tolist():
        design = builder.build(space.point(number))
        if isinstance(design, Design):
            built.append(design)
        if len(built) == 24:
            break
    workload = workload_of(NETWORK, "flightnn", 0)
    sys.stdout.write("| level | evaluations | CPU s | per CPU s |\n|---|---|---|---|\n")

    bound = NetworkBound(workload, built[0].accelerator)
    machines = Axes.of([design.accelerator for design in built])
    many = machines.take(np.random.default_rng(1).integers(0, len(built), 1_000_000))
    bound.cycles(machines)
    begun = time.process_time()
    bound.cycles(many)
    rate("bound", len(many), time.process_time() - begun)

    Evaluator(study.shares, 0, with_energy=False).run(built[0])  # compiles
    evaluator = Evaluator(study.shares, 0, with_energy=False)
    begun = time.process_time()
    for design in built:
        evaluator.run(design)
    rate("design (mapping and timeline)", len(built), time.process_time() - begun)

    program = map_workload(workload, built[0].accelerator)
    tables = compile_programs([program])
    begun = time.process_time()
    for _ in range(20):
        run_tables(tables, program)
    rate("timeline", 20, time.process_time() - begun)

    images = synthetic_images(workload.network, 1, 0)
    begun = time.process_time()
    simulate([program], [images])
    rate("simulation", 1, time.process_time() - begun)
    _search(study)


def _search(study: Study) -> None:
    steps: list[tuple[float, Step]] = []
    begun = time.process_time()
    whole = replace(study, search=replace(study.search, trials=1 << 30))
    found = explore(whole, progress=lambda step: steps.append((time.process_time(), step)))
    best = found.front[0].values["throughput_images_per_s"]
    near = next((c, s) for c, s in steps if s.best is not None and s.best >= 0.99 * best)
    sys.stdout.write(
        f"\nSearch of {found.space.size:,} designs: within 1 % of the optimum "
        f"({best:.6g} images/s) after {near[1].evaluations} designs and {near[0] - begun:.1f} "
        f"CPU s; gap {found.gap:.2%} after {found.evaluations} and "
        f"{time.process_time() - begun:.1f} CPU s (exhaustive {found.exhaustive}).\n"
    )


if __name__ == "__main__":
    main()
