"""The parts of a run that designs with the same array share.

The tilings that a pass may choose from depend on the array alone. Which tiling is chosen depends on
buffers, ports and clock too. Two designs that differ in the sizes of their buffers alone and have
equal tilings take the same cycles, because a size only decides which tilings are legal.
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
    """A cache by key of the `most` values that were used last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """The value of a key; None if it is not there, or no longer."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: Hashable, value: T) -> None:
        """Keep a value, and forget the value whose last use is the longest ago."""
        self._values[key] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """The passes of a network on an array, each with the tilings that it may choose from."""

    plan: Plan
    candidates: Mapping[str, Candidates]
    images: int

    @classmethod
    def of(cls, plan: Plan, accelerator: Accelerator, images: int) -> Pattern:
        """The pattern of a plan; `accelerator` is any accelerator with the array of the plan."""
        found = {
            layer.name: enumerate_candidates(layer, accelerator, images) for layer in plan.layers
        }
        return cls(plan, found, images)

    @staticmethod
    def key(design: Design) -> Hashable:
        """The properties of a design on which a pattern depends, beside the network."""
        acc = design.accelerator
        return acc.scheme, acc.array, acc.post, acc.accumulator, acc.port_bits, design.batch

    def tilings(self, accelerator: Accelerator) -> dict[str, Tiling]:
        """The tilings that `map_workload` takes for an accelerator of this pattern.

        Raises `InputError` if a pass has no legal tiling.
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
    """A key that is equal only for accelerators that take the same cycles with these tilings."""

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
