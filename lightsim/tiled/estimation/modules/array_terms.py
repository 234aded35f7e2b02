"""Terms of the array's modules: `pe_array` itself, and the rows of lanes it is made of."""

from __future__ import annotations

from collections.abc import Iterator

from lightsim.hardware.pe_kinds import PeKind, kind_of_code, pe_kind
from lightsim.numerics.formats.scheme import SCHEMES, Scheme, scheme_of_code
from lightsim.tiled.estimation.modules.terms import Parameters, Terms
from lightsim.units import ceil_div

__all__ = [
    "MEASURED",
    "dsp_blocks",
    "lane_case",
    "lane_terms",
    "pe_array_terms",
    "product_bits",
    "stands_in",
]


def product_bits(p: Parameters) -> int:
    """Bits of one lane's product."""
    activation = p.get("ACTIVATION_BITS", 8)
    return _kind(p).product_bits(scheme_of_code(p["SCHEME"]), bool(_truncates(p)), activation)


MEASURED = {"multiply_lut": ("fixed2", "fixed3", "fixed5", "fixed6")}
"""Schemes without a row whose lanes were calibrated, by PE kind."""


def stands_in(p: Parameters) -> str:
    """Whose coefficients the lanes have, as "kind with scheme"; "" where they have their own."""
    own = _kind(p), scheme_of_code(p["SCHEME"])
    like = _like(p)
    return "" if like == own else f"{like[0].name} with {like[1].name}"


def _like(p: Parameters) -> tuple[PeKind, Scheme]:
    """The kind and the scheme whose coefficients the lanes have.

    A member of the family of formats without lanes of its own has those of the member with the
    usual exponents, or of a row: see `_calibrated`. With two products on a block terms do not
    matter, only that a pair fits.
    """
    kind, scheme = _kind(p), scheme_of_code(p["SCHEME"])
    kind, name = pe_kind(kind.costs_like or kind.name), scheme.costs_like or scheme.name
    calibrated = _calibrated(name, kind)
    if _pairs(p) and SCHEMES[calibrated].max_terms > 1:
        calibrated = "lightnn1"
    return kind, SCHEMES[calibrated]


def _calibrated(name: str, kind: PeKind) -> str:
    """The scheme itself if it has a row or its lanes of this kind were calibrated, else a row: of
    two terms, or of the next wider `fixed` code, or of signs."""
    member = SCHEMES[name].member
    if name in {*SCHEMES} or name in MEASURED.get(kind.name, ()) or member is None:
        return name
    if member.base == "fixed":
        return "fixed4" if member.bits < 5 else "fixed8"
    return {"ternary": "binary", "flightnn": "flightnn"}.get(member.base, "lightnn2")


def lane_case(p: Parameters) -> str:
    """Lanes differ by kind, scheme, whether they truncate and whether two share a DSP block.

    A kind or scheme that was not calibrated has the coefficients of the one that its row names.
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
    """Only lanes that shift can truncate: an accumulator that wants it of others is refused."""
    return p.get("TRUNCATES", 0) if _kind(p).shifts else 0


def lane_terms(p: Parameters) -> Terms:
    """One row: its lanes, codes and columns, its adder trees and its accumulators."""
    columns, pixels = p["COLUMNS"], p["PIXELS"]
    levels = list(_tree(columns, product_bits(p)))
    waits = p["LATENCY"] - _kind(p).latency
    # A term that is passed on, not added, keeps its width.
    held = sum(terms * bits - (terms > adders) for terms, adders, bits in levels)
    sums = pixels * p["SUM_BITS"]
    return {
        "row": 1,
        "column": columns,
        "lane": columns * pixels * _operand(p),
        "pair": columns * (pixels // 2) * _pairs(p),
        "bit added": sums + pixels * sum(adders * bits for _, adders, bits in levels),
        "bit held": sums + pixels * (held + waits * columns * product_bits(p)),
        "bit shifted": sums * _kind(p).bit_serial,
    }


def _operand(p: Parameters) -> float:
    """The share of a lane that narrower activations leave of it: as many of nine bits as their
    numbers with a sign have. Of lanes that take single bits, all of it.
    """
    return 1 if _kind(p).bit_serial else (p.get("ACTIVATION_BITS", 8) + 1) / 9


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
