"""What the array costs: its lane groups, and the accumulators' snapshot and drain."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.estimation.lane_costs import LaneRow, RowCost, row_cost, row_source, whole
from lightsim.estimation.part import Part
from lightsim.hardware.accelerator import Accelerator, LaneGroup
from lightsim.hardware.device import Resources
from lightsim.numerics.scheme import Scheme
from lightsim.source import Source
from lightsim.units import ceil_div

__all__ = ["DSP_PACKING", "Packing", "decoded_bits", "float32_lane", "lane_parts", "packing"]


@dataclass(frozen=True, slots=True)
class Packing:
    """`products` of 8-bit activations and weights of at most `weight_bits` bits on one DSP block.

    `dot` says that the block adds its products (they lie along the columns); otherwise the
    products share an operand (they lie along pixels or rows) and each extra one costs LUTs.
    """

    weight_bits: int
    products: int
    dot: bool
    source: Source


_SHARED_OPERAND = Source(
    "read",
    "AMD WP486 and WP487: two 8-bit products that share an operand on one DSP48E2; the eight "
    "LUTs that separate them are assumed",
)
_NARROW = Source(
    "derived",
    "two 8 x 4 products of at most 13 bits share an activation: the packed operand needs 17 "
    "bits; the eight LUTs that separate them are assumed",
)

# The first row of a block that is wide enough for the weight applies; without one, one product.
DSP_PACKING: dict[str, tuple[Packing, ...]] = {
    "DSP48E1": (Packing(4, 2, False, _NARROW),),
    "DSP48E2": (Packing(8, 2, False, _SHARED_OPERAND),),
    "DSP58": (
        Packing(
            8,
            3,
            True,
            Source("read", "AMD AM004: INT8 mode, a dot product of three 9 x 8 bit products"),
        ),
    ),
    "MULT18X18D": (Packing(4, 2, False, _NARROW),),
    "MAC16": (),
}
_SINGLE = Source("assumed", "one product on one DSP block")
_UNPACK_LUT = 8


def decoded_bits(scheme: Scheme) -> int:
    """Bits of a two's-complement weight of `scheme`, as a multiplier takes it."""
    return scheme.largest.bit_length() + 1 if scheme.is_shift_add else scheme.weight_bits


def packing(dsp_type: str, weight_bits: int) -> Packing:
    """How many products one block of `dsp_type` forms with weights of `weight_bits` bits."""
    for row in DSP_PACKING.get(dsp_type, ()):
        if weight_bits <= row.weight_bits:
            return row
    return Packing(weight_bits, 1, False, _SINGLE)


def lane_parts(acc: Accelerator, scheme: Scheme, dsp_type: str) -> tuple[Part, ...]:
    """The lane groups and the registers behind them."""
    groups = tuple(_group(group, acc, scheme, dsp_type) for group in acc.array.groups)
    return (*groups, _snapshot(acc))


def _group(group: LaneGroup, acc: Accelerator, scheme: Scheme, dsp_type: str) -> Part:
    rows = group.rows * acc.array.pixels
    name = f"lanes: {group.rows} rows of {group.pe}"
    if group.pe == "multiply_dsp":
        return _dsp_group(name, group.rows, acc, decoded_bits(scheme), dsp_type)
    cost, source = _lut_row(group.pe, scheme, acc.array.columns, acc.accumulator.bits)
    return Part(name, Resources(lut=whole(rows * cost.lut), ff=whole(rows * cost.ff)), source)


def _lut_row(pe: str, scheme: Scheme, columns: int, bits: int) -> tuple[RowCost, Source]:
    """One row of a kind that is built from LUTs alone."""
    if pe == "multiply_lut":
        return _multiplier_row(decoded_bits(scheme), columns, bits)
    row: LaneRow
    if pe == "xnor_popcount":
        row, cost = "xnor", row_cost("xnor", columns, bits)
        # The activation's bits come one after another: their sums are shifted and added.
        cost = RowCost(cost.lut + bits, cost.ff)
    elif pe == "shift_add_spatial":
        row, cost = "two_shifts", row_cost("two_shifts", columns, bits)
        if scheme.has_zero:
            plain = row_cost("shift", columns, bits).lut
            cost = RowCost(cost.lut + 2 * (_with_zero(columns, bits) - plain), cost.ff)
    else:
        row = "shift_with_zero" if scheme.has_zero else "shift"
        cost = row_cost(row, columns, bits)
    return cost, row_source(row, columns)


def _with_zero(columns: int, bits: int) -> float:
    return row_cost("shift_with_zero", columns, bits).lut


def _multiplier_row(weight_bits: int, columns: int, bits: int) -> tuple[RowCost, Source]:
    """A row of LUT multipliers: linear in the weight's width through the 4 and 8 bit rows."""
    four, eight = row_cost("multiply_4", columns, bits), row_cost("multiply_8", columns, bits)
    share = (weight_bits - 4) / 4
    cost = RowCost(
        four.lut + share * (eight.lut - four.lut), four.ff + share * (eight.ff - four.ff)
    )
    measured = row_source("multiply_8", columns)
    if weight_bits in (4, 8):
        return cost, measured
    text = f"{measured.text}; extended to {weight_bits}-bit weights"
    return cost, Source("derived", text)


def _dsp_group(name: str, rows: int, acc: Accelerator, weight_bits: int, dsp_type: str) -> Part:
    """Lanes on DSP blocks, packed as `DSP_PACKING` says, with their adder trees in LUTs."""
    columns, pixels, bits = acc.array.columns, acc.array.pixels, acc.accumulator.bits
    pack = packing(dsp_type, weight_bits)
    leaves = ceil_div(columns, pack.products) if pack.dot else columns
    cost = row_cost("dsp_4" if weight_bits <= 4 else "dsp_8", leaves, bits)
    lut = rows * pixels * cost.lut
    if pack.dot:
        blocks = rows * pixels * leaves
    else:
        # Neighbouring pixels share a weight; an odd pixel's rows share its activation.
        pairs, odd = divmod(pixels, pack.products)
        blocks = columns * (rows * pairs + ceil_div(rows * odd, pack.products))
        lut += _UNPACK_LUT * (rows * pixels * columns - blocks)
    tree = row_source("dsp_8", leaves)
    source = Source("derived", f"adder trees: {tree.text}; DSP blocks: {pack.source.text}")
    return Part(name, Resources(whole(lut), whole(rows * pixels * cost.ff), blocks), source)


def _snapshot(acc: Accelerator) -> Part:
    """The copy of all accumulators that drains while the array goes on, and its multiplexers.

    Those choose a position for every row, then a row for every post-processing lane.
    """
    rows, pixels, bits = acc.array.rows, acc.array.pixels, acc.accumulator.bits
    values = rows * pixels
    mux = bits * (rows * ceil_div(pixels - 1, 3) + acc.post.lanes * ceil_div(rows - 1, 3))
    # One LUT a bit loads an accumulator with its bias or partial sum.
    resources = Resources(lut=values * bits + mux, ff=values * bits)
    source = Source(
        "assumed",
        "one flip-flop and one LUT an accumulator bit; a LUT for every three further inputs of a "
        "drain multiplexer",
    )
    return Part("accumulator snapshot", resources, source)


def float32_lane() -> Part:
    """One single-precision multiply and add, for comparison with full-precision rows only."""
    source = Source("recalled", "AMD Floating-Point Operator: full DSP usage, multiplier and adder")
    return Part("float32 lane", Resources(lut=430, ff=700, dsp=5), source)
