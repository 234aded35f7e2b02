"""The kinds of processing element an array row can be built from, one frozen row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import Count, Text, Whole, check_fields
from lightsim.errors import unknown_name
from lightsim.numerics.formats.scheme import Scheme

__all__ = ["PE_KINDS", "PeKind", "pe_kind"]


@dataclass(frozen=True, slots=True)
class PeKind:
    """A processing element.

    `passes(scheme, k, activation_bits)` is how many cycles a lane needs for one product;
    `runs` names the schemes whose weights it can take; `latency` is the depth of its product
    pipeline in cycles; `exact_bits` and `truncated_bits` are those of a product of a weight and an
    8-bit activation. `term_serial` lanes read one term of the weight in each pass. `shifts` says
    that a product is formed term by term, so that each shifted term can be truncated. `rtl_name`
    and `rtl_code` are the constant that the SystemVerilog of the lane knows the kind by.
    """

    name: Annotated[str, Text()]
    title: Annotated[str, Text()]
    runs: frozenset[str]
    latency: Annotated[int, Whole(0, 64)]
    passes: Callable[[Scheme, int, int], int]
    exact_bits: Annotated[int, Whole(1, 64)]
    rtl_name: Annotated[str, Text()]
    rtl_code: Count
    truncated_bits: Annotated[int, Whole(1, 64)] | None = None
    term_serial: bool = False
    shifts: bool = False

    def __post_init__(self) -> None:
        check_fields(self)

    def code_bits(self, scheme: Scheme) -> int:
        """Bits of the weight code a lane reads in one step: one term, or the whole weight."""
        return scheme.term_bits if self.term_serial else scheme.weight_bits

    def product_bits(self, scheme: Scheme, truncates: bool) -> int:
        """Bits of one lane's product, as a signed number; +-1 times an activation needs the least.

        Raises `ValueError` for truncated terms of a kind that forms whole products.
        """
        if scheme.is_sign:
            return min(self.exact_bits, _SIGNED_BITS)
        if not truncates:
            return self.exact_bits
        if self.truncated_bits is None:
            raise ValueError(f"{self.name} forms whole products")
        return self.truncated_bits

    def accepts(self, scheme: Scheme, activation_bits: int) -> bool:
        """Whether a lane of this kind can multiply these weights by these activations."""
        return scheme.name in self.runs and (activation_bits != 1 or scheme.is_sign)


# An activation of 8 bits, signed or not, times +1 or -1.
_SIGNED_BITS = 10


def _one(scheme: Scheme, k: int, activation_bits: int) -> int:
    return 1


def _serial(scheme: Scheme, k: int, activation_bits: int) -> int:
    return max(k, 1)


def _bit_serial(scheme: Scheme, k: int, activation_bits: int) -> int:
    return activation_bits


_SHIFT = frozenset({"lightnn1", "lightnn2", "flightnn", "binary"})
_ALL = _SHIFT | {"fixed8", "fixed4"}

PE_KINDS: dict[str, PeKind] = {
    row.name: row
    for row in (
        PeKind("multiply_dsp", "multiply on DSP", _ALL, 3, _one, 18, "MULTIPLY_DSP", 3),
        PeKind("multiply_lut", "multiply in LUTs", _ALL, 2, _one, 18, "MULTIPLY_LUT", 2),
        PeKind(
            "shift_add_serial",
            "one shift, k cycles per weight",
            _SHIFT,
            1,
            _serial,
            17,
            "SHIFT_SERIAL",
            0,
            truncated_bits=10,
            term_serial=True,
            shifts=True,
        ),
        PeKind(
            "shift_add_spatial",
            "two shifts and an add, one cycle",
            _SHIFT,
            2,
            _one,
            18,
            "SHIFT_SPATIAL",
            1,
            truncated_bits=11,
            shifts=True,
        ),
        PeKind(
            "xnor_popcount",
            "XNOR and popcount",
            frozenset({"binary"}),
            1,
            _bit_serial,
            2,
            "XNOR",
            4,
        ),
    )
}


def pe_kind(name: str, where: str = "array") -> PeKind:
    """The PE kind called `name`; raises `InputError` with the nearest name if there is none."""
    try:
        return PE_KINDS[name]
    except KeyError:
        raise unknown_name(where, "PE kind", name, PE_KINDS) from None
