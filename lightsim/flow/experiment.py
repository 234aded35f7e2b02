"""A run as the user asks for it, and everything that must be ready before the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightsim.descriptions import check_fields
from lightsim.errors import InputError
from lightsim.flow.bringing import brought
from lightsim.flow.engines import check_has_engine, default_engine, moves_data
from lightsim.flow.given.checks import check_engine, check_numbers
from lightsim.flow.given.limits import check_activations, check_weights
from lightsim.flow.given.resolve import (
    choose_images,
    default_for,
    default_scheme,
    resolve_machine,
)
from lightsim.flow.k_file import load_k
from lightsim.flow.templates import opened, template_of
from lightsim.flow.whole_data import whole_test_set
from lightsim.hardware.device import Board
from lightsim.network import load_network
from lightsim.network.layer import Network
from lightsim.numerics.formats.scheme import PER_FILTER, Scheme
from lightsim.quantisation.inference.accumulators import check_accumulators
from lightsim.quantisation.k_outline import outline_with_k
from lightsim.quantisation.per_filter import FilterTerms, quantise_with_k
from lightsim.quantisation.select import quantise
from lightsim.quantisation.workload import Workload
from lightsim.template.design import BestDesign, Design, Mapped, Progress
from lightsim.template.doors import Template
from lightsim.template.task import Wishes

__all__ = ["Experiment", "Prepared", "check_experiment", "prepare", "silent"]


@dataclass(frozen=True, slots=True)
class Experiment:
    """A run as the user asks for it.

    `network` is a zoo name, a path of TOML or ONNX, or a `Network`. `accelerator` is a PE kind (for
    the default accelerator of this kind on the board), a TOML path, an accelerator, or None. None
    stands for the best accelerator of the board's default space for this network. `template` names
    the kind of machine if the accelerator does not (default: tiled). `engine` is None for the
    simulation, or for the timeline of a template without a simulation.

    `images` run in batches of `batch`. `tilings` fixes the tilings of named layers, names a mapping
    file, or is `exact` for the quickest tiling of every pass. `k` gives every filter of a
    `flightnn` network its number of terms, or names a k file. `ideal` replaces the memory by a
    memory that never waits, under the tilings chosen for the replaced memory. `values` asks for the
    output values of an engine that moves no data; an engine that moves data computes them in any
    case. `target_fps` is the rate in images per second that the accelerator is made for, with
    templates that make accelerators for a rate. `test_set` takes the whole test set in the user's
    cache for the images that come with a network.
    """

    network: str | Network
    board: str | None = None
    accelerator: str | Design | None = None
    scheme: str | None = None
    engine: str | None = None
    images: int = 1
    batch: int = 1
    seed: int = 0
    tilings: Mapping[str, Any] | str | None = None
    sort_filters: bool = True
    k: FilterTerms | str | None = None
    ideal: bool = False
    tracing: bool = True
    energy_table: str | None = None
    measure_accuracy: bool = True
    values: bool = False
    template: str | None = None
    target_fps: float | None = None
    test_set: bool = False

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An experiment resolved: `mapped` runs on `batches`, cut from `images` int16[count, ...].

    `computes_values` says whether the run computes the output of the network. If not, the workload
    may be an outline, and the images may be zeros that take no memory. `best` is the proof about
    the accelerator, if the accelerator is the default one with its own memory; else None. `notes`
    say what an import of the network changed.
    """

    template: Template
    engine: str
    computes_values: bool
    board: Board | None
    workload: Workload
    images: NDArray[np.int16]
    batches: list[NDArray[np.int16]]
    mapped: Mapped
    best: BestDesign | None
    notes: tuple[str, ...] = ()

    @property
    def accelerator(self) -> Design:
        """The accelerator that is run."""
        return self.mapped.design


def prepare(experiment: Experiment, tell: Progress) -> Prepared:
    """Resolve an experiment to its accelerator, integers, images and mapping.

    `tell(what, done, of)` is called from time to time. Raises `InputError` for input that cannot be
    accepted and `BudgetError` for a design that does not fit its board.
    """
    check_experiment(experiment)
    template = template_of(experiment.template, experiment.accelerator)
    engine = default_engine(template) if experiment.engine is None else experiment.engine
    check_has_engine(template, engine)
    network: str | Network = experiment.network
    notes: tuple[str, ...] = ()
    if not isinstance(network, Network):
        tell("import", 0, 1)
        name, notes = brought(network)
        network = load_network(name)
    check_weights(network)
    check_activations(network, 1)
    whole = whole_test_set(network) if experiment.test_set else None
    machine = resolve_machine(
        template, experiment.board, experiment.accelerator, experiment.scheme,
        default_scheme(network),
    )  # fmt: skip
    values = experiment.values or moves_data(engine)
    tell("quantise", 0, 1)
    workload = _workload(network, machine.scheme, experiment, values)
    if whole is not None and workload.trained:
        workload = replace(workload, held_out=whole)
    tell("choose", 0, 1)
    accelerator, best = default_for(machine, workload, experiment.batch, experiment.target_fps)
    if experiment.ideal:
        best = None  # the proof about the default accelerator holds only for its own memory
    if accelerator.accumulator.overflow == "refuse":
        accumulator = accelerator.accumulator
        check_accumulators(workload, accumulator.bits, accumulator.accumulation)
    images = choose_images(workload, experiment.images, experiment.seed)
    batches = [images[i : i + experiment.batch] for i in range(0, len(images), experiment.batch)]
    tell("map", 0, 1)
    mapped = opened(template, lambda row: row.map, "mapping")(
        workload, accelerator, batches,
        Wishes(experiment.tilings, experiment.sort_filters, experiment.ideal),
    )  # fmt: skip
    return Prepared(
        template, engine, values, machine.board, workload, images, batches, mapped, best, notes
    )


def _workload(network: Network, scheme: Scheme, experiment: Experiment, values: bool) -> Workload:
    outline = not values
    if experiment.k is None:
        return quantise(network, scheme, experiment.seed, outline=outline)
    if not scheme.k_per_filter:
        problem = f"scheme '{scheme.name}' has no k of its own per filter"
        raise InputError("k", problem, f"accepted: {PER_FILTER.name}")
    terms = load_k(Path(experiment.k)) if isinstance(experiment.k, str) else experiment.k
    try:
        made = outline_with_k if outline else quantise_with_k
        return made(network, terms, experiment.seed, scheme)
    except InputError as error:
        if not isinstance(experiment.k, str):
            raise
        where = f"{experiment.k}: {error.where}"
        raise InputError(where, error.problem, error.accepted) from None


def silent(what: str, done: int, of: int) -> None:
    """A progress callback that does nothing."""


def check_experiment(experiment: Experiment) -> None:
    """Raises `InputError` for an impossible number, or for an engine that does not exist."""
    check_numbers(experiment.images, experiment.batch, experiment.seed)
    if experiment.engine is not None:
        check_engine(experiment.engine)
