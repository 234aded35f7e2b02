"""The cycles of every point of every layer, taken from runs of the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dse.tiled.allocation.shaped import with_terms
from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import PER_FILTER
from lightsim.quantisation.per_filter import KMap
from lightsim.quantisation.workload import Workload
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.mapping.program import Program, map_workload
from lightsim.tiled.mapping.tiles.tiling import Tiling
from lightsim.tiled.timeline.model import run

__all__ = ["MOST_RUNS", "Points", "point_cycles", "program_for", "timed"]

Ints = NDArray[np.int64]

MOST_RUNS = 33
"""Runs of the timeline for one table. A layer with more points is interpolated between runs."""


class Points(Protocol):
    """The points of a layer, some of which are run on the timeline."""

    def __len__(self) -> int: ...

    def example_at(self, point: int) -> NDArray[np.int8]:
        """An allocation int8[out] that takes as many passes as the best allocation of a point."""
        ...


def program_for(
    workload: Workload,
    accelerator: Accelerator,
    k: KMap,
    images: int,
    tilings: Mapping[str, Tiling] | None,
) -> Program:
    """The program of a network whose filters have `k` terms. The weights keep their values,
    because timing depends on the number of terms alone."""
    layers = tuple(
        replace(layer, scheme=PER_FILTER, k=k[layer.layer.name])
        if layer.weights is not None
        else layer
        for layer in workload.layers
    )
    shaped = replace(workload, scheme=PER_FILTER, layers=layers)
    return map_workload(shaped, accelerator, images=images, tilings=tilings)


def timed(program: Program) -> dict[str, int]:
    """The cycles of every pass, by name, in order. Their sum is the cycles of the run."""
    # Only the ends of passes are asked for: accounts of all tiles would take longer than the run.
    ends = run([program]).ends
    names = [schedule.layer.name for schedule in program.schedules]
    return dict(zip(names, np.diff(ends, prepend=0).tolist(), strict=True))


def point_cycles(
    workload: Workload,
    program: Program,
    layers: Mapping[str, Points],
    most_runs: int = MOST_RUNS,
) -> tuple[dict[str, Ints], int]:
    """The cycles of every layer's points, int64[point] by layer, and the cycles of all other
    passes.

    `program` is a program of the workload; all runs use its tilings. At most `most_runs` points
    of a layer are run. In each run all layers are at about the same share of their points, as they
    are in an allocation: then about the right part of a layer's weights is fetched while the layer
    before it runs. A point that is run several times gets the mean.
    """
    runs = min(most_runs, max(len(points) for points in layers.values()))
    sums = {name: np.zeros(len(points), np.int64) for name, points in layers.items()}
    counts = {name: np.zeros(len(points), np.int64) for name, points in layers.items()}
    other = 0
    for number in range(runs):
        share = number / max(1, runs - 1)
        at = {name: round(share * (len(points) - 1)) for name, points in layers.items()}
        k = {name: points.example_at(at[name]) for name, points in layers.items()}
        cycles = timed(_shaped(workload, program, k))
        for name, point in at.items():
            sums[name][point] += cycles[name]
            counts[name][point] += 1
        other += sum(spent for name, spent in cycles.items() if name not in layers)
    return {name: _between(sums[name], counts[name]) for name in layers}, round(other / runs)


def _shaped(workload: Workload, program: Program, k: KMap) -> Program:
    try:
        return with_terms(program, k)
    except InputError:  # the tiles may still fit: a whole mapping decides
        tilings = {schedule.layer.name: schedule.tiling for schedule in program.schedules}
        return program_for(workload, program.accelerator, k, program.images, tilings)


def _between(sums: Ints, counts: Ints) -> Ints:
    """The means of the points that were run, and straight lines between them, int64[point]."""
    known = np.flatnonzero(counts)
    values = sums[known] / counts[known]
    return np.rint(np.interp(np.arange(len(sums)), known, values)).astype(np.int64)
