"""`run`: one network on one accelerator, simulated, checked bit for bit, and reported."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError, unknown_name
from lightsim.estimation.energy import DEFAULT_ENERGY_TABLE, energy_table
from lightsim.flow.assemble import Findings, assemble
from lightsim.flow.limits import check_activations, check_weights
from lightsim.flow.mapping import map_batches
from lightsim.flow.resolve import choose_images, ideal_memory, resolve_accelerator
from lightsim.hardware.accelerator import Accelerator
from lightsim.mapping.tiling import Tiling
from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.quantisation.accumulators import check_accumulators
from lightsim.quantisation.inference import accuracy, infer
from lightsim.quantisation.select import quantise
from lightsim.quantisation.workload import Workload
from lightsim.reports.report import RunReport
from lightsim.simulation.machine import simulate
from lightsim.simulation.result import SimulationResult

__all__ = ["ENGINES", "Experiment", "run"]

ENGINES = ("simulation",)
_LARGEST_SEED = (1 << 63) - 1  # what every reader of the JSON can hold
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is to be run.

    `network` is a zoo name, a TOML path or a `Network`; `accelerator` a PE kind (the board's
    default of that kind), a TOML path, an `Accelerator` or None (the board's default).
    `images` are run in batches of `batch`; `tilings` fixes the tiling of named layers, or names
    a mapping file. `ideal` replaces the memory by one that never waits.
    """

    network: str | Network
    board: str | None = None
    accelerator: str | Accelerator | None = None
    scheme: str | None = None
    engine: str = "simulation"
    images: int = 1
    batch: int = 1
    seed: int = 0
    tilings: Mapping[str, Tiling] | str | None = None
    sort_filters: bool = True
    ideal: bool = False
    tracing: bool = True
    energy_table: str | None = None
    measure_accuracy: bool = True


def run(experiment: Experiment, progress: Progress | None = None) -> RunReport:
    """Simulate an experiment and report it.

    `progress(what, done, of)` is called now and then. Raises `InputError` for anything that
    cannot be accepted and `BudgetError` for a design that does not fit its board.
    """
    tell = progress if progress is not None else _silent
    _check(experiment)
    table = energy_table(
        DEFAULT_ENERGY_TABLE if experiment.energy_table is None else experiment.energy_table
    )
    network = experiment.network
    if not isinstance(network, Network):
        network = load_network(network)
    check_weights(network)
    check_activations(network, 1)
    board, accelerator, scheme = resolve_accelerator(
        experiment.board, experiment.accelerator, experiment.scheme
    )
    if experiment.ideal:
        accelerator = ideal_memory(accelerator)
    tell("quantise", 0, 1)
    workload = quantise(network, scheme, experiment.seed)
    if accelerator.accumulator.overflow == "refuse":
        accumulator = accelerator.accumulator
        check_accumulators(workload, accumulator.bits, accumulator.accumulation)
    images = choose_images(workload, experiment.images, experiment.seed)
    batches = [images[i : i + experiment.batch] for i in range(0, len(images), experiment.batch)]
    tell("map", 0, 1)
    programs = map_batches(
        workload, accelerator, batches, experiment.tilings, experiment.sort_filters
    )
    total = sum(len(program.schedules) for program in programs)
    result = simulate(
        programs,
        batches,
        tracing=experiment.tracing,
        progress=lambda done: tell("simulate", done, total),
    )
    exact, digest = _check_bits(workload, accelerator, images, result, experiment.batch, tell)
    measured, count = _accuracy(workload, accelerator, experiment, tell)
    return assemble(
        Findings(
            experiment.engine, board, accelerator, workload, tuple(programs), result,
            experiment.images, experiment.batch, experiment.seed, exact, digest, measured, count,
            table, experiment.ideal,
        )
    )  # fmt: skip


def _silent(what: str, done: int, of: int) -> None:
    """No progress is wanted."""


def _check(experiment: Experiment) -> None:
    for option, value in (("--images", experiment.images), ("--batch", experiment.batch)):
        if value < 1:
            raise InputError(option, f"{value}", "accepted: a whole number from 1")
    if not 0 <= experiment.seed <= _LARGEST_SEED:
        accepted = f"accepted: a whole number from 0 to {_LARGEST_SEED}"
        raise InputError("--seed", f"{experiment.seed}", accepted)
    if experiment.batch > experiment.images:
        raise InputError(
            "--batch",
            f"{experiment.batch} is more than the {experiment.images} images to run",
            "accepted: 1" if experiment.images == 1 else f"accepted: 1 to {experiment.images}",
        )
    if experiment.engine not in ENGINES:
        raise unknown_name("--engine", "engine", experiment.engine, ENGINES)


def _check_bits(
    workload: Workload,
    accelerator: Accelerator,
    images: NDArray[np.int16],
    result: SimulationResult,
    batch: int,
    tell: Progress,
) -> tuple[bool, str]:
    """Whether every stored layer equals the whole-layer reference, and the output's hash."""
    accumulator = accelerator.accumulator
    names = list(result.outputs)
    equal = True
    for start in range(0, len(images), batch):
        tell("check bits", start, len(images))
        part = slice(start, start + batch)
        reference = infer(
            workload,
            images[part],
            accumulator_bits=accumulator.bits,
            overflow=accumulator.overflow,
            accumulation=accumulator.accumulation,
            keep=names,
        )
        for name in names:
            equal = equal and np.array_equal(result.outputs[name][part], reference[name])
    final = result.outputs[names[-1]].astype("<i4")
    return equal, hashlib.sha256(np.ascontiguousarray(final).tobytes()).hexdigest()


def _accuracy(
    workload: Workload, accelerator: Accelerator, experiment: Experiment, tell: Progress
) -> tuple[float | None, int]:
    """The share of all held-out images classified correctly by the bit-exact kernels."""
    held_out = workload.held_out
    if held_out is None or not experiment.measure_accuracy:
        return None, 0
    count = len(held_out.images)
    tell("accuracy", 0, count)
    accumulator = accelerator.accumulator
    measured = accuracy(
        workload,
        held_out,
        accumulator_bits=accumulator.bits,
        overflow=accumulator.overflow,
        accumulation=accumulator.accumulation,
    )
    return measured, count
