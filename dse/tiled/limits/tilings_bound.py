"""A closer bound of a single design: the limits of all tilings of its passes, added up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dse.machine.bounded import CloserBound
from dse.machine.design import Design
from dse.space.points import Space
from dse.tiled.design.buffers import BufferPlan, planned
from dse.tiled.design.builder import Builder
from dse.tiled.design.costs import BUFFERS
from dse.tiled.design.patterns import Kept, Pattern
from lightsim.errors import LightSimError
from lightsim.hardware.device import Resources
from lightsim.quantisation.workload import Workload

if TYPE_CHECKING:
    from lightsim.tiled.optimum import PassTilings

__all__ = ["TilingsBound"]

_MOST_PATTERNS = 64  # arrays whose tilings are kept


class TilingsBound:
    """Bounds designs of a space one by one; `workloads[network][scheme]` are its networks.

    Memory traffic is bounded only if it is `asked` for; otherwise it is 0.
    """

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

    def cycles(self, number: int) -> CloserBound | None:
        """The least cycles and traffic of the design `number`; None if it cannot be built, or if
        a network cannot run on it."""
        built = self._builder.build(self._space.point(number))
        return self._of(built) if isinstance(built, Design) else None

    def cycles_of_family(self, family: int, sizes: NDArray[np.int64]) -> CloserBound | None:
        """The least cycles and traffic of all designs of a family.

        No buffer of these designs is larger than `sizes` int64[memory], and none has more banks
        than the most that the space offers.
        """
        space = self._space
        point = space.point(family * space.variants)
        banks = {
            name: max(int(count) for count in space.axes[name])
            for name in space.variant_axes
            if name.endswith("_banks")
        }
        choices = {f"{n}_bytes": int(size) for n, size in zip(BUFFERS, sizes, strict=True)}
        acc = planned(self._builder.least(point), BufferPlan.of({**point, **banks, **choices}))
        return self._of(Design(acc, int(point["batch"]), Resources()))

    def _of(self, design: Design) -> CloserBound | None:
        # Numba takes a third of a second to load: only a search pays for it.
        from lightsim.tiled.optimum import network_limit, pass_tilings
        from lightsim.tiled.optimum.passes import network_words

        acc, found, moved = design.accelerator, [], []
        for network, schemes in self._workloads.items():
            key = network, Pattern.key(design)
            passes = self._tilings.get(key)
            if passes is None:
                try:
                    passes = pass_tilings(schemes[acc.scheme], acc, design.batch)
                except LightSimError:  # the run of the design will give the reason
                    return None
                self._tilings.put(key, passes)
            found.append(network_limit(passes, acc, design.batch) or 0)
            words = network_words(passes, acc, design.batch) if self._asked else 0
            moved.append((words or 0) * acc.word_bytes)
        return CloserBound(np.array(found, np.int64), np.array(moved, np.int64))
