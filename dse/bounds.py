"""What no design of a core can beat: its least cycles, and its resources with least memories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.axes import AUTO, Choice
from dse.design import Builder, Refusal
from dse.limits import NEVER, core_cycles
from dse.memories import BufferPlan, sized
from dse.space import Space
from dse.study import Study
from lightsim.hardware.accelerator import Accelerator
from lightsim.hardware.device import Resources
from lightsim.quantisation.workload import Workload

__all__ = ["Bounds", "Optimist"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# The axes that an array's own resources depend on; ports are counted apart, clocks not at all.
_ARRAY = ("scheme", "lanes", "rows", "columns", "pixels", "post_lanes", "port_bits")
_NOTHING = Resources()


@dataclass(frozen=True, eq=False)
class Bounds:
    """Of every core of a space, `cycles` int64[core, network] and `resources` int64[core, 5].

    The resources are those of everything but the memories; `NEVER` cycles mark what cannot be
    built.
    """

    space: Space
    cycles: Ints
    resources: Ints

    @classmethod
    def of(
        cls, space: Space, builder: Builder, workloads: Mapping[str, Mapping[str, Workload]]
    ) -> Bounds:
        """The bounds of a space; `workloads[network][scheme]`."""
        cycles = [core_cycles(space, builder, schemes) for schemes in workloads.values()]
        return cls(space, np.stack(cycles, axis=1), _core_resources(space, builder))

    def variants(self, core: int, builder: Builder) -> tuple[Ints, Ints]:
        """Point numbers and resources int64[variant, 5] of a core's designs.

        Memories that grow by themselves are counted at their least.
        """
        space = self.space
        first = core * space.variants
        numbers = np.arange(first, first + space.variants, dtype=np.int64)
        acc = builder.least(space.point(first))
        if isinstance(acc, Refusal):
            return numbers[:0], np.zeros((0, 5), np.int64)
        used = np.repeat(self.resources[core][None, :], space.variants, axis=0)
        places = space.places(np.arange(space.variants, dtype=np.int64), space.memory_names)
        for tied in (("input",), ("weight",), ("residual", "output"), ("psum",)):
            axes = [name for name in space.memory_names if name.split("_")[0] in tied]
            table, at = _memory_table(space, builder, acc, tied, axes), np.zeros(1, np.int64)
            for axis in axes:
                at = at * len(space.axes[axis]) + places[axis]
            used += table[at]
        return numbers, used


def _memory_table(
    space: Space, builder: Builder, acc: Accelerator, tied: tuple[str, ...], axes: list[str]
) -> Ints:
    """Resources of the named memories for every combination of their axes."""
    sizes = tuple(len(space.axes[axis]) for axis in axes)
    base = {name: space.axes[name][0] for name in space.memory_names}
    rows = []
    for number in np.ndindex(*sizes):
        point = base | {a: space.axes[a][i] for a, i in zip(axes, number, strict=True)}
        # Nothing fits in no resources: automatic memories stay at their least.
        built = sized(acc, BufferPlan.of(point), _NOTHING, builder.costs, _NOTHING)
        found = builder.costs.memories(built)
        rows.append(sum((found[name] for name in tied), _NOTHING).values())
    return np.array(rows, np.int64)


def _core_resources(space: Space, builder: Builder) -> Ints:
    """int64[core, 5]: an array's own, and what more ports than one add."""
    shape = [len(space.axes[name]) for name in space.core_names]
    found = np.zeros((*shape, 5), np.int64)
    arrays = np.zeros((*(len(space.axes[name]) for name in _ARRAY), 5), np.int64)
    base: dict[str, Choice] = {name: choices[0] for name, choices in space.axes.items()}
    base["clock"] = AUTO
    for number in np.ndindex(*arrays.shape[:-1]):
        point = base | {n: space.axes[n][i] for n, i in zip(_ARRAY, number, strict=True)}
        acc = builder.least(point)
        if not isinstance(acc, Refusal):
            arrays[number] = builder.costs.without_memories(acc).values()
    # The axes of the cores in their order; an axis that does not matter is broadcast.
    order = [name for name in space.core_names if name in _ARRAY]
    moved = arrays.transpose(*(_ARRAY.index(name) for name in order), len(_ARRAY))
    place = tuple(slice(None) if name in _ARRAY else None for name in space.core_names)
    found += moved[place]
    found += _more_ports(space, builder, base)
    return found.reshape(-1, 5)


def _more_ports(space: Space, builder: Builder, base: dict[str, Choice]) -> Ints:
    """What a number of ports takes beyond the first choice, by width, as it broadcasts."""
    names = space.core_names
    shape = [len(space.axes[n]) if n in ("ports", "port_bits") else 1 for n in names]
    found = np.zeros((*shape, 5), np.int64)
    for number in np.ndindex(*shape):
        place = dict(zip(names, number, strict=True))
        point = base | {n: space.axes[n][place[n]] for n in ("ports", "port_bits")}
        least = [builder.least(point), builder.least(point | {"ports": base["ports"]})]
        more, one = (
            _NOTHING if isinstance(acc, Refusal) else builder.costs.without_memories(acc)
            for acc in least
        )
        found[number] = np.subtract(more.values(), one.values())
    return found


class Optimist:
    """The best that could be true of designs, as values to be minimised, one per objective."""

    def __init__(self, study: Study, accuracies: Mapping[str, float | None]) -> None:
        self._study = study
        self._accuracies = accuracies
        self._weights = np.array([share.weight for share in study.shares])

    def measures(self, space: Space, cores: Ints, cycles: Ints, used: Ints) -> dict[str, Floats]:
        """By measure, the best value of designs on `cores` of so many cycles and resources."""
        places = space.places(cores, space.core_names)
        clocks = np.array(
            [self._study.board.clock_hz if c == AUTO else int(c) for c in space.axes["clock"]]
        )[places["clock"]]
        batch = np.array([int(b) for b in space.axes["batch"]])[places["batch"]]
        seconds = (cycles * self._weights).sum(axis=1) / clocks
        scores = [self._accuracies.get(str(name)) for name in space.axes["scheme"]]
        accuracy = np.array([1.0 if score is None else score for score in scores])
        return {
            "throughput": batch / seconds,
            "latency": seconds,
            "energy": np.zeros(len(cores)),
            "power": np.zeros(len(cores)),
            "dram_bandwidth": np.zeros(len(cores)),
            "accuracy": accuracy[places["scheme"]],
            **{name: used[:, i].astype(np.float64) for i, name in enumerate(Resources.names())},
        }

    def values(self, best: Mapping[str, Floats]) -> Floats:
        """float64[design, objective], to be minimised; a maximised cost could be anything."""
        columns = []
        for objective in self._study.objectives:
            value = best[objective.measure.name]
            if objective.direction != objective.measure.direction:
                value = np.full_like(value, np.inf if objective.sign < 0 else 0.0)
            columns.append(objective.sign * value)
        return np.stack(columns, axis=1)

    def possible(self, best: Mapping[str, Floats], cycles: Ints) -> NDArray[np.bool_]:
        """Whether designs could keep every budget."""
        kept = (cycles < NEVER).all(axis=1)
        for budget in self._study.budgets:
            value = best[budget.measure.name]
            if budget.measure.direction == "minimise":
                kept &= value <= budget.limit
            else:
                kept &= value >= budget.limit
        return np.asarray(kept, np.bool_)
