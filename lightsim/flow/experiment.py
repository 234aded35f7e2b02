"""What is to be run, and everything that has to be ready before it can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lightsim.descriptions import check_fields
from lightsim.errors import InputError, unknown_name
from lightsim.flow.engines import ENGINES, Progress
from lightsim.flow.given import check_numbers
from lightsim.flow.k_file import load_k
from lightsim.flow.limits import check_activations, check_weights
from lightsim.flow.mapping import map_batches
from lightsim.flow.resolve import (
    choose_images,
    default_for,
    default_scheme,
    resolve_machine,
)
from lightsim.hardware.device import Board
from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import Scheme
from lightsim.quantisation.inference.accumulators import check_accumulators
from lightsim.quantisation.k_outline import outline_with_k
from lightsim.quantisation.per_filter import FilterTerms, quantise_with_k
from lightsim.quantisation.select import quantise
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.mapping.tiles.tiling import Tiling

if TYPE_CHECKING:
    from lightsim.tiled.optimum.default import BestDefault

__all__ = ["Experiment", "Prepared", "check_experiment", "prepare", "silent"]


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is to be run.

    `network` is a zoo name, a TOML path or a `Network`; `accelerator` a PE kind (the board's
    default of that kind), a TOML path, an `Accelerator` or None: the best that the board has for
    the network, of the default space.
    `images` are run in batches of `batch`; `tilings` fixes the tiling of named layers, names a
    mapping file, or is `exact` for the quickest tiling of every pass. `k` gives every filter of
    a `flightnn` network its number of terms, or names a k file. `ideal` replaces the memory by
    one that never waits; the tilings are those of the memory that is replaced. `values` asks for
    the output values of an engine that moves no data; one that moves it computes them anyway.
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
    k: FilterTerms | str | None = None
    ideal: bool = False
    tracing: bool = True
    energy_table: str | None = None
    measure_accuracy: bool = True
    values: bool = False

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def computes_values(self) -> bool:
        """Whether the run computes the network's output."""
        return self.values or ENGINES[self.engine].moves_data


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An experiment resolved: `programs[i]` runs on `batches[i]`, images int16[count, ...].

    Where no values are asked for the workload may be in outline, and the images zeros that take
    no room. `best` is what is proven of the accelerator where it is the default one with its own
    memory. `replaced` is the accelerator with its own memory where `accelerator` has an ideal one
    for it.
    """

    board: Board | None
    accelerator: Accelerator
    workload: Workload
    images: NDArray[np.int16]
    batches: list[NDArray[np.int16]]
    programs: list[Program]
    best: BestDefault | None
    replaced: Accelerator | None = None


def prepare(experiment: Experiment, tell: Progress) -> Prepared:
    """The experiment's accelerator, integers, images and mapping.

    `tell(what, done, of)` is called now and then. Raises `InputError` for anything that cannot
    be accepted and `BudgetError` for a design that does not fit its board.
    """
    check_experiment(experiment)
    network = experiment.network
    if not isinstance(network, Network):
        network = load_network(network)
    check_weights(network)
    check_activations(network, 1)
    machine = resolve_machine(
        experiment.board, experiment.accelerator, experiment.scheme, default_scheme(network)
    )
    tell("quantise", 0, 1)
    workload = _workload(network, machine.scheme, experiment)
    tell("choose", 0, 1)
    best = default_for(machine, workload, experiment.batch)
    accelerator = machine.accelerator if best is None else best.accelerator
    assert accelerator is not None
    if experiment.ideal:
        best = None  # what is proven of the default accelerator is proven for its own memory
    if accelerator.accumulator.overflow == "refuse":
        accumulator = accelerator.accumulator
        check_accumulators(workload, accumulator.bits, accumulator.accumulation)
    images = choose_images(workload, experiment.images, experiment.seed)
    batches = [images[i : i + experiment.batch] for i in range(0, len(images), experiment.batch)]
    tell("map", 0, 1)
    built = accelerator.with_ideal_memory() if experiment.ideal else accelerator
    programs = map_batches(
        workload, accelerator, batches, experiment.tilings, experiment.sort_filters, built
    )
    replaced = accelerator if experiment.ideal else None
    return Prepared(machine.board, built, workload, images, batches, programs, best, replaced)


def _workload(network: Network, scheme: Scheme, experiment: Experiment) -> Workload:
    outline = not experiment.computes_values
    if experiment.k is None:
        return quantise(network, scheme, experiment.seed, outline=outline)
    if not scheme.k_per_filter:
        raise InputError(
            "k", f"scheme '{scheme.name}' has no k of its own per filter", "accepted: flightnn"
        )
    terms = load_k(Path(experiment.k)) if isinstance(experiment.k, str) else experiment.k
    try:
        return (outline_with_k if outline else quantise_with_k)(network, terms, experiment.seed)
    except InputError as error:
        if not isinstance(experiment.k, str):
            raise
        where = f"{experiment.k}: {error.where}"
        raise InputError(where, error.problem, error.accepted) from None


def silent(what: str, done: int, of: int) -> None:
    """No progress is wanted."""


def check_experiment(experiment: Experiment) -> None:
    """Raise `InputError` for a number or an engine that cannot be."""
    check_numbers(experiment.images, experiment.batch, experiment.seed)
    if experiment.engine not in ENGINES:
        raise unknown_name("engine", "engine", experiment.engine, ENGINES)
