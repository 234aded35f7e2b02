"""The kinds of processing element that an array row can be built from, one frozen row for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import Count, Text, Whole, check_fields
from lightsim.errors import unknown_name
from lightsim.numerics.formats.scheme import SCHEMES, Scheme

__all__ = ["PE_KINDS", "PeKind", "kind_of_code", "pack_kinds", "pe_kind", "unpack_kinds"]


@dataclass(frozen=True, slots=True)
class PeKind:
    """A kind of processing element.

    `takes(scheme)` says whether a lane can multiply by weights of the scheme. `passes(scheme, k,
    activation_bits)` is the number of cycles of a lane for one product. `event(scheme, k,
    activation_bits)` is the energy event of a product, with its count. `latency` is the depth of
    the product pipeline in cycles. `exact_bits` and `truncated_bits` are the widths of a product of
    a weight and an 8-bit activation.

    A `term_serial` lane reads one term of the weight in each pass. With `shifts` a product is
    formed term by term, so each shifted term can be truncated. With `on_dsp` a product is formed on
    a DSP block. With `bit_serial` an activation is taken bit by bit, one pass for each bit, and the
    sums are shifted between the bits.

    `rtl_code` is the number of the kind in the constants of a design: four bits, different for each
    kind. `rtl_name` is the name of this number in the SystemVerilog, None if no SystemVerilog
    builds the lane. `costs_like` names a calibrated kind (by default the kind itself). A lane costs
    the coefficients of that kind times the amounts of its own row: product bits, latency and DSP
    blocks.
    """

    name: Annotated[str, Text()]
    title: Annotated[str, Text()]
    takes: Callable[[Scheme], bool]
    latency: Annotated[int, Whole(0, 64)]
    passes: Callable[[Scheme, int, int], int]
    event: Callable[[Scheme, int, int], tuple[str, int]]
    exact_bits: Annotated[int, Whole(1, 64)]
    rtl_code: Count
    rtl_name: Annotated[str, Text()] | None = None
    costs_like: Annotated[str, Text()] | None = None
    truncated_bits: Annotated[int, Whole(1, 64)] | None = None
    term_serial: bool = False
    shifts: bool = False
    on_dsp: bool = False
    bit_serial: bool = False

    @property
    def runs(self) -> frozenset[str]:
        """The names of the schemes whose weights a lane can multiply by."""
        return frozenset(name for name, scheme in SCHEMES.items() if self.takes(scheme))

    def __post_init__(self) -> None:
        check_fields(self)

    def share_of_byte(self, scheme: Scheme, activation_bits: int) -> float:
        """The energy of a product relative to a product with an 8-bit activation.

        The share falls in proportion to the width of the activation. A sign counts as two bits for
        a lane that multiplies or shifts it. For a lane that takes single bits it counts as an
        eighth of a byte, because the passes of the lane are counted separately.
        """
        if self.bit_serial or (scheme.is_sign and activation_bits == 1):
            return 1
        return max(2, activation_bits) / 8

    def code_bits(self, scheme: Scheme) -> int:
        """Bits of the weight code that a lane reads in one step: one term, or the whole weight."""
        return scheme.term_bits if self.term_serial else scheme.weight_bits

    def product_bits(self, scheme: Scheme, truncates: bool, activation_bits: int = 8) -> int:
        """Bits of the product of one lane, as a signed number; at least those of +-1 times an
        activation.

        The lanes of the schemes in the table have a width that serves all these schemes. The lanes
        of other members of the family have the width of their own largest product. An activation
        that is n bits narrower than eight bits makes the product n bits narrower. For a bit-serial
        lane the width of the activation does not matter. Raises `ValueError` for truncated terms of
        a kind that forms whole products.
        """
        if truncates and not scheme.is_sign and self.truncated_bits is None:
            raise ValueError(f"{self.name} forms whole products")
        if scheme.of_family:
            return _family_bits(scheme, truncates, self.term_serial, activation_bits)
        whole = self._of_byte(scheme, truncates)
        return whole if self.bit_serial else whole - (8 - activation_bits)

    def _of_byte(self, scheme: Scheme, truncates: bool) -> int:
        """Bits of the product with an 8-bit activation."""
        if scheme.is_sign:
            return min(self.exact_bits, _SIGNED_BITS)
        return self.truncated_bits if truncates and self.truncated_bits else self.exact_bits

    def accepts(self, scheme: Scheme, activation_bits: int) -> bool:
        """Whether a lane can multiply weights of `scheme` by activations of `activation_bits`."""
        return self.takes(scheme)


# An activation of 8 bits, signed or not, times +1 or -1.
_SIGNED_BITS = 10


def _family_bits(scheme: Scheme, truncates: bool, one_term: bool, activation_bits: int) -> int:
    """Bits of the largest product of an activation and a weight (or one term), with its sign.

    A negative activation that is shifted right becomes -1 at least.
    """
    activation, terms = (1 << activation_bits) - 1, max(scheme.max_terms, 1)
    if truncates:  # a term is x >> m
        least = scheme.member.exponents[0] if scheme.member else 0
        largest = max(activation >> least, 1) * (1 if one_term else terms)
    else:
        largest = activation * (scheme.largest // terms if one_term else scheme.largest)
    return largest.bit_length() + 1


def _one(scheme: Scheme, k: int, activation_bits: int) -> int:
    return 1


def _each_term(scheme: Scheme, k: int, activation_bits: int) -> int:
    return max(k, 1)


def _each_bit(scheme: Scheme, k: int, activation_bits: int) -> int:
    return activation_bits


def _multiplied(scheme: Scheme, k: int, activation_bits: int) -> tuple[str, int]:
    return ("multiply_4" if scheme.weight_bits <= 4 else "multiply_8"), 1


def _shifted(scheme: Scheme, k: int, activation_bits: int) -> tuple[str, int]:
    return "shift_add_term", k


def _compared(scheme: Scheme, k: int, activation_bits: int) -> tuple[str, int]:
    return "xnor_bit", activation_bits


def _any_weight(scheme: Scheme) -> bool:
    return True


def _terms(scheme: Scheme) -> bool:
    return scheme.is_shift_add


def _signs(scheme: Scheme) -> bool:
    return scheme.is_sign


PE_KINDS: dict[str, PeKind] = {
    row.name: row
    for row in (
        PeKind(
            "multiply_dsp",
            "multiply on DSP",
            takes=_any_weight,
            latency=3,
            passes=_one,
            event=_multiplied,
            exact_bits=18,
            rtl_code=3,
            rtl_name="MULTIPLY_DSP",
            on_dsp=True,
        ),
        PeKind(
            "multiply_lut",
            "multiply in LUTs",
            takes=_any_weight,
            latency=2,
            passes=_one,
            event=_multiplied,
            exact_bits=18,
            rtl_code=2,
            rtl_name="MULTIPLY_LUT",
        ),
        PeKind(
            "shift_add_serial",
            "one shift, k cycles per weight",
            takes=_terms,
            latency=1,
            passes=_each_term,
            event=_shifted,
            exact_bits=17,
            rtl_code=0,
            rtl_name="SHIFT_SERIAL",
            truncated_bits=10,
            term_serial=True,
            shifts=True,
        ),
        PeKind(
            "shift_add_spatial",
            "two shifts and an add, one cycle",
            takes=_terms,
            latency=2,
            passes=_one,
            event=_shifted,
            exact_bits=18,
            rtl_code=1,
            rtl_name="SHIFT_SPATIAL",
            truncated_bits=11,
            shifts=True,
        ),
        PeKind(
            "xnor_popcount",
            "XNOR and popcount",
            takes=_signs,
            latency=1,
            passes=_each_bit,
            event=_compared,
            exact_bits=2,
            rtl_code=4,
            rtl_name="XNOR",
            bit_serial=True,
        ),
    )
}


def pe_kind(name: str, where: str = "array") -> PeKind:
    """The PE kind called `name`; raises `InputError` with the nearest name for an unknown name."""
    try:
        return PE_KINDS[name]
    except KeyError:
        raise unknown_name(where, "PE kind", name, PE_KINDS) from None


def kind_of_code(rtl_code: int) -> PeKind:
    """The PE kind whose number in the constants of a design is `rtl_code`."""
    return next(row for row in PE_KINDS.values() if row.rtl_code == rtl_code)


def pack_kinds(rows: Iterable[PeKind]) -> int:
    """The constant `KINDS` of a design: four bits for each row of the array, row 0 lowest."""
    return sum(kind.rtl_code << 4 * row for row, kind in enumerate(rows))


def unpack_kinds(packed: int, rows: int) -> list[PeKind]:
    """The kinds of the rows that `pack_kinds` packed."""
    return [kind_of_code(packed >> 4 * row & 15) for row in range(rows)]
