"""What one row of lanes costs: a product per lane, their adder tree and one accumulator.

The table is open synthesis (Yosys 0.70, `synth_xilinx -family xc7`) of rows of 8, 16, ...
lanes with 8-bit activations and a 24-bit accumulator. It is not placed or routed: trust its
ratios before its absolute numbers. Between two measured widths a cost is interpolated, outside
them it is extended along the nearest segment.

A check from outside: PoTAcc's routed Vivado designs of 256 lanes (github.com/gicLAB/PoTAcc
@33dcb3d, xc7z020: 37,133 LUTs with 8 x 8 multipliers, 25,734 with one shift) differ by 44.5 LUTs
a lane; here a lane of a row of 16 differs by 107.4. Vivado builds the multiplier much smaller
than Yosys does, so `multiply_lut` is an upper bound and its distance to shift lanes too large.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Literal

from lightsim.source import Source

__all__ = [
    "LANE_COSTS",
    "MEASURED_ACCUMULATOR_BITS",
    "LaneRow",
    "RowCost",
    "row_cost",
    "row_source",
    "whole",
]

MEASURED_ACCUMULATOR_BITS = 24

LaneRow = Literal[
    "shift", "shift_with_zero", "two_shifts", "multiply_8", "multiply_4", "dsp_8", "dsp_4", "xnor"
]


@dataclass(frozen=True, slots=True)
class RowCost:
    """LUTs and flip-flops of one row of lanes."""

    lut: float
    ff: float


# LUT and FF of a whole row, by its width in lanes. The synthesised designs' names in brackets.
LANE_COSTS: dict[LaneRow, dict[int, RowCost]] = {
    # One 3-bit shift, the sign as one's complement with a count of signs [sa1_xor].
    "shift": {
        8: RowCost(375, 196), 16: RowCost(723, 351), 32: RowCost(1422, 698), 64: RowCost(2814, 1353)
    },
    # The same with a code for "no term" [sa1_xorz].
    "shift_with_zero": {8: RowCost(389, 196), 16: RowCost(747, 351)},
    # Two shifts and an add [sa2_xor].
    "two_shifts": {8: RowCost(723, 351), 16: RowCost(1423, 698)},
    # 8 x 8 multiplier in LUTs [fx8].
    "multiply_8": {
        8: RowCost(1235, 207), 16: RowCost(2441, 372), 32: RowCost(4857, 741),
        64: RowCost(9688, 1438),
    },
    # 8 x 4 multiplier in LUTs [fx4].
    "multiply_4": {
        8: RowCost(568, 163), 16: RowCost(1103, 288), 32: RowCost(2174, 569),
        64: RowCost(4319, 1098),
    },
    # 8 x 8 on a DSP block, its adder tree in LUTs [fx8_dsp].
    "dsp_8": {
        8: RowCost(100, 79), 16: RowCost(176, 116), 32: RowCost(324, 229), 64: RowCost(622, 414)
    },
    # 8 x 4 on a DSP block [fx4_dsp].
    "dsp_4": {
        8: RowCost(88, 67), 16: RowCost(146, 96), 32: RowCost(260, 185), 64: RowCost(500, 330)
    },
    # 1 x 1: XNOR and population count [bnn_beh].
    "xnor": {
        8: RowCost(19, 28), 16: RowCost(39, 29), 32: RowCost(75, 30), 64: RowCost(152, 31),
        128: RowCost(306, 32), 256: RowCost(595, 33),
    },
}  # fmt: skip


def row_cost(row: LaneRow, columns: int, accumulator_bits: int) -> RowCost:
    """LUTs and flip-flops of one row of `columns` lanes.

    An accumulator wider or narrower than the measured one costs or saves one LUT and one
    flip-flop a bit (an adder's carry chain).
    """
    table = LANE_COSTS[row]
    widths = sorted(table)
    low, high = widths[0], widths[1]
    for left, right in pairwise(widths):
        if columns >= left:
            low, high = left, right
    share = (columns - low) / (high - low)
    extra = accumulator_bits - MEASURED_ACCUMULATOR_BITS
    lut = table[low].lut + share * (table[high].lut - table[low].lut) + extra
    ff = table[low].ff + share * (table[high].ff - table[low].ff) + extra
    return RowCost(max(lut, 1.0), max(ff, 1.0))


def row_source(row: LaneRow, columns: int) -> Source:
    """Where `row_cost` comes from, and whether `columns` lies in the measured range."""
    widths = sorted(LANE_COSTS[row])
    text = (
        "open synthesis, Yosys 0.70 synth_xilinx, family xc7, 8-bit activations, 24-bit accumulator"
    )
    if columns in widths:
        return Source("measured", text)
    if widths[0] <= columns <= widths[-1]:
        return Source("derived", f"{text}; interpolated between measured widths")
    return Source(
        "derived", f"{text}; extended from the measured {widths[0]} to {widths[-1]} lanes"
    )


def whole(amount: float) -> int:
    """A fractional cost rounded up to whole LUTs or flip-flops."""
    return ceil(amount - 1e-9)
