"""The bounds of designs: the least cycles by any mapping, and the resources.

A family is bounded with the most favourable buffers that the space offers it, a design with its
own buffers; both bounds are made by `lightsim.tiled.bounds`. If k is free, a bound holds for every
allowed allocation. A design that is next to be run gets a closer bound, made of the limits of all
its tilings (`lightsim.tiled.optimum`). The closer bound takes some milliseconds and is better for
small layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dse.machine import doors
from dse.machine.bounded import CloserBound, Listed, Question
from dse.machine.design import Design
from dse.machine.spending import Spending
from dse.space.axes import AUTO
from dse.space.left_out import LeftOut
from dse.space.points import Space
from dse.tiled.design.arrays import Arrays
from dse.tiled.design.builder import Builder
from dse.tiled.design.costs import BUFFERS, whole_blocks
from dse.tiled.design.growing import Growing
from dse.tiled.design.largest_buffers import most_bytes, room_bytes
from dse.tiled.design.plans import Plans
from dse.tiled.free_k.bound import FreeBound, free_bound
from dse.tiled.limits.smallest import Smallest, held_bytes
from dse.tiled.limits.spending import every_spending
from dse.tiled.limits.sweep import leave_out
from dse.tiled.limits.tilings_bound import TilingsBound
from lightsim.errors import InputError, LightSimError
from lightsim.quantisation.workload import Workload
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.description.accelerator import Accelerator

__all__ = ["Bounds", "bounds_of"]

Ints = NDArray[np.int64]
_CHUNK = 1 << 17  # families bounded at a time: some hundred bytes each


@dataclass(eq=False)
class Bounds:
    """The bounds of a space.

    `workloads[network][scheme]` are its networks; `refused` gives the reason for each scheme that
    has no workload. `free` bounds allocations if k is free. `asked` says that the study asks for
    energy or traffic, `sized` that resources are among its objectives. Raises the reason if no
    design of the space can be built or run.
    """

    space: Space
    builder: Builder
    workloads: Mapping[str, Mapping[str, Workload]]
    free: FreeBound | None = None
    asked: bool = False
    refused: Mapping[str, LightSimError] = field(default_factory=dict)
    sized: bool = False
    arrays: Arrays = field(init=False)
    _swept: set[tuple[str, int]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        plans = Plans(self.workloads, self.refused)
        self.arrays = Arrays.of(self.space, self.builder, plans)
        templates = self.arrays.one_of_each_scheme(self.builder)
        self._networks = [
            {at: NetworkBound(schemes[acc.scheme], acc) for at, acc in templates.items()}
            for schemes in self.workloads.values()
        ]
        self._spending: Spending | None = None
        self._tilings = TilingsBound(self.space, self.builder, self.workloads, self.asked)
        self._smallest = Smallest(self.workloads)
        self._growing = Growing(self.arrays, self.builder)

    @property
    def left_out(self) -> LeftOut:
        """The points of the space that are known to be no design."""
        return self.arrays.left_out

    def nothing_left(self) -> LightSimError | None:
        """The reason why no point of the space is a design; None if some point may be one."""
        return self.arrays.left_out.error("[axes]") if self.arrays.dead.all() else None

    def usable(self, families: Ints) -> NDArray[np.bool_]:
        """Which of `families` int64[family] may still have designs, bool[family]."""
        return self.arrays.usable(families)

    def cannot_run(self, number: int, design: Design) -> bool:
        """Whether a pass has no tile that fits the buffers of a design. If so, all points of the
        space to which the same applies are left out from then on."""
        error = self.unmappable(design.accelerator)
        if error is not None and self.arrays.has(number):
            self.arrays.left_out.add(error, 1)
        return error is not None

    @property
    def networks(self) -> int:
        """How many networks there are."""
        return len(self._networks)

    def families(self) -> tuple[Ints, Ints]:
        """The least cycles int64[family, network] and the least resources int64[family, 5] of
        every family of the space."""
        _, cycles, used = zip(*self.family_blocks(), strict=True)
        return np.concatenate(cycles), np.concatenate(used)

    def family_blocks(self, fitting: bool = False) -> Iterator[tuple[Ints, Ints, Ints]]:
        """The families of the space, block by block.

        A block is numbers int64[family], least cycles int64[family, network] and resources
        int64[family, 5] with the smallest size of every memory. Families that cannot be built are
        left out; with `fitting` families whose resources are above the limits are left out too.
        """
        limits = np.array(self.builder.limits.values(), np.int64)
        for first in range(0, self.space.families, _CHUNK):
            numbers = np.arange(first, min(first + _CHUNK, self.space.families), dtype=np.int64)
            numbers = numbers[self.arrays.usable(numbers)]
            rest = self.arrays.family_resources(numbers)
            used = whole_blocks(rest + self.arrays.least_resources[self.arrays.number(numbers)])
            if fitting:
                fits = (used <= limits).all(axis=1)
                numbers, rest, used = numbers[fits], rest[fits], used[fits]
            if fitting and self.sized and numbers.size:
                used, some = self._growing.least(numbers)
                numbers, rest, used = numbers[some], rest[some], used[some]
            if numbers.size:
                machines = self._with_largest_buffers(self._machines(numbers), numbers, rest)
                yield numbers, self._cycles(numbers, machines), used

    def listed(self, family: int) -> Listed:
        """The designs of a family that can be built. A design whose buffers do not fit the limits
        even at their smallest sizes is left out."""
        space = self.space
        first = family * space.variants
        numbers = np.arange(first, first + space.variants, dtype=np.int64)
        places = space.places(np.arange(space.variants, dtype=np.int64), space.variant_axes)
        row = int(self.arrays.number(np.array([family]))[0])
        grown = self._growing.of(np.array([family], np.int64))
        kept = grown.fits[0] & self._growing.allowed(row)
        sizes = grown.sizes[0, kept]
        columns = {f"{name}_bytes": sizes[:, place] for place, name in enumerate(BUFFERS)}
        for name in ("input", "weight"):
            choices = np.array(self.space.axes[f"{name}_banks"], np.int64)
            columns[f"{name}_banks"] = choices[places[f"{name}_banks"][kept]]
        families = np.full(len(sizes), family, np.int64)
        cycles = self._cycles(families, self._machines(families).vary(**columns))
        return Listed(numbers[kept], cycles, grown.used[0, kept])

    def spending(self, families: Ints, closer: CloserBound | None = None) -> Spending:
        """The least spending of designs of `families` int64[design], raised to the closer bound
        if there is one; zeros if the study does not ask for energy or traffic."""
        if not self.asked:
            return Spending.nothing(len(families), self.networks)
        if self._spending is None:
            self._spending = every_spending(self.space, self.arrays, self._networks, self.free)
        places = self.space.places(families, self.space.family_axes)
        at = self.arrays.number(families), places["batch"], places["k"]
        found = Spending(self._spending.joules[at], self._spending.dram_bytes[at])
        return (
            found if closer is None else found.moving(closer.dram_bytes, self.builder.board.memory)
        )

    def closer(self, number: int) -> CloserBound | None:
        """The least cycles and traffic of a design by the limits of all its tilings; None if the
        design cannot be built or k is free, because then only the bound of `listed` is known."""
        return None if self.free is not None else self._tilings.cycles(number)

    def closer_of_family(self, family: int) -> CloserBound | None:
        """A closer bound of all designs of a family, made with the largest size of each buffer."""
        if self.free is not None:
            return None
        grown = self._growing.of(np.array([family], np.int64))
        kept = grown.fits[0] & self._growing.allowed(int(self.arrays.number(np.array([family]))[0]))
        if not kept.any():
            return None
        return self._tilings.cycles_of_family(family, grown.sizes[0, kept].max(axis=0))

    def unmappable(self, acc: Accelerator) -> InputError | None:
        """The reason why a pass has no tile that fits a machine's buffers; None if every pass has
        one. The points of the space to which the same applies are left out from then on."""
        refused = None if self.free is not None else self._smallest.refused(acc)
        if refused is None:
            return None
        if refused not in self._swept:
            self._swept.add(refused)
            leave_out(self.arrays, self.builder, self._smallest, *refused)
        return self._smallest.need(*refused, acc).error(held_bytes(acc))

    def _machines(self, families: Ints) -> Axes:
        """The machines of families, with the smallest buffers of their arrays."""
        places = self.space.places(families, self.space.family_axes)
        machines = self.arrays.machines.take(self.arrays.number(families))
        hz = self.builder.board.clock_hz
        clocks = np.array([hz if c == AUTO else int(c) for c in self.space.axes["clock"]], np.int64)
        images = np.array(self.space.axes["batch"], np.int64)
        return machines.vary(
            clock_hz=clocks[places["clock"]],
            images=images[places["batch"]],
            port_of=self.arrays.port_of[:, places["ports"]],
        )

    def _with_largest_buffers(self, machines: Axes, families: Ints, used: Ints) -> Axes:
        """The machines with the largest buffers that the space and the device allow.

        `used` int64[family, 5] are the resources that the families take without their buffers,
        block RAM in halves.
        """
        most = most_bytes(
            self.arrays, self.arrays.number(families), room_bytes(self.builder.limits, used)
        )
        columns = {f"{name}_bytes": most[:, place] for place, name in enumerate(BUFFERS)}
        for name in ("input", "weight"):
            banks = max(int(count) for count in self.space.axes[f"{name}_banks"])
            columns[f"{name}_banks"] = np.full(families.shape, banks, np.int64)
        return machines.vary(**columns)

    def _cycles(self, families: Ints, machines: Axes) -> Ints:
        """The least cycles int64[machine, network], each by the bound of the machine's scheme."""
        places = self.space.places(families, self.space.family_axes)
        scheme, terms = places["scheme"], places["k"]
        found = np.zeros((families.size, len(self._networks)), np.int64)
        for which in np.unique(scheme).tolist():
            where = np.flatnonzero(scheme == which)
            part = machines.take(where)
            for column, networks in enumerate(self._networks):
                bound = networks[which]
                if self.free is None:
                    cycles = bound.cycles(part)
                else:
                    cycles = self.free.cycles(bound, terms[where], part)
                found[where, column] = cycles.astype(np.int64)
        return found


def bounds_of(space: Space, builder: Builder, question: Question) -> doors.Bounds:
    """The bounds of a space for a question; raises as `Bounds`."""
    free = None if question.free_k is None else free_bound(question.free_k, space.axes["k"])
    return Bounds(
        space, builder, question.workloads, free, question.spending, question.refused,
        question.sizes,
    )  # fmt: skip
