"""The sizes of a design's buffers: as stated, in words of its array, or as much as fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dse.space.axes import AUTO, Choice
from dse.tiled.design.costs import BUFFERS, Costs, fits, together
from lightsim.hardware.device import Resources
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.description.accelerator import Accelerator, Buffer
from lightsim.tiled.estimation.storage import input_word_bits, psum_word_bits, weight_word_bits

__all__ = ["MOST_BYTES", "BufferPlan", "planned", "sized", "stated_bytes", "word_bits"]

Ints = NDArray[np.int64]

# The most bytes of automatic buffers, the same as in a board's default accelerator.
MOST_BYTES = {"input": 128 << 10, "weight": 1024 << 10, "psum": 512 << 10, "output": 64 << 10}


@dataclass(frozen=True, slots=True)
class BufferPlan:
    """The choices of the sizes and the banks of all memories, by the memory's name."""

    sizes: Mapping[str, Choice]
    banks: Mapping[str, int]

    @classmethod
    def of(cls, point: Mapping[str, Choice]) -> BufferPlan:
        """The plan of a point of the space."""
        return cls(
            {name: point[f"{name}_bytes"] for name in BUFFERS},
            {name: int(point[f"{name}_banks"]) for name in BUFFERS if name != "psum"},
        )


def sized(
    acc: Accelerator, plan: BufferPlan, rest: Ints, costs: Costs, limits: Resources
) -> Accelerator:
    """`acc` with its buffers as planned.

    Automatic buffers begin at the practical minimum. They are doubled in turn (input, weight,
    partial sums, output) while the buffers together with `rest` int64[5] stay within `limits`. An
    automatic residual buffer is as large as the output buffer.
    """
    acc = planned(acc, plan)
    growing = [name for name in MOST_BYTES if plan.sizes[name] == AUTO]
    while growing:
        for name in tuple(growing):
            larger = _doubled(acc, name, plan)
            if larger is None or not _within(larger, rest, costs, limits):
                growing.remove(name)
            else:
                acc = larger
    return acc


def planned(acc: Accelerator, plan: BufferPlan) -> Accelerator:
    """`acc` with its buffers as planned, automatic ones at their practical minimum."""
    for name in BUFFERS:
        acc = _with(acc, name, _stated(acc, name, plan.sizes[name]), plan)
    if plan.sizes["residual"] == AUTO:
        acc = _with(acc, "residual", acc.output.bytes_per_bank, plan)
    return acc


def _within(acc: Accelerator, rest: Ints, costs: Costs, limits: Resources) -> bool:
    return fits(together(rest, *costs.buffers(acc).values()), limits)


def _size(acc: Accelerator, name: str) -> int:
    if name == "psum":
        return acc.psum_bytes
    buffer: Buffer = getattr(acc, name)
    return buffer.bytes_per_bank


def _stated(acc: Accelerator, name: str, choice: Choice) -> int:
    """The bytes that a choice asks for; if the choice is automatic, the bytes that the accelerator
    has."""
    if choice == AUTO:
        return _size(acc, name)
    return int(stated_bytes(choice, np.array(word_bits(acc, name), np.int64), acc.word_bytes, name))


def stated_bytes(choice: Choice, word: Ints, port_bytes: Ints | int, name: str) -> Ints:
    """The bytes of a stated size in a buffer whose words have `word` bits; arrays or numbers.

    A size in words of the array is rounded up to whole words of the port, except for partial sums.
    """
    if isinstance(choice, int):
        return np.full(np.shape(word), choice, np.int64)
    nbytes = -(-int(choice.split()[0]) * word // 8)
    if name == "psum":
        return np.asarray(nbytes, np.int64)
    return np.asarray(-(-nbytes // port_bytes) * port_bytes, np.int64)


def word_bits(acc: Accelerator, name: str) -> int:
    """The bits of the word that a memory delivers in one cycle."""
    if name == "input":
        return input_word_bits(acc.array, acc.port_bits, acc.field_bits)
    if name == "weight":
        return weight_word_bits(acc.array, SCHEMES[acc.scheme])
    if name == "psum":
        return psum_word_bits(acc.array, acc.accumulator.bits)
    return acc.port_bits


def _with(acc: Accelerator, name: str, nbytes: int, plan: BufferPlan) -> Accelerator:
    if name == "psum":
        return replace(acc, psum_bytes=nbytes)
    buffer = Buffer(nbytes, plan.banks[name])
    if name == "input":
        return replace(acc, input=buffer)
    if name == "weight":
        return replace(acc, weight=buffer)
    return replace(acc, output=buffer) if name == "output" else replace(acc, residual=buffer)


def _doubled(acc: Accelerator, name: str, plan: BufferPlan) -> Accelerator | None:
    """`acc` with one memory twice as large, or None if the memory would exceed its maximum."""
    nbytes = 2 * _size(acc, name)
    if nbytes > MOST_BYTES[name]:
        return None
    acc = _with(acc, name, nbytes, plan)
    if name == "output" and plan.sizes["residual"] == AUTO:
        acc = _with(acc, "residual", nbytes, plan)
    return acc
