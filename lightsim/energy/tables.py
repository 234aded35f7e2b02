"""What one event costs in energy: tables by process, every row with its source.

Leakage, clock trees and the memory controller are not modelled: an energy is that of the
counted activity alone. Events:

    shift_add_term  one signed shift of an activation (its addition is `accumulate`)
    multiply_8, multiply_4  one 8 x 8 or 8 x 4 product
    xnor_bit        one XNOR with its share of the population count
    accumulate      one addition into a sum
    requantise      one accumulator scaled, rounded and clamped
    pool_op         one comparison or addition of pooling
    *_byte          one byte read from or written to that memory
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

from lightsim.descriptions import NotNegative, Text, check_fields
from lightsim.source import Source

__all__ = ["DRAM_PJ_PER_BIT", "ENERGY_TABLES", "EVENTS", "EnergyRow", "EnergyTable"]

EVENTS = (
    "shift_add_term",
    "multiply_8",
    "multiply_4",
    "xnor_bit",
    "accumulate",
    "requantise",
    "pool_op",
    "input_buffer_byte",
    "weight_buffer_byte",
    "output_buffer_byte",
    "psum_byte",
)


@dataclass(frozen=True, slots=True)
class EnergyRow:
    """Energy of one event in picojoules."""

    picojoules: NotNegative
    source: Source

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class EnergyTable:
    """Energy of every event of `EVENTS` in one process; reports print the `summary`."""

    name: Annotated[str, Text()]
    summary: Annotated[str, Text()]
    rows: Mapping[str, EnergyRow]

    def __post_init__(self) -> None:
        check_fields(self)


_HOROWITZ = (
    "Horowitz, ISSCC 2014, 45 nm, as listed in gist.github.com/V0XNIHILI/"
    "2b6fa61edd4c06d9ffce5551065124c1"
)
_ALADDIN = "github.com/Accelergy-Project/accelergy-aladdin-plug-in @5e2e1263, 40 nm, 32 bits, 5 ns"
_ADD_8, _ADD_32, _MULTIPLY_8, _MULTIPLY_32 = 0.03, 0.1, 0.2, 3.1
_SRAM_32K_8_BYTES = 20.0
_ALADDIN_MULTIPLY, _ALADDIN_SHIFT, _ALADDIN_BITWISE = 8.63, 0.41652, 0.018

# An 8-bit value shifted by 0 to 7 places needs three multiplexer levels of 15 bits; the measured
# shifter has five levels of 32 bits.
_SHIFT_45 = _MULTIPLY_32 * (_ALADDIN_SHIFT / _ALADDIN_MULTIPLY) * (3 * 15) / (5 * 32)
_XNOR_45 = _MULTIPLY_32 * (_ALADDIN_BITWISE / _ALADDIN_MULTIPLY) / 32 + _ADD_8 / 8


def _asic_45() -> dict[str, EnergyRow]:
    def derived(picojoules: float, how: str) -> EnergyRow:
        return EnergyRow(picojoules, Source("derived", f"{how}; {_HOROWITZ}"))

    sram = derived(_SRAM_32K_8_BYTES / 8, "buffers of 32 KB macros, 20 pJ for 8 bytes")
    return {
        "shift_add_term": derived(
            _SHIFT_45,
            f"32-bit multiplier times the shifter-to-multiplier ratio of {_ALADDIN}, scaled by "
            "multiplexer bits 45/160",
        ),
        "multiply_8": EnergyRow(_MULTIPLY_8, Source("read", _HOROWITZ)),
        "multiply_4": derived(_MULTIPLY_8 / 2, "half of an 8 x 8 multiplier"),
        "xnor_bit": derived(
            _XNOR_45, f"an eighth of an 8-bit adder, and one bit of the bitwise row of {_ALADDIN}"
        ),
        "accumulate": EnergyRow(_ADD_32, Source("read", f"32-bit adder, {_HOROWITZ}")),
        "requantise": derived(
            _MULTIPLY_32 * (16 * 32) / (32 * 32) + _ADD_32, "32 x 16 multiplier and 32-bit adder"
        ),
        "pool_op": EnergyRow(_ADD_8, Source("read", f"8-bit adder, {_HOROWITZ}")),
        "input_buffer_byte": sram,
        "weight_buffer_byte": sram,
        "output_buffer_byte": sram,
        "psum_byte": sram,
    }


_LIGHTNN = (
    "LightNN, GLSVLSI 2017, 65 nm (digitised bars: energy of the 784-100-10 network, power of one "
    "multiply unit, and energy shares that we assume to hold for this network)"
)
_MACS = 784 * 100 + 100 * 10
# Logic energy of one operation of the network in pJ: conventional, LightNN-1 and BinaryNet.
_CONVENTIONAL, _LIGHTNN1, _BINARYNET = (
    nanojoules * share * 1000 / _MACS
    for nanojoules, share in ((40.7, 0.651), (16.5, 0.428), (13.1, 0.126))
)
_MULTIPLY_65 = _CONVENTIONAL - _LIGHTNN1
_SCALE_65 = 65 / 45


def _asic_65() -> dict[str, EnergyRow]:
    def derived(picojoules: float, how: str) -> EnergyRow:
        return EnergyRow(picojoules, Source("derived", f"{how}; {_LIGHTNN}"))

    def scaled(picojoules: float) -> EnergyRow:
        text = f"not in the paper: 65/45 of the 45 nm figure (linear in feature size); {_HOROWITZ}"
        return EnergyRow(picojoules * _SCALE_65, Source("assumed", text))

    byte = derived(
        40.7 * 0.235 * 1000 / _MACS / 8,
        "memory share of the conventional network over an assumed 8 bytes an operation",
    )
    asic_45 = _asic_45()
    return {
        "shift_add_term": derived(
            _MULTIPLY_65 * 9.48e-5 / 1.19e-3 / 2,
            "half of a two-term product: multiply energy times the ratio of the units' powers",
        ),
        "multiply_8": derived(
            _MULTIPLY_65,
            "the paper's conventional multiplier, whose width is not 8 bits (an upper bound)",
        ),
        "multiply_4": derived(
            _MULTIPLY_65 / 2, "half of the conventional multiplier (upper bound)"
        ),
        "xnor_bit": derived(_BINARYNET, "logic energy of the binary network an operation"),
        "accumulate": derived(
            _LIGHTNN1, "logic energy of LightNN-1 an operation; its shift is negligible"
        ),
        "requantise": scaled(asic_45["requantise"].picojoules),
        "pool_op": scaled(asic_45["pool_op"].picojoules),
        "input_buffer_byte": byte,
        "weight_buffer_byte": byte,
        "output_buffer_byte": byte,
        "psum_byte": byte,
    }


# Kuon and Rose's abstract: about 14 times the dynamic power of standard cells for circuits of
# LUTs and flip-flops alone, and less with hard blocks.
_LOGIC_RATIO = 14.0
_HARD_RATIO = 7.0
_SCALE_28 = 28 / 45
_HARD_EVENTS = {
    "input_buffer_byte",
    "weight_buffer_byte",
    "output_buffer_byte",
    "psum_byte",
    "multiply_8",
    "multiply_4",
    "requantise",
}


def _fpga_28() -> dict[str, EnergyRow]:
    logic = Source(
        "derived",
        "28/45 (linear, assumed) of the 45 nm figure, times 14: FPGA to standard-cell dynamic "
        f"power in LUTs, Kuon and Rose, IEEE TCAD 26(2) 2007 (read, at 90 nm); {_HOROWITZ}",
    )
    hard = Source(
        "assumed",
        "28/45 (linear) of the 45 nm figure, times 7 for DSP and RAM blocks with their routing: "
        "half the ratio of LUT logic, where Kuon and Rose, IEEE TCAD 26(2) 2007, say that hard "
        f"blocks generally make the gap smaller; {_HOROWITZ}",
    )
    return {
        event: EnergyRow(row.picojoules * _SCALE_28 * _HARD_RATIO, hard)
        if event in _HARD_EVENTS
        else EnergyRow(row.picojoules * _SCALE_28 * _LOGIC_RATIO, logic)
        for event, row in _asic_45().items()
    }


ENERGY_TABLES: dict[str, EnergyTable] = {
    table.name: table
    for table in (
        EnergyTable(
            "asic-45nm-horowitz",
            "45 nm ASIC, counted activity only (no leakage): Horowitz ISSCC 2014, shift and "
            "XNOR derived",
            MappingProxyType(_asic_45()),
        ),
        EnergyTable(
            "asic-65nm-lightnn",
            "65 nm ASIC, counted activity only (no leakage): derived from the bars of LightNN, "
            "GLSVLSI 2017",
            MappingProxyType(_asic_65()),
        ),
        EnergyTable(
            "fpga-28nm",
            "28 nm FPGA, an estimate, counted activity only (no leakage): 45 nm ASIC energies "
            "scaled by 28/45 and by FPGA-to-ASIC power ratios of 14 (logic) and 7 (hard blocks)",
            MappingProxyType(_fpga_28()),
        ),
    )
}

# Energy of device, interface and controller of the external memory together, by `DramPart.kind`.
DRAM_PJ_PER_BIT: dict[str, EnergyRow] = {
    "DDR3": EnergyRow(70.0, Source("recalled", "Malladi et al., ISCA 2012, unverified")),
    "DDR4": EnergyRow(20.0, Source("recalled", "a figure met in secondary texts only")),
    "LPDDR4": EnergyRow(7.0, Source("recalled", "a figure met in secondary texts only (4 to 7)")),
    "HBM2": EnergyRow(3.9, Source("recalled", "O'Connor et al., MICRO 2017, by a secondary text")),
    "SDR": EnergyRow(70.0, Source("assumed", "as DDR3: no figure for single data rate known")),
    "ideal": EnergyRow(0.0, Source("assumed", "an ideal memory is no device and takes no energy")),
}
