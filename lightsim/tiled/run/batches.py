"""The mapping of a run's batches: one program for each batch size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lightsim.errors import InputError
from lightsim.quantisation.workload import Workload
from lightsim.template.task import Batches, Wishes
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.program import Program, map_workload
from lightsim.tiled.mapping.tiles.file import load_mapping
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.run.capacity import check_memory

__all__ = ["EXACT", "MappedBatches", "map_batches", "map_run"]

EXACT = "exact"


@dataclass(frozen=True, slots=True, eq=False)
class MappedBatches:
    """The program of each batch on `design`.

    If `design` has an ideal memory, `replaced` is the accelerator with its own memory; else None.
    """

    design: Accelerator
    programs: tuple[Program, ...]
    replaced: Accelerator | None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """The stored layers that hold the outputs of the network."""
        return tuple(self.programs[0].plan.outputs)


def map_run(
    workload: Workload, accelerator: Accelerator, batches: Batches, wishes: Wishes
) -> MappedBatches:
    """Map every batch; with an ideal memory, use the tilings chosen for the accelerator's own
    memory.

    Raises the errors of `map_batches`.
    """
    ideal = wishes.ideal_memory
    built = accelerator.with_ideal_memory() if ideal else accelerator
    programs = map_batches(
        workload, accelerator, batches, wishes.tilings, wishes.sort_filters, built
    )
    return MappedBatches(built, tuple(programs), accelerator if ideal else None)


def map_batches(
    workload: Workload,
    accelerator: Accelerator,
    batches: Batches,
    tilings: Mapping[str, Tiling] | str | None,
    sort_filters: bool,
    built: Accelerator | None = None,
) -> list[Program]:
    """The program of each batch; batches of the same size share a program.

    `tilings` fixes the tilings of named layers, names a mapping file, or is `exact`: for every pass
    the tiling that is quickest for the pass alone. If the last batch has fewer images than a tiling
    asks for, its tiles hold the images there are. With `built`, the programs are for `built`: the
    machine of `accelerator` with another memory, under the tilings chosen for the memory of
    `accelerator`. Raises `InputError` for an illegal tiling or mapping and `BudgetError` for a
    batch that does not fit the memory.
    """
    batch = max(len(images) for images in batches)
    file = tilings if isinstance(tilings, str) and tilings != EXACT else None
    fixed = None if tilings == EXACT or isinstance(tilings, str) else tilings
    if file is not None:
        fixed = load_mapping(Path(file), sort_filters)

    def mapped(size: int) -> Program:
        program = chosen(size)
        return program if built is None else replace(program, accelerator=built)

    def chosen(size: int) -> Program:
        if tilings == EXACT:
            return _exactly(workload, accelerator, size, sort_filters)
        fitted = fixed if size == batch or fixed is None else _at_most(fixed, size)
        try:
            return map_workload(
                workload, accelerator, images=size, tilings=fitted, sort_filters=sort_filters
            )
        except InputError as error:
            if file is None or error.where not in ("mapping", *(fixed or ())):
                raise
            raise InputError(f"{file}: {error.where}", error.problem, error.accepted) from None

    made = {batch: mapped(batch)}
    check_memory(made[batch], mapped)
    for size in {len(images) for images in batches} - {batch}:
        made[size] = mapped(size)
    return [made[len(images)] for images in batches]


def _exactly(
    workload: Workload, accelerator: Accelerator, images: int, sort_filters: bool
) -> Program:
    """The program with the quickest tiling of every pass."""
    # The timeline is imported here, so only exact mappings load it.
    from lightsim.tiled.optimum.network import exact_tilings

    # The default mapping comes first: it raises the errors that hold for every mapping.
    map_workload(workload, accelerator, images=images, sort_filters=sort_filters)
    choices = exact_tilings(workload, accelerator, images=images, sort_filters=sort_filters)
    best = {name: choice.tiling for name, choice in choices.items()}
    return map_workload(workload, accelerator, images=images, tilings=best)


def _at_most(tilings: Mapping[str, Tiling], images: int) -> dict[str, Tiling]:
    return {name: replace(tiling, b=min(tiling.b, images)) for name, tiling in tilings.items()}
