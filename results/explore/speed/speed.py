"""Evaluations per CPU second at every level, for ResNet-18 on ZC706.

    python results/explore/speed/speed.py

writes `speed.md` beside itself.

*Bound*: `lightsim.tiled.bounds` over a million machines. *Design*: mapping chosen and run on the
timeline, as a trial does it, for designs that share nothing. *Timeline*: the mapped program
alone. *Simulation*: the same program by events, with its data. Then the CPU time of a search
until its best design is within 1 % of the proven optimum, and until the proof.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from dse.evaluation.workloads import workload_of
from dse.machine.design import Design
from dse.search.explore import explore
from dse.search.searcher import Step
from dse.study.study import Study, new_study
from dse.tiled.design.builder import Builder
from dse.tiled.evaluation.evaluate import Evaluator
from lightsim.quantisation.synthetic.workload import synthetic_images
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.mapping.program import map_workload
from lightsim.tiled.simulation import simulate
from lightsim.tiled.timeline.model import compile_programs, run_tables
from results.provenance import made_by

NETWORK, BOARD = "resnet18-imagenet", "zc706"


def rate(name: str, count: int, seconds: float) -> str:
    """One row of the table."""
    each = count / seconds
    line = f"| {name} | {count:,} | {seconds:.2f} | {each:,.{0 if each >= 100 else 2}f} |"
    sys.stderr.write(line + "\n")
    return line


def main() -> None:
    """Measure every level, and write."""
    lines, search = levels(new_study(NETWORK, BOARD)), searched(new_study(NETWORK, BOARD))
    table = "\n".join(["| level | evaluations | CPU s | per CPU s |", "|---|---|---|---|", *lines])
    (Path(__file__).parent / "speed.md").write_text(
        f"""# Evaluations per CPU second, ResNet-18

{made_by("python results/explore/speed/speed.py")}

{NETWORK} on {BOARD}. *Bound*: the closed form over a million machines. *Design*: mapping chosen
and run on the timeline, as a trial does it, for designs that share nothing. *Timeline*: the mapped
program alone. *Simulation*: the same program by events, with its data. The choice of the mapping
of a layer by itself is in [zigzag.md](../zigzag/zigzag.md).

{table}

{search}
""",
        encoding="utf-8",
    )


def levels(study: Study) -> list[str]:
    """The rows of the table."""
    lines = []
    space = study.space
    builder = Builder(study.board, study.resource_limits())
    built: list[Design] = []
    for number in np.random.default_rng(0).permutation(space.size).tolist():
        design = builder.build(space.point(number))
        if isinstance(design, Design):
            built.append(design)
        if len(built) == 24:
            break
    workload = workload_of(NETWORK, "flightnn", 0)

    bound = NetworkBound(workload, built[0].accelerator)
    machines = Axes.of([design.accelerator for design in built])
    many = machines.take(np.random.default_rng(1).integers(0, len(built), 1_000_000))
    bound.cycles(machines)  # compiles
    # In a new process the first million also waits for its memory's pages.
    for name in ("bound, first time", "bound"):
        begun = time.process_time()
        bound.cycles(many)
        lines.append(rate(name, len(many), time.process_time() - begun))

    Evaluator(study.shares, 0, with_energy=False).run(built[0])  # compiles
    evaluator = Evaluator(study.shares, 0, with_energy=False)
    begun = time.process_time()
    for design in built:
        evaluator.run(design)
    lines.append(rate("design (mapping and timeline)", len(built), time.process_time() - begun))

    program = map_workload(workload, built[0].accelerator)
    tables = compile_programs([program])
    begun = time.process_time()
    for _ in range(20):
        run_tables(tables, program)
    lines.append(rate("timeline", 20, time.process_time() - begun))

    images = synthetic_images(workload.network, 1, 0)
    simulate([program], [images])  # compiles
    begun = time.process_time()
    simulate([program], [images])
    lines.append(rate("simulation", 1, time.process_time() - begun))
    return lines


def searched(study: Study) -> str:
    """The time to a design within 1 % of the optimum, and to the proof."""
    steps: list[tuple[float, Step]] = []
    begun = time.process_time()
    whole = replace(study, search=replace(study.search, trials=1 << 30))
    found = explore(whole, progress=lambda step: steps.append((time.process_time(), step)))
    best = found.front[0].values["throughput_images_per_s"]
    near = next((c, s) for c, s in steps if s.best is not None and s.best >= 0.99 * best)
    return (
        f"Search of {found.space.size:,} designs: within 1 % of the optimum "
        f"({best:.6g} images/s) after {near[1].evaluations} designs and {near[0] - begun:.1f} "
        f"CPU s; gap {found.gap:.2%} after {found.evaluations} and "
        f"{time.process_time() - begun:.1f} CPU s (exhaustive {found.exhaustive})."
    )


if __name__ == "__main__":
    main()
