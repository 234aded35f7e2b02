"""What no design can beat: its least cycles by any mapping, and its resources.

Cores are bounded with the most favourable memories that the space offers them, designs with
their own, both by `tiled.bounds`; where k is free, over every allocation that is allowed. A
design about to be run is looked at once more, by the limits of all its tilings
(`lightsim.tiled.optimum`), which takes some milliseconds and is closer for small layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dse.design.arrays import Arrays, memory_names
from dse.design.builder import Builder
from dse.design.costs import whole_blocks
from dse.design.growing import Growing
from dse.design.most_memory import most_bytes, room_bytes
from dse.design.plans import Plans
from dse.free_k.bound import FreeBound
from dse.limits.exact_bounds import Look, SecondLook
from dse.limits.smallest import Smallest, held_bytes
from dse.limits.spending import Spending, every_spending
from dse.limits.sweep import leave_out
from dse.space.axes import AUTO
from dse.space.points import Space
from lightsim.errors import InputError, LightSimError
from lightsim.quantisation.workload import Workload
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.description.accelerator import Accelerator

__all__ = ["Bounds", "Listed"]

Ints = NDArray[np.int64]
_CHUNK = 1 << 17  # cores bounded at a time: some hundred bytes each
_BANKED = memory_names[:-1]


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Designs of a core: `numbers` int64[design], least `cycles` int64[design, network] and
    resources `used` int64[design, 5]."""

    numbers: Ints
    cycles: Ints
    used: Ints


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
        self._second = SecondLook(self.space, self.builder, self.workloads, self.asked)
        self._smallest = Smallest(self.workloads)
        self._growing = Growing(self.arrays, self.builder)

    @property
    def networks(self) -> int:
        """How many networks there are."""
        return len(self._networks)

    def cores(self) -> tuple[Ints, Ints]:
        """Least cycles int64[core, network] and resources int64[core, 5] of every core."""
        _, cycles, used = zip(*self.core_blocks(), strict=True)
        return np.concatenate(cycles), np.concatenate(used)

    def core_blocks(self, fitting: bool = False) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Numbers, least cycles [core, network] and resources [core, 5] of cores, block by block.

        The resources are those with the least of every memory; cores that take more than there
        is are left out if `fitting`, and those that cannot be built always.
        """
        limits = np.array(self.builder.limits.values(), np.int64)
        for first in range(0, self.space.cores, _CHUNK):
            numbers = np.arange(first, min(first + _CHUNK, self.space.cores), dtype=np.int64)
            numbers = numbers[self.arrays.usable(numbers)]
            core = self.arrays.core_resources(numbers)
            used = whole_blocks(core + self.arrays.least_resources[self.arrays.number(numbers)])
            if fitting:
                fits = (used <= limits).all(axis=1)
                numbers, core, used = numbers[fits], core[fits], used[fits]
            if fitting and self.sized and numbers.size:
                used, some = self._growing.least(numbers)
                numbers, core, used = numbers[some], core[some], used[some]
            if numbers.size:
                machines = self._with_most_memory(self._machines(numbers), numbers, core)
                yield numbers, self._cycles(numbers, machines), used

    def listed(self, core: int) -> Listed:
        """A core's designs, but for those that cannot be built: of memories that grow too those
        for which there is no room."""
        space = self.space
        first = core * space.variants
        numbers = np.arange(first, first + space.variants, dtype=np.int64)
        places = space.places(np.arange(space.variants, dtype=np.int64), space.memory_names)
        row = int(self.arrays.number(np.array([core]))[0])
        grown = self._growing.of(np.array([core], np.int64))
        kept = grown.fits[0] & self._growing.allowed(row)
        sizes = grown.sizes[0, kept]
        columns = {f"{name}_bytes": sizes[:, place] for place, name in enumerate(memory_names)}
        for name in ("input", "weight"):
            choices = np.array(self.space.axes[f"{name}_banks"], np.int64)
            columns[f"{name}_banks"] = choices[places[f"{name}_banks"][kept]]
        cores = np.full(len(sizes), core, np.int64)
        cycles = self._cycles(cores, self._machines(cores).vary(**columns))
        return Listed(numbers[kept], cycles, grown.used[0, kept])

    def spending(self, cores: Ints, look: Look | None = None) -> Spending:
        """What designs on these cores spend at least, those of a `look` no less than it says;
        zeros where the study does not ask."""
        if not self.asked:
            return Spending.nothing(len(cores), self.networks)
        if self._spending is None:
            self._spending = every_spending(self.space, self.arrays, self._networks, self.free)
        places = self.space.places(cores, self.space.core_names)
        at = self.arrays.number(cores), places["batch"], places["k"]
        found = Spending(self._spending.joules[at], self._spending.dram_bytes[at])
        return found if look is None else found.moving(look.dram_bytes, self.builder.board.memory)

    def tilings_bound(self, number: int) -> Look | None:
        """Least cycles and traffic of a design by the limits of all its tilings; None where
        nothing more is known of it than `listed` says: it cannot be built, or k is free."""
        return None if self.free is not None else self._second.cycles(number)

    def core_closer(self, core: int) -> Look | None:
        """`tilings_bound` of all designs of a core, by what the largest of their memories hold."""
        if self.free is not None:
            return None
        grown = self._growing.of(np.array([core], np.int64))
        kept = grown.fits[0] & self._growing.allowed(int(self.arrays.number(np.array([core]))[0]))
        if not kept.any():
            return None
        return self._second.core_cycles(core, grown.sizes[0, kept].max(axis=0))

    def unmappable(self, acc: Accelerator) -> InputError | None:
        """Why no tile of some pass fits the memories of a machine, None where one of each does.
        What that says of the rest of the space is left out of it from then on."""
        refused = None if self.free is not None else self._smallest.refused(acc)
        if refused is None:
            return None
        if refused not in self._swept:
            self._swept.add(refused)
            leave_out(self.arrays, self.builder, self._smallest, *refused)
        return self._smallest.need(*refused, acc).error(held_bytes(acc))

    def _machines(self, cores: Ints) -> Axes:
        """The machines of cores, with the least memories of their arrays."""
        places = self.space.places(cores, self.space.core_names)
        machines = self.arrays.machines.take(self.arrays.number(cores))
        hz = self.builder.board.clock_hz
        clocks = np.array([hz if c == AUTO else int(c) for c in self.space.axes["clock"]], np.int64)
        images = np.array(self.space.axes["batch"], np.int64)
        return machines.vary(
            clock_hz=clocks[places["clock"]],
            images=images[places["batch"]],
            port_of=self.arrays.port_of[:, places["ports"]],
        )

    def _with_most_memory(self, machines: Axes, cores: Ints, used: Ints) -> Axes:
        """The machines with the largest memories that the space and the device allow.

        `used` int64[core, 5] are what the cores take, block RAM in halves.
        """
        most = most_bytes(
            self.arrays, self.arrays.number(cores), room_bytes(self.builder.limits, used)
        )
        columns = {f"{name}_bytes": most[:, place] for place, name in enumerate(memory_names)}
        for name in ("input", "weight"):
            banks = max(int(count) for count in self.space.axes[f"{name}_banks"])
            columns[f"{name}_banks"] = np.full(cores.shape, banks, np.int64)
        return machines.vary(**columns)

    def _cycles(self, cores: Ints, machines: Axes) -> Ints:
        """int64[machine, network], each by the bound of its scheme."""
        places = self.space.places(cores, self.space.core_names)
        scheme, terms = places["scheme"], places["k"]
        found = np.zeros((cores.size, len(self._networks)), np.int64)
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
