"""For every scheme, the best value that its closed designs could have had."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dse.space.points import Space

__all__ = ["Closed"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Closed:
    """The best bound of the closed designs of every scheme.

    A design is closed when a design that was run, of any scheme, is at least as good as its bound.
    The closed design may still be the best of its own scheme. Its bound is therefore noted here,
    and the limit of its scheme stays proven.
    """

    def __init__(self, space: Space, objectives: int) -> None:
        self._space = space
        self._best = np.full((len(space.axes["scheme"]), objectives), np.inf)

    def best(self, scheme: int, objective: int) -> float:
        """The best bound of the closed designs of a scheme, given by its place on the axis;
        infinite if none is closed."""
        return float(self._best[scheme, objective])

    def note(self, families: Ints, values: Floats) -> None:
        """Note closed designs: `families` int64[design] are their families, `values`
        float64[design, objective] the best values that they could have."""
        if families.size:
            places = self._space.places(families, self._space.family_axes)["scheme"]
            np.minimum.at(self._best, places, values)

    def note_any(self, values: Floats) -> None:
        """Note closed designs that may be of any scheme; `values` float64[objective] are the best
        values that they could have."""
        np.minimum(self._best, values, out=self._best)
