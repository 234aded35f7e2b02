"""A design space: the product of the axes, its points numbered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from dse.space.axes import AXES, Choice

__all__ = ["Space"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Space:
    """Every combination of the axes' choices.

    A point is numbered in mixed radix, the axes in the order of `names`, the last running
    fastest. The axes that size memories come last: points of one *core* (everything but its
    memories) have neighbouring numbers. `lanes` says by scheme which lanes go with it, empty where
    all do; a point of other lanes is numbered too, and is none of the space.
    """

    axes: Mapping[str, tuple[Choice, ...]]
    lanes: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)

    @cached_property
    def core_names(self) -> tuple[str, ...]:
        """The axes of a core."""
        return tuple(name for name, axis in AXES.items() if not axis.memory)

    @cached_property
    def memory_names(self) -> tuple[str, ...]:
        """The axes of its memories."""
        return tuple(name for name, axis in AXES.items() if axis.memory)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All axes in the order of numbering."""
        return (*self.core_names, *self.memory_names)

    @property
    def cores(self) -> int:
        """How many cores there are."""
        return prod(len(self.axes[name]) for name in self.core_names)

    @property
    def variants(self) -> int:
        """How many sets of memories each core has."""
        return prod(len(self.axes[name]) for name in self.memory_names)

    @property
    def size(self) -> int:
        """How many points are numbered; those of the space are fewer where some are left out."""
        return self.cores * self.variants

    def point(self, number: int) -> dict[str, Choice]:
        """The choices of the point with that number."""
        found: dict[str, Choice] = {}
        for name in reversed(self.names):
            number, at = divmod(number, len(self.axes[name]))
            found[name] = self.axes[name][at]
        return {name: found[name] for name in self.names}

    def number(self, point: Mapping[str, Choice]) -> int:
        """The number of a point; raises `ValueError` for a choice that its axis does not have."""
        number = 0
        for name in self.names:
            choices = self.axes[name]
            number = number * len(choices) + choices.index(point[name])
        return number

    def inside(self, cores: Ints, within: Mapping[str, int]) -> NDArray[np.bool_]:
        """Which of these cores have on some axes the places that `within` says."""
        places = self.places(cores, self.core_names)
        inside = np.ones(cores.size, np.bool_)
        for name, place in within.items():
            inside &= places[name] == place
        return inside

    def places(self, numbers: Ints, names: tuple[str, ...]) -> dict[str, Ints]:
        """Of every number, taken as one of the product of `names`, the place on each axis."""
        rest = np.asarray(numbers, np.int64)
        found: dict[str, Ints] = {}
        for name in reversed(names):
            rest, found[name] = np.divmod(rest, len(self.axes[name]))
        return found
