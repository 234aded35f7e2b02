"""The arrays of a space as columns of numbers: what each is built of, and what it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.axes import AUTO, Choice
from dse.design import Builder
from dse.memories import BufferPlan, planned, word_bits
from dse.space import Space
from lightsim.bounds import Axes
from lightsim.hardware.accelerator import Accelerator, IdealMemory
from lightsim.hardware.device import MemoryInterface

__all__ = ["ARRAY_AXES", "Arrays", "MemoryName", "memory_names"]

Ints = NDArray[np.int64]
MemoryName = str

# What an array with its post-processing and one port depends on.
ARRAY_AXES = ("scheme", "lanes", "rows", "columns", "pixels", "post_lanes", "port_bits")
memory_names: tuple[MemoryName, ...] = ("input", "weight", "residual", "output", "psum")


@dataclass(frozen=True, eq=False)
class Arrays:
    """Every array of a space, in mixed radix over `ARRAY_AXES`.

    `machines` are the arrays with their least memories and one port; `resources` int64[array, 5]
    what they take without memories, as `Costs` has it; `more_ports` int64[port width, ports, 5]
    what a choice of ports adds; `words` int64[array, memory] the bits of one word of each memory,
    in the order of `memory_names`; `least` int64[array, memory] the bytes automatic memories
    begin at; `least_resources` int64[array, 5] no more than any choice of memories takes.
    """

    space: Space
    machines: Axes
    resources: Ints
    more_ports: Ints
    words: Ints
    least: Ints
    least_resources: Ints
    port_of: Ints
    memory: MemoryInterface | IdealMemory

    @classmethod
    def of(cls, space: Space, builder: Builder) -> Arrays:
        """The arrays of a space."""
        base: dict[str, Choice] = {name: choices[0] for name, choices in space.axes.items()}
        base["clock"] = AUTO
        built = [
            builder.least(base | _choices(space, number))
            for number in np.ndindex(*(len(space.axes[name]) for name in ARRAY_AXES))
        ]
        plans = _plans(space)
        parts = [
            (builder.costs.without_memories(acc), _least_resources(plans, builder, acc))
            for acc in built
        ]
        ports = [builder.least(base | {"ports": choice}) for choice in space.axes["ports"]]
        return cls(
            space,
            Axes.of(built),
            np.array([row for row, _ in parts], np.int64),
            _more_ports(space, builder, base),
            np.array([[word_bits(acc, name) for name in memory_names] for acc in built], np.int64),
            np.array([_least(acc) for acc in built], np.int64),
            np.array([row for _, row in parts], np.int64),
            Axes.of(ports).port_of,
            builder.board.memory,
        )

    def number(self, cores: Ints) -> Ints:
        """The array of every core."""
        places = self.space.places(cores, self.space.core_names)
        number = np.zeros(cores.shape, np.int64)
        for name in ARRAY_AXES:
            number = number * len(self.space.axes[name]) + places[name]
        return number

    def core_resources(self, cores: Ints) -> Ints:
        """int64[core, 5]: everything but the memories, block RAM in halves."""
        places = self.space.places(cores, self.space.core_names)
        more = self.more_ports[places["port_bits"], places["ports"]]
        return np.asarray(self.resources[self.number(cores)] + more, np.int64)


def _choices(space: Space, number: tuple[int, ...]) -> dict[str, Choice]:
    return {name: space.axes[name][i] for name, i in zip(ARRAY_AXES, number, strict=True)}


def _least(acc: Accelerator) -> list[int]:
    buffers = (acc.input, acc.weight, acc.residual, acc.output)
    return [*(buffer.bytes_per_bank for buffer in buffers), acc.psum_bytes]


def _least_resources(plans: Sequence[BufferPlan], builder: Builder, acc: Accelerator) -> Ints:
    """Of each memory the least of every resource over its choices, added up."""
    tried = []
    for plan in plans:
        own = planned(acc, plan)
        # Where nothing changes it is the same object, whose costs are known already.
        own = acc if own == acc else own
        tried.append([*builder.costs.memories(own).values()])
    return np.asarray(np.array(tried, np.int64).min(axis=0).sum(axis=0), np.int64)


def _plans(space: Space) -> list[BufferPlan]:
    """Plans that have every choice of every memory between them."""
    axes = {name: choices for name, choices in space.axes.items() if name in space.memory_names}
    sizes = max(len(axes[f"{name}_bytes"]) for name in memory_names)
    banks = max(len(choices) for name, choices in axes.items() if name.endswith("_banks"))
    plans = []
    # An automatic residual buffer is as large as the output's, so all pairs of the two are tried.
    for i, j, size in np.ndindex(sizes, banks, len(axes["residual_bytes"])):
        point = {
            name: choices[(i if name.endswith("_bytes") else j) % len(choices)]
            for name, choices in axes.items()
        }
        point["residual_bytes"] = axes["residual_bytes"][size]
        plans.append(BufferPlan.of(point))
    return plans


def _more_ports(space: Space, builder: Builder, base: dict[str, Choice]) -> Ints:
    """What each number of ports takes beyond the first choice, for every width."""
    widths, counts = space.axes["port_bits"], space.axes["ports"]
    found = np.zeros((len(widths), len(counts), 5), np.int64)
    for i, width in enumerate(widths):
        used = [
            builder.costs.without_memories(
                builder.least(base | {"port_bits": width, "ports": count})
            )
            for count in counts
        ]
        found[i] = np.subtract(used, used[0])
    return found
