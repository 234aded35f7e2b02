"""The batches of a run mapped: one program for each size of batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightsim.errors import InputError
from lightsim.flow.limits import check_memory
from lightsim.hardware.accelerator import Accelerator
from lightsim.mapping.file import load_mapping
from lightsim.mapping.program import Program, map_workload
from lightsim.mapping.tiling import Tiling
from lightsim.quantisation.workload import Workload

__all__ = ["map_batches"]


def map_batches(
    workload: Workload,
    accelerator: Accelerator,
    batches: list[NDArray[np.int16]],
    tilings: Mapping[str, Tiling] | str | None,
    sort_filters: bool,
) -> list[Program]:
    """The program of each batch; batches of the same size share one.

    `tilings` fixes the tiling of named layers, or names a mapping file. A last batch that is
    smaller than a tiling's images takes what it has. Raises `InputError` for what is not legal
    and `BudgetError` for a batch that the memory does not hold.
    """
    batch = max(len(images) for images in batches)
    file = tilings if isinstance(tilings, str) else None
    fixed = load_mapping(Path(tilings), sort_filters) if isinstance(tilings, str) else tilings

    def mapped(size: int) -> Program:
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


def _at_most(tilings: Mapping[str, Tiling], images: int) -> dict[str, Tiling]:
    return {name: replace(tiling, b=min(tiling.b, images)) for name, tiling in tilings.items()}
