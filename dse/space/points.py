"""A design space: the product of the axes, its points numbered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from dse.space.axes import Choice
from lightsim.errors import InputError

__all__ = ["Space", "check_size"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Space:
    """Every combination of the axes' choices.

    A point is numbered in mixed radix, the axes in the order of `names`, the last running
    fastest. `variant_axes`, in which designs of one *family* differ (of a tiled machine those that
    size its buffers), come last: points of a family have neighbouring numbers. `lanes` says by
    scheme which lanes go with it, empty where all do; a point of other lanes is numbered too, and
    is none of the space.
    """

    axes: Mapping[str, tuple[Choice, ...]]
    lanes: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    variant_axes: tuple[str, ...] = ()

    @cached_property
    def family_axes(self) -> tuple[str, ...]:
        """The axes that designs of one family have in common."""
        return tuple(name for name in self.axes if name not in self.variant_axes)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All axes in the order of numbering."""
        return (*self.family_axes, *self.variant_axes)

    @property
    def families(self) -> int:
        """How many families there are."""
        return prod(len(self.axes[name]) for name in self.family_axes)

    @property
    def variants(self) -> int:
        """How many designs each family has."""
        return prod(len(self.axes[name]) for name in self.variant_axes)

    @property
    def size(self) -> int:
        """How many points are numbered; those of the space are fewer where some are left out."""
        return self.families * self.variants

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

    def of_axis(self, families: Ints, name: str) -> tuple[tuple[Choice, ...], Ints]:
        """The choices of an axis of families, and the place of each family on it; without the axis
        no choices, and place 0."""
        if name not in self.axes:
            return (), np.zeros(families.shape, np.int64)
        return self.axes[name], self.places(families, self.family_axes)[name]

    def inside(self, families: Ints, within: Mapping[str, int]) -> NDArray[np.bool_]:
        """Which of these families have on some axes the places that `within` says."""
        places = self.places(families, self.family_axes)
        inside = np.ones(families.size, np.bool_)
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


def check_size(space: Space, names: tuple[str, ...], most: int) -> None:
    """Refuse more combinations of these axes than can be looked at."""
    count = prod(len(space.axes[name]) for name in names)
    if count > most:
        widest = max(names, key=lambda name: len(space.axes[name]))
        rest = "sizes of buffers do not count"
        raise InputError(
            "[axes]",
            f"{count:,} combinations of {', '.join(names)}",
            f"accepted: at most {most:,} (fewer choices of {widest}); {rest}",
        )
