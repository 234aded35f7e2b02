"""What designs that need not be run could have been at best, by scheme."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dse.space.points import Space

__all__ = ["Closed"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Closed:
    """The best bound of the closed designs of every scheme.

    A design is closed by what another one reached, of any scheme. Of its own scheme it may still
    be the best: its bound, known when it is closed, is what keeps that scheme's limit proven.
    """

    def __init__(self, space: Space, objectives: int) -> None:
        self._space = space
        self._best = np.full((len(space.axes["scheme"]), objectives), np.inf)

    def best(self, scheme: int, objective: int) -> float:
        """What no closed design of a scheme, by its place, beats; infinite where none is closed."""
        return float(self._best[scheme, objective])

    def note(self, families: Ints, values: Floats) -> None:
        """Note closed designs of these `families` int64[design] that no more than reach `values`
        float64[design, objective]."""
        if families.size:
            places = self._space.places(families, self._space.family_axes)["scheme"]
            np.minimum.at(self._best, places, values)

    def note_any(self, values: Floats) -> None:
        """Note closed designs, of any scheme, that no more than reach `values`
        float64[objective]."""
        np.minimum(self._best, values, out=self._best)
