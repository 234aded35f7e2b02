"""A closer bound of a single design: the limits of all tilings of its passes, added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dse.design.array_list import memory_names
from dse.design.buffers import BufferPlan, planned
from dse.design.builder import Builder, Design
from dse.design.patterns import Kept, Pattern
from dse.space.points import Space
from lightsim.errors import LightSimError
from lightsim.hardware.device import Resources
from lightsim.quantisation.workload import Workload

if TYPE_CHECKING:
    from lightsim.tiled.optimum import PassTilings

__all__ = ["Look", "SecondLook"]

_MOST_PATTERNS = 64  # arrays whose tilings are kept


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Least `cycles` and bytes through the memory `dram_bytes`, int64[network], of a batch."""

    cycles: NDArray[np.int64]
    dram_bytes: NDArray[np.int64]


class SecondLook:
    """Bounds designs of a space one by one; `workloads[network][scheme]` are its networks. Traffic
    is looked at where it is `asked` for, elsewhere it is 0."""

    def __init__(
        self,
        space: Space,
        builder: Builder,
        workloads: Mapping[str, Mapping[str, Workload]],
        asked: bool = False,
    ) -> None:
        self._asked = asked
        self._space, self._builder, self._workloads = space, builder, workloads
        self._tilings: Kept[tuple[PassTilings, ...]] = Kept(_MOST_PATTERNS)

    def cycles(self, number: int) -> Look | None:
        """Least cycles and traffic of a design; None for one that cannot be built or lowered."""
        built = self._builder.build(self._space.point(number))
        return self._of(built) if isinstance(built, Design) else None

    def core_cycles(self, core: int, sizes: NDArray[np.int64]) -> Look | None:
        """Least cycles and traffic of all designs of a core, none of which has larger memories
        than `sizes` int64[memory] or more banks than the space has."""
        space = self._space
        point = space.point(core * space.variants)
        banks = {
            name: max(int(count) for count in space.axes[name])
            for name in space.memory_names
            if name.endswith("_banks")
        }
        choices = {f"{n}_bytes": int(size) for n, size in zip(memory_names, sizes, strict=True)}
        acc = planned(self._builder.least(point), BufferPlan.of({**point, **banks, **choices}))
        return self._of(Design(acc, int(point["batch"]), Resources()))

    def _of(self, design: Design) -> Look | None:
        # Numba takes a third of a second to load: only those who search pay for it.
        from lightsim.tiled.optimum import network_limit, pass_tilings
        from lightsim.tiled.optimum.passes import network_words

        acc, found, moved = design.accelerator, [], []
        for network, schemes in self._workloads.items():
            key = network, Pattern.key(design)
            passes = self._tilings.get(key)
            if passes is None:
                try:
                    passes = pass_tilings(schemes[acc.scheme], acc, design.batch)
                except LightSimError:  # running it will say why
                    return None
                self._tilings.put(key, passes)
            found.append(network_limit(passes, acc, design.batch) or 0)
            words = network_words(passes, acc, design.batch) if self._asked else 0
            moved.append((words or 0) * acc.word_bytes)
        return Look(np.array(found, np.int64), np.array(moved, np.int64))
