"""What no design can beat: its least cycles by any mapping, and its resources.

Families are bounded with the most favourable buffers that the space offers them, designs with
their own, both by `tiled.bounds`; where k is free, over every allocation that is allowed. A
design about to be run is looked at once more, by the limits of all its tilings
(`lightsim.tiled.optimum`), which takes some milliseconds and is closer for small layers.
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
    """The bounds of a space; `workloads[network][scheme]` are its networks, and `refused` says by
    scheme why there are none. `asked` says that a study asks for what designs spend. Raises the
    reason where no design of the space can be built or run."""

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
        """What of the space is no design, as far as is known."""
        return self.arrays.left_out

    def nothing_left(self) -> LightSimError | None:
        """Why no design is left at all; None where some may be."""
        return self.arrays.left_out.error("[axes]") if self.arrays.dead.all() else None

    def usable(self, families: Ints) -> NDArray[np.bool_]:
        """Which families still have designs, as far as is known."""
        return self.arrays.usable(families)

    def cannot_run(self, number: int, design: Design) -> bool:
        """Whether the buffers of a design hold no tile of some pass; what that says of the rest of
        the space is left out of it from then on."""
        error = self.unmappable(design.accelerator)
        if error is not None and self.arrays.has(number):
            self.arrays.left_out.add(error, 1)
        return error is not None

    @property
    def networks(self) -> int:
        """How many networks there are."""
        return len(self._networks)

    def families(self) -> tuple[Ints, Ints]:
        """Least cycles int64[family, network] and resources int64[family, 5] of every family."""
        _, cycles, used = zip(*self.family_blocks(), strict=True)
        return np.concatenate(cycles), np.concatenate(used)

    def family_blocks(self, fitting: bool = False) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Numbers, least cycles [family, network] and resources [family, 5], block by block.

        The resources are those with the least of every memory; families that take more than there
        is are left out if `fitting`, and those that cannot be built always.
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
        """A family's designs, but for those that cannot be built: of buffers that grow too those
        for which there is no room."""
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
        """What designs on these families spend at least, those of a `look` no less than it says;
        zeros where the study does not ask."""
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
        """Least cycles and traffic of a design by the limits of all its tilings; None where
        nothing more is known of it than `listed` says: it cannot be built, or k is free."""
        return None if self.free is not None else self._tilings.cycles(number)

    def closer_of_family(self, family: int) -> CloserBound | None:
        """`closer` of all designs of a family, by what the largest of their buffers hold."""
        if self.free is not None:
            return None
        grown = self._growing.of(np.array([family], np.int64))
        kept = grown.fits[0] & self._growing.allowed(int(self.arrays.number(np.array([family]))[0]))
        if not kept.any():
            return None
        return self._tilings.cycles_of_family(family, grown.sizes[0, kept].max(axis=0))

    def unmappable(self, acc: Accelerator) -> InputError | None:
        """Why no tile of some pass fits the buffers of a machine, None where one of each does.
        What that says of the rest of the space is left out of it from then on."""
        refused = None if self.free is not None else self._smallest.refused(acc)
        if refused is None:
            return None
        if refused not in self._swept:
            self._swept.add(refused)
            leave_out(self.arrays, self.builder, self._smallest, *refused)
        return self._smallest.need(*refused, acc).error(held_bytes(acc))

    def _machines(self, families: Ints) -> Axes:
        """The machines of families, with the least buffers of their arrays."""
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

        `used` int64[family, 5] are what the families take, block RAM in halves.
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
        """int64[machine, network], each by the bound of its scheme."""
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
    """The bounds of a space for what is asked; raises as `Bounds`."""
    free = None if question.free_k is None else free_bound(question.free_k, space.axes["k"])
    return Bounds(
        space, builder, question.workloads, free, question.spending, question.refused,
        question.sizes,
    )  # fmt: skip
