"""What a filter's second term costs on a named accelerator, in cycles of the timeline.

Filters that share a tile compete for its row groups, and a row group takes the passes of its
largest k: sorted by k, the second terms of a tile cost a stair. Dropping one of them pays only
where the last filter of a step goes, so a step's cycles are divided among the filters that
stand on it, and a place that is free on a step already paid for costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Stairs", "TermCosts"]


Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Stairs:
    """One layer's second terms: `sets` of filters that compete, and what each step costs.

    Step j of a set are its ranks `edges[j]` to `edges[j + 1]` - 1, counted from the filter that
    keeps its second term longest; `cycles[j]` is what one set pays for the step.
    """

    sets: tuple[tuple[int, ...], ...]
    edges: tuple[int, ...]
    cycles: Reals

    def weights(self, k: NDArray[np.int8], norms: Reals) -> Reals:
        """Cycles that stand on every filter's second term, float64[out].

        `norms` float64[out] order the filters: among those of equal k, a larger residual keeps
        its term longer.
        """
        found = np.zeros(len(k))
        for members in self.sets:
            own = np.array(members)
            order = own[np.lexsort((own, -norms[own], k[own] != 2))]
            present = int((k[own] == 2).sum())
            for step, cycles in enumerate(self.cycles):
                first, last = self.edges[step], min(self.edges[step + 1], len(own))
                if first >= last:
                    break
                # On a step that is half used only the filters on it can give it back.
                stop = min(present, last) if first < present else last
                found[order[first:stop]] = cycles / (stop - first)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class TermCosts:
    """The stairs of every layer with weights, by name, for `images` images at a time."""

    layers: Mapping[str, Stairs]
    images: int

    def weights(
        self, k: Mapping[str, NDArray[np.int8]], norms: Mapping[str, Reals]
    ) -> dict[str, Reals]:
        """Weights of every filter's second term, float64[out] by layer, 1 on average over all."""
        cycles = {
            name: stairs.weights(k[name], norms[name]) for name, stairs in self.layers.items()
        }
        mean = float(np.concatenate(list(cycles.values())).mean())
        return {name: own / mean if mean > 0 else own + 1 for name, own in cycles.items()}
