"""The arrays of a space as columns of numbers: their sizes and their resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from dse.space.axes import AUTO, Choice
from dse.space.left_out import LeftOut
from dse.space.points import Space
from dse.tiled.design.array_list import BufferName, listed_arrays
from dse.tiled.design.buffer_costs import ArrayBuffers, BufferCosts
from dse.tiled.design.buffers import word_bits
from dse.tiled.design.builder import ARRAY_AXES, Builder
from dse.tiled.design.costs import BUFFERS
from dse.tiled.design.plans import Plans
from dse.tiled.design.resource_columns import RESOURCES
from lightsim.errors import LightSimError
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.tiled.bounds import Axes
from lightsim.tiled.description.accelerator import Accelerator

__all__ = ["Arrays"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Arrays:
    """The arrays of a space that can be built and may run its networks, row by row.

    - `rows` int64[combination]: the row of every combination of `ARRAY_AXES`, numbered in mixed
      radix; -1 for a combination that is left out. `places`: the places of the rows on these axes.
    - `machines`: the arrays with their smallest buffers and one port.
    - `resources` int64[row, 5]: the resources without buffers, in the units of `Costs`.
    - `more_ports` int64[port width, ports, 5]: the resources that a choice of ports adds.
    - `words` int64[row, memory]: the bits of one word of each memory, in the order of `BUFFERS`.
    - `least` int64[row, memory]: the bytes at which automatic buffers begin.
    - `least_resources` int64[row, 5]: a bound on the resources of any choice of buffers.
    - `holds` bool[row, batch]: whether the activations of a batch may fit the board's memory.
    - `sizes`, for each memory bool[row, choice]: the stated sizes an array can be built with.
    - `dead` bool[row]: the rows that a search has left out. A search removes sizes too.
    """

    space: Space
    rows: Ints
    places: Mapping[str, Ints]
    machines: Axes
    resources: Ints
    more_ports: Ints
    words: Ints
    least: Ints
    least_resources: Ints
    port_of: Ints
    memory: MemoryInterface | IdealMemory
    holds: Bools
    sizes: Mapping[BufferName, Bools]
    left_out: LeftOut
    dead: Bools

    @classmethod
    def of(cls, space: Space, builder: Builder, plans: Plans) -> Arrays:
        """The arrays of a space; raises the reason if there are none."""
        listed = listed_arrays(space, builder, plans)
        built = listed.built
        base: dict[str, Choice] = {name: choices[0] for name, choices in space.axes.items()}
        base |= {name: space.axes[name][rows[0]] for name, rows in listed.places.items()}
        base["clock"] = AUTO
        costs = BufferCosts(builder.costs)
        parts = [
            (builder.costs.without_buffers(acc), ArrayBuffers(space, costs, acc).least())
            for acc in built
        ]
        ports = [builder.least(base | {"ports": choice}) for choice in space.axes["ports"]]
        return cls(
            space,
            listed.rows,
            listed.places,
            Axes.of(built),
            np.array([row for row, _ in parts], np.int64),
            _more_ports(space, builder, base),
            np.array([[word_bits(acc, name) for name in BUFFERS] for acc in built], np.int64),
            np.array([_least(acc) for acc in built], np.int64),
            np.array([row for _, row in parts], np.int64),
            Axes.of(ports).port_of,
            builder.board.memory,
            listed.holds,
            listed.sizes,
            listed.left_out,
            np.zeros(len(built), np.bool_),
        )

    def number(self, families: Ints) -> Ints:
        """The row of every family's array, int64[family]; -1 if the array is left out."""
        places = self.space.places(families, self.space.family_axes)
        number = np.zeros(families.shape, np.int64)
        for name in ARRAY_AXES:
            number = number * len(self.space.axes[name]) + places[name]
        return np.asarray(self.rows[number], np.int64)

    def usable(self, families: Ints) -> Bools:
        """Which families may have buffers with which they can be built and run the networks,
        bool[family]."""
        rows = self.number(families)
        batch = self.space.places(families, self.space.family_axes)["batch"]
        return np.asarray((rows >= 0) & self.holds[rows, batch] & ~self.dead[rows], np.bool_)

    def has(self, number: int) -> bool:
        """Whether the point `number` has not been left out together with other points."""
        family, variant = divmod(number, self.space.variants)
        places = self.space.places(np.array([variant], np.int64), self.space.variant_axes)
        row = int(self.number(np.array([family], np.int64))[0])
        held = [allowed[row, places[f"{n}_bytes"][0]] for n, allowed in self.sizes.items()]
        return bool(self.usable(np.array([family], np.int64))[0] and all(held))

    def leave_out(self, row: int, error: LightSimError) -> None:
        """Take an array out of the space, for a reason that holds for all its points."""
        self.left_out.add(error, self._points(row))
        self.dead[row] = True

    def leave_out_size(self, row: int, name: BufferName, choice: int, error: LightSimError) -> None:
        """Take the points of an array with one size of a memory out of the space."""
        before = self._points(row)
        self.sizes[name][row, choice] = False
        self.left_out.add(error, before - self._points(row))
        self.dead[row] |= not self.sizes[name][row].any()

    def _points(self, row: int) -> int:
        """How many points of the space an array still has."""
        axes = self.space.axes
        of_families = self.space.families // self.rows.size // len(axes["batch"])
        sizes = prod(int(allowed[row].sum()) for allowed in self.sizes.values())
        banks = prod(len(axes[n]) for n in self.space.variant_axes if n.endswith("_banks"))
        return int(self.holds[row].sum()) * of_families * sizes * banks

    def point(self, row: int) -> dict[str, Choice]:
        """A point of the space with the array of a row."""
        point: dict[str, Choice] = {name: choices[0] for name, choices in self.space.axes.items()}
        return point | {name: self.space.axes[name][at[row]] for name, at in self.places.items()}

    def one_of_each_scheme(self, builder: Builder) -> dict[int, Accelerator]:
        """One machine of each scheme that has an array, by the place on the axis `scheme`."""
        schemes, rows = np.unique(self.places["scheme"], return_index=True)
        pairs = zip(schemes.tolist(), rows.tolist(), strict=True)
        return {at: builder.least(self.point(row)) for at, row in pairs}

    def family_resources(self, families: Ints) -> Ints:
        """The resources of families without their buffers, int64[family, 5], block RAM in
        halves."""
        places = self.space.places(families, self.space.family_axes)
        more = self.more_ports[places["port_bits"], places["ports"]]
        return np.asarray(self.resources[self.number(families)] + more, np.int64)


def _least(acc: Accelerator) -> list[int]:
    buffers = (acc.input, acc.weight, acc.residual, acc.output)
    return [*(buffer.bytes_per_bank for buffer in buffers), acc.psum_bytes]


def _more_ports(space: Space, builder: Builder, base: dict[str, Choice]) -> Ints:
    """The resources of each number of ports beyond the first choice, int64[port width, ports,
    5]."""
    widths, counts = space.axes["port_bits"], space.axes["ports"]
    found = np.zeros((len(widths), len(counts), RESOURCES), np.int64)
    for i, width in enumerate(widths):
        used = [
            builder.costs.without_buffers(
                builder.least(base | {"port_bits": width, "ports": count})
            )
            for count in counts
        ]
        found[i] = np.subtract(used, used[0])
    return found
