"""The resources of every kind of module: one formula a kind, each with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil

from lightsim.hardware.device import Resources
from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.source import Source
from lightsim.streaming.description.accelerator import Module
from lightsim.streaming.estimation.memories import GEOMETRY, memory

__all__ = ["FORMULAS", "Formula", "cost"]

_LANES = Source(
    "measured",
    "Yosys 0.70 synth_xilinx -family xc7, lanes of 8-bit activations with their share of adder "
    "tree and 24-bit accumulator, 16 side by side; these engines are not synthesised yet",
)
_ASSUMED = Source("assumed", "counted by hand on paper: docs/streaming.md, section 'Resources'")
# LUT and FF of a lane: shifted terms, products of 4 and of 8 bits in LUTs and on a DSP, a bit of
# XNOR. An adder for +-1 times an activation: a bit of it a LUT.
_SERIAL, _SPATIAL, _XNOR, _SIGNED = (48.25, 23.25), (94.8, 46.3), (2.44, 1.81), (11.0, 11.0)
_IN_LUTS = {4: (68.9, 18.0), 8: (152.6, 23.25)}
_ON_DSP = {4: (9.1, 6.0), 8: (11.0, 7.25)}

Sizes = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Formula:
    """What a module of a kind takes; `title` is the part of a report that it is counted in."""

    title: str
    count: Callable[[Mapping[str, int], Sizes, bool], Resources]
    source: Source


def cost(module: Module, *, has_uram: bool) -> Resources:
    """The resources of one module, on a device with UltraRAM or without."""
    numbers = {name: size for name, size in module.sizes.items() if isinstance(size, int)}
    return FORMULAS[module.kind].count(numbers, module.sizes, has_uram)


def _lane(sizes: Sizes) -> tuple[float, float]:
    kind, bits = PE_KINDS[str(sizes["lanes"])], int(sizes["weight_bits"])
    if kind.bit_serial:
        return _XNOR
    if kind.shifts:
        return _SERIAL if kind.term_serial or int(sizes["terms"]) == 1 else _SPATIAL
    if bits == 1:
        return _SIGNED
    table = _ON_DSP if kind.on_dsp else _IN_LUTS
    share = (min(max(bits, 4), 8) - 4) / 4
    lut, ff = ((1 - share) * a + share * b for a, b in zip(table[4], table[8], strict=True))
    return lut, ff


def _lanes(n: Mapping[str, int], sizes: Sizes, has_uram: bool) -> Resources:
    lut, ff = _lane(sizes)
    count = n["pe"] * n["simd"]
    on_dsp = PE_KINDS[str(sizes["lanes"])].on_dsp
    return Resources(lut=ceil(lut * count), ff=ceil(ff * count), dsp=count if on_dsp else 0)


def _memory(n: Mapping[str, int], sizes: Sizes, has_uram: bool) -> Resources:
    return memory(n["width"], n["depth"], has_uram=has_uram)


def _lines(n: Mapping[str, int], sizes: Sizes, has_uram: bool) -> Resources:
    """A memory for every tap that is read in one cycle; counters of the window."""
    one = memory(n["width"], -(-n["depth"] // n["taps"]), has_uram=has_uram)
    return one.times(n["taps"]) + Resources(lut=120, ff=100 + n["taps"] * n["width"])


def _fifo(n: Mapping[str, int], sizes: Sizes, has_uram: bool) -> Resources:
    """Two words are registers; a deeper one is a memory with its two counters."""
    address = max(n["depth"] - 1, 1).bit_length()
    if n["depth"] <= 2:
        return Resources(lut=4 + n["width"], ff=4 + n["depth"] * n["width"])
    held = memory(n["width"], n["depth"], has_uram=has_uram)
    return held + Resources(lut=6 + 3 * address, ff=4 + 3 * address + n["width"])


def _requantise(n: Mapping[str, int], sizes: Sizes, has_uram: bool) -> Resources:
    """A multiplier of 16 bits a lane on DSP blocks of 25 x 18, rounding, shift and clamp."""
    if not n["multiplies"]:
        return Resources(lut=n["lanes"] * 2 * n["sum_bits"], ff=n["lanes"] * n["sum_bits"])
    blocks = 1 if n["sum_bits"] <= 25 else 2
    return Resources(lut=60, ff=60, dsp=blocks).times(n["lanes"])


def _pool(n: Mapping[str, int], sizes: Sizes, has_uram: bool) -> Resources:
    """A comparator, or an adder, for every channel and tap, and a register."""
    each = n["bits"] * n["taps"]
    return Resources(lut=2 * n["lanes"] * each + 30, ff=n["lanes"] * (n["bits"] + 8) + 20)


def _register(n: Mapping[str, int], sizes: Sizes, has_uram: bool) -> Resources:
    return Resources(lut=n["width"] + 12, ff=n["width"] + 8)


def _control(n: Mapping[str, int], sizes: Sizes, has_uram: bool) -> Resources:
    """Counters of steps, folds and positions, and the handshakes."""
    return Resources(lut=80, ff=80)


def _dma(n: Mapping[str, int], sizes: Sizes, has_uram: bool) -> Resources:
    """An address generator, bursts, and a FIFO of 64 words of the port."""
    held = memory(n["port_bits"], 64, has_uram=False)
    return held + Resources(lut=400 + n["port_bits"], ff=500 + 2 * n["port_bits"])


FORMULAS: dict[str, Formula] = {
    "lanes": Formula("lanes", _lanes, _LANES),
    "weights": Formula("weight memories", _memory, GEOMETRY),
    "parameters": Formula("biases and multipliers", _memory, GEOMETRY),
    "held": Formula("held inputs and sums", _memory, GEOMETRY),
    "lines": Formula("line buffers", _lines, GEOMETRY),
    "fifo": Formula("FIFOs", _fifo, GEOMETRY),
    "requantise": Formula("requantisation", _requantise, _ASSUMED),
    "pool": Formula("pooling", _pool, _ASSUMED),
    "register": Formula("width converters and forks", _register, _ASSUMED),
    "control": Formula("control", _control, _ASSUMED),
    "dma": Formula("DMA", _dma, _ASSUMED),
}
"""The formula of each kind of module."""
