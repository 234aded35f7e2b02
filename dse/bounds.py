"""What no design can beat: its least cycles by any mapping, and its resources.

Cores are bounded with the most favourable memories that the space offers them, designs with
their own, both by `lightsim.bounds`; where k is free, over every allocation that is allowed. A
design about to be run is looked at once more, by the limits of all its tilings
(`lightsim.optimum`), which takes some milliseconds and is closer for small layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dse.arrays import ARRAY_AXES, Arrays, memory_names
from dse.axes import AUTO
from dse.design import Builder, Design
from dse.joint.bound import FreeBound
from dse.memories import MOST_BYTES, BufferPlan, planned, stated_bytes
from dse.resources import whole_blocks
from dse.second_look import SecondLook
from dse.space import Space
from dse.spending import Spending, every_spending
from lightsim.bounds import Axes, NetworkBound
from lightsim.quantisation.workload import Workload

__all__ = ["Bounds"]

Ints = NDArray[np.int64]
_CHUNK = 1 << 17  # cores bounded at a time: some hundred bytes each
_BANKED = memory_names[:-1]
# Bytes of half a block RAM and of an UltraRAM: no memory that grows holds more than the blocks it
# gets, but for the output's slices, which may be short enough for LUT RAM.
_HALF_BYTES, _URAM_BYTES = 18 * 1024 // 8, 288 * 1024 // 8
_GROWN_IN_BLOCKS = ("input", "weight", "psum")


@dataclass(eq=False)
class Bounds:
    """The bounds of a space; `workloads[network][scheme]` are its networks. `asked` says that a
    study asks for what designs spend."""

    space: Space
    builder: Builder
    workloads: Mapping[str, Mapping[str, Workload]]
    free: FreeBound | None = None
    asked: bool = False
    arrays: Arrays = field(init=False)

    def __post_init__(self) -> None:
        self.arrays = Arrays.of(self.space, self.builder)
        base = {name: choices[0] for name, choices in self.space.axes.items()}
        self._networks = [
            [
                NetworkBound(schemes[str(name)], self.builder.least(base | {"scheme": name}))
                for name in self.space.axes["scheme"]
            ]
            for schemes in self.workloads.values()
        ]
        self._tables = lru_cache(maxsize=1 << 14)(self._memory_tables)
        self._spending: Spending | None = None
        self._second = SecondLook(self.space, self.builder, self.workloads)

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
        is are left out if `fitting`.
        """
        limits = np.array(self.builder.limits.values(), np.int64)
        for first in range(0, self.space.cores, _CHUNK):
            numbers = np.arange(first, min(first + _CHUNK, self.space.cores), dtype=np.int64)
            core = self.arrays.core_resources(numbers)
            used = whole_blocks(core + self.arrays.least_resources[self.arrays.number(numbers)])
            if fitting:
                fits = (used <= limits).all(axis=1)
                numbers, core, used = numbers[fits], core[fits], used[fits]
            if numbers.size:
                machines = self._with_most_memory(self._machines(numbers), numbers, core)
                yield numbers, self._cycles(numbers, machines), used

    def designs(self, core: int) -> tuple[Ints, Ints, Ints]:
        """Numbers, least cycles [design, network] and resources [design, 5] of a core's designs.

        Points that cannot be built for want of resources are left out where the size of their
        memories hangs on what is left.
        """
        space = self.space
        first = core * space.variants
        numbers = np.arange(first, first + space.variants, dtype=np.int64)
        places = space.places(np.arange(space.variants, dtype=np.int64), space.memory_names)
        at = int(self.arrays.number(np.array([core]))[0])
        sizes, used = self._stated(at, core, places)
        kept = np.ones(numbers.size, np.bool_)
        for row in np.flatnonzero(self._automatic(places)):
            built = self.builder.build(space.point(int(numbers[row])))
            kept[row] = isinstance(built, Design)
            if isinstance(built, Design):
                acc = built.accelerator
                buffers = (acc.input, acc.weight, acc.residual, acc.output)
                sizes[row] = [*(b.bytes_per_bank for b in buffers), acc.psum_bytes]
                used[row] = built.resources.values()
        columns = dict(zip((f"{name}_bytes" for name in memory_names), sizes[kept].T, strict=True))
        for name in ("input", "weight"):
            choices = np.array(space.axes[f"{name}_banks"], np.int64)
            columns[f"{name}_banks"] = choices[places[f"{name}_banks"]][kept]
        cores = np.full(int(kept.sum()), core, np.int64)
        machines = self._machines(cores).vary(**columns)
        return numbers[kept], self._cycles(cores, machines), used[kept]

    def spending(self, cores: Ints) -> Spending:
        """What designs on these cores spend at least; zeros where the study does not ask."""
        if not self.asked:
            return Spending.nothing(len(cores), self.networks)
        if self._spending is None:
            self._spending = every_spending(self.space, self.arrays, self._networks, self.free)
        places = self.space.places(cores, self.space.core_names)
        at = self.arrays.number(cores), places["batch"], places["k"]
        return Spending(self._spending.joules[at], self._spending.dram_bytes[at])

    def closer(self, number: int) -> Ints | None:
        """Least cycles int64[network] of a design by the limits of all its tilings; None where
        nothing more is known of it than `designs` says: it cannot be built, or k is free."""
        return None if self.free is not None else self._second.cycles(number)

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
        limits = self.builder.limits
        bram = np.maximum(2 * limits.bram36 - used[:, 3], 0) * _HALF_BYTES
        room = bram + limits.uram * _URAM_BYTES
        array = self.arrays.number(cores)
        columns: dict[str, Ints] = {}
        for place, name in enumerate(memory_names):
            least = self.arrays.least[:, place][array]
            banks = [1] if name == "psum" else [int(b) for b in self.space.axes[f"{name}_banks"]]
            most = np.zeros(cores.shape, np.int64)
            for choice in self.space.axes[f"{name}_bytes"]:
                if choice == AUTO:
                    grown = np.full(cores.shape, MOST_BYTES.get(name, MOST_BYTES["output"]))
                    if name in _GROWN_IN_BLOCKS:
                        grown = np.minimum(grown, room)
                    stated = np.maximum(least, grown)
                    if name == "residual":
                        stated = np.maximum(stated, self._largest("output", array))
                else:
                    word = self.arrays.words[:, place][array]
                    stated = stated_bytes(choice, word, machines.port_bits // 8, name)
                most = np.maximum(most, stated)
            columns[f"{name}_bytes"] = most
            if name in ("input", "weight"):
                columns[f"{name}_banks"] = np.full(cores.shape, max(banks), np.int64)
        return machines.vary(**columns)

    def _largest(self, name: str, array: Ints) -> Ints:
        """The largest stated size of a memory, 0 where none is stated."""
        word = self.arrays.words[:, memory_names.index(name)][array]
        port = self.arrays.machines.port_bits[array] // 8
        sizes = [
            stated_bytes(choice, word, port, name)
            for choice in self.space.axes[f"{name}_bytes"]
            if choice != AUTO
        ]
        return np.asarray(np.max([np.zeros(array.shape, np.int64), *sizes], axis=0), np.int64)

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

    def _automatic(self, places: Mapping[str, Ints]) -> NDArray[np.bool_]:
        """Which designs of a core have a memory that grows into what is left."""
        found = np.zeros(len(places["input_bytes"]), np.bool_)
        for name in memory_names:
            choices = np.array([c == AUTO for c in self.space.axes[f"{name}_bytes"]], np.bool_)
            found |= choices[places[f"{name}_bytes"]]
        return found

    def _stated(self, array: int, core: int, places: Mapping[str, Ints]) -> tuple[Ints, Ints]:
        """Sizes [design, memory] and resources [design, 5] with every memory as stated."""
        used = self.arrays.core_resources(np.array([core]))
        sizes = np.zeros((len(places["input_bytes"]), len(memory_names)), np.int64)
        found = np.repeat(used, len(sizes), axis=0)
        for column, (nbytes, resources) in enumerate(self._tables(array)):
            name = memory_names[column]
            size = places[f"{name}_bytes"]
            banks = places[f"{name}_banks"] if name in _BANKED else np.zeros_like(size)
            sizes[:, column] = nbytes[size]
            found += resources[size, banks]
        return sizes, whole_blocks(found)

    def _memory_tables(self, array: int) -> list[tuple[Ints, Ints]]:
        """For each memory, the bytes of every choice and what they take [choice, banks, 5]."""
        space = self.space
        rest = array
        place: dict[str, int] = {}
        for name in reversed(ARRAY_AXES):
            rest, place[name] = divmod(rest, len(space.axes[name]))
        base = {name: choices[place.get(name, 0)] for name, choices in space.axes.items()}
        acc = self.builder.least(base)
        tables = []
        for name in memory_names:
            sizes = space.axes[f"{name}_bytes"]
            banks = space.axes[f"{name}_banks"] if name in _BANKED else (1,)
            nbytes = np.zeros(len(sizes), np.int64)
            used = np.zeros((len(sizes), len(banks), 5), np.int64)
            for i, size in enumerate(sizes):
                for j, count in enumerate(banks):
                    point = base | {f"{name}_bytes": size, f"{name}_banks": count}
                    built = planned(acc, BufferPlan.of(point))
                    used[i, j] = self.builder.costs.memories(built)[name]
                    is_psum = name == "psum"
                    nbytes[i] = built.psum_bytes if is_psum else getattr(built, name).bytes_per_bank
            tables.append((nbytes, used))
        return tables
