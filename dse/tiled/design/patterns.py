"""What designs that differ in buffers, ports or clock alone have in common.

The tilings that a pass may choose from depend on the array, and which of them is chosen on the
rest; two designs with equal tilings and equal machines but for the size of their buffers take
the same cycles, because a size decides nothing but what is legal.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from dse.machine.design import Design
from lightsim.tiled.description.accelerator import Accelerator, Buffer
from lightsim.tiled.mapping.plan.plan import Plan
from lightsim.tiled.mapping.tiles.candidates import Candidates, enumerate_candidates
from lightsim.tiled.mapping.tiles.choose import choose_tiling
from lightsim.tiled.mapping.tiles.tiling import Tiling

__all__ = ["Kept", "Pattern", "timing_key"]

T = TypeVar("T")


class Kept(Generic[T]):
    """The `most` values that were used last, by key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """The value, if it is still there."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: Hashable, value: T) -> None:
        """Keep a value, and forget the one that was not used for longest."""
        self._values[key] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A network's passes on an array, each with the tilings it may choose from."""

    plan: Plan
    candidates: Mapping[str, Candidates]
    images: int

    @classmethod
    def of(cls, plan: Plan, accelerator: Accelerator, images: int) -> Pattern:
        """The pattern of a plan that was made for an accelerator with that array."""
        found = {
            layer.name: enumerate_candidates(layer, accelerator, images) for layer in plan.layers
        }
        return cls(plan, found, images)

    @staticmethod
    def key(design: Design) -> Hashable:
        """What a pattern depends on, beside the network."""
        acc = design.accelerator
        return acc.scheme, acc.array, acc.post, acc.accumulator, acc.port_bits, design.batch

    def tilings(self, accelerator: Accelerator) -> dict[str, Tiling]:
        """The tilings that `map_workload` takes for an accelerator of this pattern.

        Raises `InputError` where a pass has none.
        """
        return {
            layer.name: choose_tiling(
                layer,
                accelerator,
                self.images,
                candidates=replace(self.candidates[layer.name], accelerator=accelerator),
            )
            for layer in self.plan.layers
        }


def timing_key(accelerator: Accelerator, tilings: Mapping[str, Tiling]) -> Hashable:
    """Equal for accelerators that take the same cycles with these tilings."""

    def banks(buffer: Buffer) -> Buffer:
        return Buffer(1, buffer.banks)

    plain = replace(
        accelerator,
        name="any",
        input=banks(accelerator.input),
        weight=banks(accelerator.weight),
        residual=banks(accelerator.residual),
        output=banks(accelerator.output),
        psum_bytes=0,
    )
    return plain, tuple(tilings.items())
