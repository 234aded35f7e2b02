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

    Points are numbered in mixed radix: the axes come in the order of `names`, and the last axis
    changes fastest. The `variant_axes` come last. Designs of one *family* differ only in these axes
    (on a tiled machine, the sizes of buffers), so points of a family have neighbouring numbers.

    `lanes` gives for each scheme the lanes that go with it; if `lanes` is empty, all lanes go with
    every scheme. A point with other lanes has a number too, but is no design.
    """

    axes: Mapping[str, tuple[Choice, ...]]
    lanes: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    variant_axes: tuple[str, ...] = ()

    @cached_property
    def family_axes(self) -> tuple[str, ...]:
        """The axes on which all designs of a family have the same choice."""
        return tuple(name for name in self.axes if name not in self.variant_axes)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All axes in the order of the numbering."""
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
        """How many points have a number; points that are no designs are counted too."""
        return self.families * self.variants

    def point(self, number: int) -> dict[str, Choice]:
        """The choices of the point `number`, by axis."""
        found: dict[str, Choice] = {}
        for name in reversed(self.names):
            number, at = divmod(number, len(self.axes[name]))
            found[name] = self.axes[name][at]
        return {name: found[name] for name in self.names}

    def number(self, point: Mapping[str, Choice]) -> int:
        """The number of a point; raises `ValueError` for a choice that an axis does not have."""
        number = 0
        for name in self.names:
            choices = self.axes[name]
            number = number * len(choices) + choices.index(point[name])
        return number

    def of_axis(self, families: Ints, name: str) -> tuple[tuple[Choice, ...], Ints]:
        """The choices of one of the families' axes, and the place of each family on this axis,
        int64[family]. If the space does not have the axis: no choices, and place 0."""
        if name not in self.axes:
            return (), np.zeros(families.shape, np.int64)
        return self.axes[name], self.places(families, self.family_axes)[name]

    def inside(self, families: Ints, within: Mapping[str, int]) -> NDArray[np.bool_]:
        """Which of `families` have the places of `within` on the axes named there,
        bool[family]."""
        places = self.places(families, self.family_axes)
        inside = np.ones(families.size, np.bool_)
        for name, place in within.items():
            inside &= places[name] == place
        return inside

    def places(self, numbers: Ints, names: tuple[str, ...]) -> dict[str, Ints]:
        """The place of every number on each axis of `names`, int64[number] by axis. The numbers
        count the combinations of these axes alone."""
        rest = np.asarray(numbers, np.int64)
        found: dict[str, Ints] = {}
        for name in reversed(names):
            rest, found[name] = np.divmod(rest, len(self.axes[name]))
        return found


def check_size(space: Space, names: tuple[str, ...], most: int) -> None:
    """Raise `InputError` if the axes `names` have more than `most` combinations."""
    count = prod(len(space.axes[name]) for name in names)
    if count > most:
        widest = max(names, key=lambda name: len(space.axes[name]))
        rest = "sizes of buffers do not count"
        raise InputError(
            "[axes]",
            f"{count:,} combinations of {', '.join(names)}",
            f"accepted: at most {most:,} (fewer choices of {widest}); {rest}",
        )
