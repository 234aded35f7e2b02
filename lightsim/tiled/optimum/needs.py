"""The least memories with which a network has a legal tile on an array."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lightsim.tiled.description.accelerator import Accelerator, Buffer
from lightsim.tiled.description.pipeline import PARAMETER_SLOTS
from lightsim.tiled.mapping.plan.plan import EngineLayer, Plan
from lightsim.tiled.optimum import layout as at
from lightsim.tiled.optimum.choices.filters import least_filters
from lightsim.tiled.optimum.choices.positions import least_read
from lightsim.units import ceil_div

__all__ = ["Need", "needs", "with_room"]


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that the smallest tiles of all passes need: of a bank of each buffer, and of the psum
    memory.

    `layers` names, for each memory, the pass that needs the most.
    """

    input: int
    weight: int
    residual: int
    output: int
    psum: int
    layers: dict[str, str]

    def bytes_of(self, memory: str) -> int:
        """The bytes needed of the memory called `memory`."""
        found: int = getattr(self, memory)
        return found


def needs(plan: Plan, accelerator: Accelerator) -> Need | None:
    """The bytes that the smallest tiles of a plan need; only the array and the ports matter.

    None where a tile has more row groups than the parameter memory has slots, because no larger
    buffer helps.
    """
    most = dict.fromkeys(("input", "weight", "residual", "output", "psum"), (0, ""))
    for layer in plan.layers:
        found = _of_pass(layer, accelerator)
        if found is None:
            return None
        for name, nbytes in found.items():
            if nbytes > most[name][0]:
                most[name] = nbytes, layer.name
    return Need(
        **{name: nbytes for name, (nbytes, _) in most.items()},
        layers={name: layer for name, (_, layer) in most.items()},
    )


def _of_pass(layer: EngineLayer, accelerator: Accelerator) -> dict[str, int] | None:
    """Bytes of the smallest tile by memory; prefers few input channels to no partial sums."""
    table = least_filters(layer, accelerator, True).table
    word, array = accelerator.word_bytes, accelerator.array
    if table[at.ROW_GROUPS, 0] * array.rows > PARAMETER_SLOTS:
        return None
    pool = min(layer.pool[0], layer.computed.height) * min(layer.pool[1], layer.computed.width)
    words = int(table[at.ROW_GROUPS, 0]) * ceil_div(pool, array.pixels)
    sums = words * array.rows * array.pixels * accelerator.accumulator.bits
    return {
        "input": int(table[at.HELD_BLOCKS, 0]) * least_read(layer) * word,
        "weight": int(table[at.HELD_WEIGHT, 0]),
        "residual": int(table[at.HELD_RESIDUAL, 0]) * pool * word,
        "output": int(table[at.HELD_OUTPUT, 0]) * word,
        "psum": ceil_div(sums, 8) if table[at.N_TILES, 0] > 1 else 0,
    }


def with_room(accelerator: Accelerator, need: Need) -> Accelerator:
    """`accelerator` with memories that hold `need`; larger memories stay as they are."""
    word = accelerator.word_bytes

    def holding(buffer: Buffer, nbytes: int) -> Buffer:
        nbytes = ceil_div(nbytes, word) * word
        return buffer if nbytes <= buffer.bytes_per_bank else Buffer(nbytes, buffer.banks)

    return replace(
        accelerator,
        input=holding(accelerator.input, need.input),
        weight=holding(accelerator.weight, need.weight),
        residual=holding(accelerator.residual, need.residual),
        output=holding(accelerator.output, need.output),
        psum_bytes=max(accelerator.psum_bytes, need.psum),
    )
