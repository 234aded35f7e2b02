"""Terms of the array's modules: `pe_array` itself, and the rows of lanes it is made of."""

from __future__ import annotations

from collections.abc import Iterator

from lightsim.hardware.pe_kinds import PE_KINDS
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.estimation.modules.terms import Parameters, Terms
from lightsim.units import ceil_div

__all__ = ["dsp_blocks", "lane_case", "lane_terms", "pe_array_terms", "product_bits"]

_KINDS = {kind.rtl_code: kind for kind in PE_KINDS.values()}
_SCHEMES = {scheme.rtl_code: scheme for scheme in SCHEMES.values()}
_ON_DSP = PE_KINDS["multiply_dsp"].rtl_code
_XNOR = PE_KINDS["xnor_popcount"].rtl_code


def product_bits(p: Parameters) -> int:
    """Bits of one lane's product."""
    return _KINDS[p["KIND"]].product_bits(_SCHEMES[p["SCHEME"]], bool(_truncates(p)))


def lane_case(p: Parameters) -> str:
    """Lanes differ by kind, scheme, whether they truncate and whether two share a DSP block."""
    case = f"KIND={p['KIND']} SCHEME={p['SCHEME']} TRUNCATES={_truncates(p)}"
    return f"{case} PRODUCTS_PER_DSP=2" if _pairs(p) else case


def dsp_blocks(p: Parameters) -> int:
    """DSP blocks of a row: one for each column and pixel, or each two neighbouring pixels."""
    if p["KIND"] != _ON_DSP:
        return 0
    return p["COLUMNS"] * ceil_div(p["PIXELS"], 2 if _pairs(p) else 1)


def _pairs(p: Parameters) -> bool:
    return p["KIND"] == _ON_DSP and p.get("PRODUCTS_PER_DSP", 1) == 2


def _truncates(p: Parameters) -> int:
    """Only lanes that shift can truncate: an accumulator that wants it of others is refused."""
    return p.get("TRUNCATES", 0) if _KINDS[p["KIND"]].shifts else 0


def lane_terms(p: Parameters) -> Terms:
    """One row: its lanes, codes and columns, its adder trees and its accumulators."""
    columns, pixels = p["COLUMNS"], p["PIXELS"]
    levels = list(_tree(columns, product_bits(p)))
    waits = p["LATENCY"] - _KINDS[p["KIND"]].latency
    # A term that is passed on, not added, keeps its width.
    held = sum(terms * bits - (terms > adders) for terms, adders, bits in levels)
    sums = pixels * p["SUM_BITS"]
    return {
        "row": 1,
        "column": columns,
        "lane": columns * pixels,
        "pair": columns * (pixels // 2) * _pairs(p),
        "bit added": sums + pixels * sum(adders * bits for _, adders, bits in levels),
        "bit held": sums + pixels * (held + waits * columns * product_bits(p)),
        "bit shifted": sums * (p["KIND"] == _XNOR),
    }


def pe_array_terms(p: Parameters) -> Terms:
    """Codes are selected for depthwise layers, and every row knows its column of them."""
    return {"module": 1, "row": p["ROWS"], "code bit": p["WORD_BITS"]}


def _tree(columns: int, bits: int) -> Iterator[tuple[int, int, int]]:
    """Terms, adders and bits of a term behind every level of an adder tree."""
    count = columns
    while count > 1:
        half = ceil_div(count, 2)
        bits += 1
        yield half, count // 2, bits
        count = half
