"""The space of a board's default accelerators: arrays as columns, with their memories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.device import Board
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.bounds import Axes
from lightsim.tiled.description.accelerator import Accelerator, Array
from lightsim.tiled.estimation.defaults import array_of, least_fits, plausible_shapes
from lightsim.tiled.estimation.sizing import (
    MOST_BYTES,
    doubled,
    grown,
    least_bytes,
    least_design,
    post_lanes,
    within,
)
from lightsim.tiled.optimum.needs import Need, with_room

__all__ = ["DefaultSpace", "default_space"]

Ints = NDArray[np.int64]

_BRAM_BYTES, _URAM_BYTES = 36 * 1024 // 8, 288 * 1024 // 8
_ROWS = ("fast_rows", "serial_rows", "xnor_rows")
# Banks of the input and the weight buffer, in the order tried: two of each where they fit.
_BANKS = ((2, 2), (2, 1), (1, 2), (1, 1))


@dataclass(frozen=True, slots=True, eq=False)
class DefaultSpace:
    """Arrays of one PE kind, with memories that hold a network and are doubled while they fit.

    `shapes` gives the rows, columns and pixels of all arrays whose lanes alone fit, the most useful
    array first. `machines` holds the same arrays, each with the most of every memory. `word_bits`
    int64[shape] is the width of a weight word. `lifted` says that a memory may be as large as the
    device allows, instead of `MOST_BYTES`.
    """

    board: Board
    scheme: Scheme
    pe: str
    utilisation: float
    lifted: bool
    shapes: tuple[tuple[int, int, int], ...]
    machines: Axes
    word_bits: Ints
    activation_bits: tuple[int, ...] = (8,)

    def least(self, place: int) -> Accelerator | None:
        """The array at `place` with the least of every memory; None if it does not fit."""
        array = self.array(place)
        widths = self.activation_bits
        if not least_fits(self.board, self.scheme, array, self.utilisation, widths):
            return None
        return least_design(self.board, self.scheme, array, widths)

    @property
    def room(self) -> int:
        """Bytes of all block RAM and UltraRAM that a design may use, in whole port words."""
        held = self.board.device.resources
        whole = held.bram36 * _BRAM_BYTES + held.uram * _URAM_BYTES
        word = self.board.port_bits // 8
        return int(self.utilisation * whole) // word * word

    def array(self, place: int) -> Array:
        """The array at `place`."""
        return array_of(self.pe, self.shapes[place])

    def holding(self, least: Accelerator, need: Need) -> Accelerator | None:
        """`least` with memories that hold `need`, of one bank each where two banks do not fit.

        None where the memory limits of the space or the device do not allow such memories.
        """
        for acc in self.banked(least, need):
            if self._allowed(acc, least) and self.fits(acc):
                return acc
        return None

    def banked(self, least: Accelerator, need: Need) -> Iterator[Accelerator]:
        """`least` with memories that hold `need`, with fewer and fewer banks; a design need not
        fit.
        """
        for inputs, weights in _BANKS:
            banked = replace(
                least,
                input=replace(least.input, banks=inputs),
                weight=replace(least.weight, banks=weights),
            )
            yield with_room(banked, need)

    def grown(self, acc: Accelerator) -> Accelerator:
        """`acc` with its memories doubled in turn while the design fits."""
        return grown(acc, self.board.device, self.utilisation)

    def roomiest(self, acc: Accelerator) -> Accelerator:
        """`acc` with each memory as large as the device allows while the other memories stay as
        they are.

        The memories need not fit together: no design of the space has more of any memory.
        """
        most = {name: self._most(acc, name) for name in MOST_BYTES}
        return replace(
            acc,
            input=most["input"].input,
            weight=most["weight"].weight,
            output=most["output"].output,
            residual=most["output"].residual,
            psum_bytes=most["psum"].psum_bytes,
        )

    def fits(self, acc: Accelerator) -> bool:
        """Whether a design takes no more than the share `utilisation` of the device."""
        return within(acc, self.board.device, self.utilisation)

    def _most(self, acc: Accelerator, name: str) -> Accelerator:
        while (larger := doubled(acc, name)) is not None and self.fits(larger):
            acc = larger
        return acc

    def _allowed(self, acc: Accelerator, least: Accelerator) -> bool:
        """Whether every memory is within the memory limits of the space."""
        room = self.room if self.lifted else 0
        at_least, held = memory_bytes(least), memory_bytes(acc)
        return all(
            held[name] <= max(at_least[name], most, room) for name, most in MOST_BYTES.items()
        )


def memory_bytes(acc: Accelerator) -> dict[str, int]:
    """Bytes of one bank of every memory, by name; the larger of output and residual as one."""
    return {
        "input": acc.input.bytes_per_bank,
        "weight": acc.weight.bytes_per_bank,
        "output": max(acc.output.bytes_per_bank, acc.residual.bytes_per_bank),
        "psum": acc.psum_bytes,
    }


@lru_cache(maxsize=64)
def default_space(
    board: Board,
    scheme: Scheme,
    pe: str,
    utilisation: float,
    lifted: bool,
    activation_bits: tuple[int, ...] = (8,),
) -> DefaultSpace:
    """The default space of a board; raises `InputError` for an unknown PE kind."""
    shapes = plausible_shapes(board, scheme, pe, utilisation, activation_bits)
    least = least_design(board, scheme, array_of(pe, (1, 1, 1)), activation_bits)
    one = Axes.of([least])
    space = DefaultSpace(
        board, scheme, pe, utilisation, lifted, shapes, one, one.code_bits, activation_bits
    )
    if not shapes:
        return space
    rows, columns, pixels = np.array(shapes, np.int64).T
    word_bits = rows * columns * one.code_bits
    word = board.port_bits // 8
    held = least_bytes(
        np.maximum(columns * least.field_bits, board.port_bits),
        word_bits,
        rows * pixels * least.accumulator.bits,
        word,
    )
    room = space.room if lifted else 0
    most = {name: np.maximum(held[name], max(MOST_BYTES[name], room)) for name in MOST_BYTES}
    lanes = (rows * columns * pixels).tolist()
    kind = next(name for name in _ROWS if getattr(one, name)[0])
    machines = one.vary(
        **{kind: rows},
        code_bits=rows * one.code_bits,
        columns=columns,
        pixels=pixels,
        post_lanes=[post_lanes(count, scheme, word) for count in lanes],
        input_bytes=most["input"],
        weight_bytes=most["weight"],
        residual_bytes=most["output"],
        output_bytes=most["output"],
        psum_bytes=most["psum"],
    )
    return replace(space, machines=machines, word_bits=word_bits)
