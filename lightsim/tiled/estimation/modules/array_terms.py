"""Terms of the array's modules: `pe_array` itself, and the rows of lanes inside it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lightsim.hardware.pe_kinds import PeKind, kind_of_code, pe_kind
from lightsim.numerics.formats.scheme import SCHEMES, Scheme, scheme_of_code
from lightsim.tiled.estimation.modules.terms import Parameters, Terms
from lightsim.units import ceil_div

__all__ = [
    "MEASURED",
    "REGISTERS",
    "dsp_blocks",
    "lane_case",
    "lane_terms",
    "pe_array_terms",
    "product_bits",
    "stands_in",
]


# What a lane takes of its LUTs at eight bits, with activations of 2, 4, 6 and 8 bits: lane_rows.sv
# of 8 columns and 2 pixels, Yosys 0.70, xc7; kinds that are not here have lanes of few LUTs.
_LOGIC_SHARES = {
    "shift_add_serial": (0.42, 0.66, 0.90, 1.0),
    "shift_add_spatial": (0.55, 0.73, 0.90, 1.0),
    "multiply_lut": (0.46, 0.65, 0.81, 1.0),
}
REGISTERS = "lane of registers"
"""The term that says how many lanes' flip-flops there are, where they are not as the LUTs are."""


def product_bits(p: Parameters) -> int:
    """Bits of the product of one lane."""
    activation = p.get("ACTIVATION_BITS", 8)
    return _kind(p).product_bits(scheme_of_code(p["SCHEME"]), bool(_truncates(p)), activation)


MEASURED = {"multiply_lut": ("fixed2", "fixed3", "fixed5", "fixed6")}
"""Schemes without a row whose lanes were calibrated, by PE kind."""


def stands_in(p: Parameters) -> str:
    """The calibrated "kind with scheme" whose coefficients the lanes borrow; "" for their own."""
    own = _kind(p), scheme_of_code(p["SCHEME"])
    like = _like(p)
    return "" if like == own else f"{like[0].name} with {like[1].name}"


def _like(p: Parameters) -> tuple[PeKind, Scheme]:
    """The kind and the scheme whose coefficients the lanes use.

    A member of the family of formats without calibrated lanes borrows the coefficients of the
    member with the usual exponents, or of a table row: see `_calibrated`. With two products on a
    DSP block the terms do not matter, only whether a pair fits.
    """
    kind, scheme = _kind(p), scheme_of_code(p["SCHEME"])
    kind, name = pe_kind(kind.costs_like or kind.name), scheme.costs_like or scheme.name
    calibrated = _calibrated(name, kind)
    if _pairs(p) and SCHEMES[calibrated].max_terms > 1:
        calibrated = "lightnn1"
    return kind, SCHEMES[calibrated]


def _calibrated(name: str, kind: PeKind) -> str:
    """The scheme itself if it has a table row or calibrated lanes of this kind; else a table row.

    The row has two terms, or the next wider `fixed` code, or signs.
    """
    member = SCHEMES[name].member
    if name in {*SCHEMES} or name in MEASURED.get(kind.name, ()) or member is None:
        return name
    if member.base == "fixed":
        return "fixed4" if member.bits < 5 else "fixed8"
    return {"ternary": "binary", "flightnn": "flightnn"}.get(member.base, "lightnn2")


def lane_case(p: Parameters) -> str:
    """The case of a lane: its kind, its scheme, whether it truncates, and whether two lanes share a
    DSP block.

    A kind or scheme that was not calibrated borrows the coefficients of the kind or scheme that its
    table row names.
    """
    like = _like(p)
    case = f"KIND={like[0].rtl_code} SCHEME={like[1].rtl_code} TRUNCATES={_truncates(p)}"
    return f"{case} PRODUCTS_PER_DSP=2" if _pairs(p) else case


def dsp_blocks(p: Parameters) -> int:
    """DSP blocks of a row: one for each column and pixel, or each two neighbouring pixels."""
    if not _kind(p).on_dsp:
        return 0
    return p["COLUMNS"] * ceil_div(p["PIXELS"], 2 if _pairs(p) else 1)


def _kind(p: Parameters) -> PeKind:
    return kind_of_code(p["KIND"])


def _pairs(p: Parameters) -> bool:
    return _kind(p).on_dsp and p.get("PRODUCTS_PER_DSP", 1) == 2


def _truncates(p: Parameters) -> int:
    """1 where the accumulator truncates and the lanes shift: `Accelerator` refuses truncation for
    other lanes.
    """
    return p.get("TRUNCATES", 0) if _kind(p).shifts else 0


def lane_terms(p: Parameters) -> Terms:
    """The terms of one row: its lanes, codes and columns, its adder trees and its accumulators."""
    columns, pixels = p["COLUMNS"], p["PIXELS"]
    levels = list(_tree(columns, product_bits(p)))
    waits = p["LATENCY"] - _kind(p).latency
    # A term that is passed on without an addition keeps its width.
    held = sum(terms * bits - (terms > adders) for terms, adders, bits in levels)
    sums = pixels * p["SUM_BITS"]
    return {
        "row": 1,
        "column": columns,
        "lane": columns * pixels * _logic(p),
        "pair": columns * (pixels // 2) * _pairs(p),
        "bit added": sums + pixels * sum(adders * bits for _, adders, bits in levels),
        "bit held": sums + pixels * (held + waits * columns * product_bits(p)),
        "bit shifted": sums * _kind(p).bit_serial,
    } | ({} if p.get("ACTIVATION_BITS", 8) == 8 else {REGISTERS: columns * pixels * _registers(p)})


def _registers(p: Parameters) -> float:
    """The share of a lane's flip-flops: its product, of a multiplier in LUTs its operand too."""
    kind, bits = _kind(p), p.get("ACTIVATION_BITS", 8)
    own, whole = product_bits(p), product_bits({**p, "ACTIVATION_BITS": 8})
    if kind.bit_serial or kind.shifts or kind.on_dsp:
        return own / whole
    return (own + bits + 1) / (whole + 9)


def _logic(p: Parameters) -> float:
    """The share of a lane's LUTs that narrower activations leave of it, between measured widths."""
    kind, bits = _kind(p), p.get("ACTIVATION_BITS", 8)
    shares = _LOGIC_SHARES.get(kind.costs_like or kind.name)
    if shares is None:
        return 1
    return float(np.interp(bits, (2, 4, 6, 8), shares))


def pe_array_terms(p: Parameters) -> Terms:
    """The terms of `pe_array`: selecting the codes of depthwise layers, and a column number for
    each row.
    """
    return {"module": 1, "row": p["ROWS"], "code bit": p["WORD_BITS"]}


def _tree(columns: int, bits: int) -> Iterator[tuple[int, int, int]]:
    """For every level of an adder tree: terms, adders, and bits of a term behind the level."""
    count = columns
    while count > 1:
        half = ceil_div(count, 2)
        bits += 1
        yield half, count // 2, bits
        count = half
