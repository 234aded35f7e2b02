"""The kinds of processing element an array row can be built from, one frozen row each."""

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
    """A processing element.

    `takes(scheme)` says whether a lane can multiply by weights of the scheme.
    `passes(scheme, k, activation_bits)` is how many cycles a lane needs for one product, and
    `event(scheme, k, activation_bits)` the energy event of a product and how often it happens.
    `latency` is the depth of its product pipeline in cycles; `exact_bits` and `truncated_bits` are
    those of a product of a weight and an 8-bit activation. `term_serial` lanes read one term of
    the weight in each pass. `shifts` says that a product is formed term by term, so that each
    shifted term can be truncated; `on_dsp` that it is formed on a DSP block; `bit_serial` that an
    activation is taken bit by bit, one pass for each bit, and sums are shifted between the bits.

    `rtl_code` is the kind's number in the constants of a design, four bits and a different one
    for each kind; `rtl_name` the name of that number in the SystemVerilog, None where no
    SystemVerilog builds the lane. A lane costs the coefficients of `costs_like`, a kind that was
    calibrated (its own by default), times the amounts that its own row gives: its product bits,
    its latency, its DSP blocks.
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
        """What a product spends of that of an activation of eight bits: as much less as the
        activation is narrower. A sign is a number of two bits to a lane that multiplies or shifts
        it, and an eighth of a byte to one that takes single bits, whose passes count by themselves.
        """
        if self.bit_serial or (scheme.is_sign and activation_bits == 1):
            return 1
        return max(2, activation_bits) / 8

    def code_bits(self, scheme: Scheme) -> int:
        """Bits of the weight code a lane reads in one step: one term, or the whole weight."""
        return scheme.term_bits if self.term_serial else scheme.weight_bits

    def product_bits(self, scheme: Scheme, truncates: bool, activation_bits: int = 8) -> int:
        """Bits of one lane's product, as a signed number; +-1 times an activation needs the least.

        Every bit that an activation has less, its product has less; where it is taken bit by bit
        its width does not matter. Raises `ValueError` for truncated terms of a kind that forms
        whole products.
        """
        whole = self._of_byte(scheme, truncates)
        return whole if self.bit_serial else whole - (8 - activation_bits)

    def _of_byte(self, scheme: Scheme, truncates: bool) -> int:
        """Bits of a product of an activation of eight bits."""
        if scheme.is_sign:
            return min(self.exact_bits, _SIGNED_BITS)
        if not truncates:
            return self.exact_bits
        if self.truncated_bits is None:
            raise ValueError(f"{self.name} forms whole products")
        return self.truncated_bits

    def accepts(self, scheme: Scheme, activation_bits: int) -> bool:
        """Whether a lane of this kind can multiply these weights by these activations."""
        return self.takes(scheme)


# An activation of 8 bits, signed or not, times +1 or -1.
_SIGNED_BITS = 10


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
    """The PE kind called `name`; raises `InputError` with the nearest name if there is none."""
    try:
        return PE_KINDS[name]
    except KeyError:
        raise unknown_name(where, "PE kind", name, PE_KINDS) from None


def kind_of_code(rtl_code: int) -> PeKind:
    """The PE kind with this number in the constants of a design."""
    return next(row for row in PE_KINDS.values() if row.rtl_code == rtl_code)


def pack_kinds(rows: Iterable[PeKind]) -> int:
    """The constant `KINDS` of a design: four bits for each row of the array, row 0 lowest."""
    return sum(kind.rtl_code << 4 * row for row, kind in enumerate(rows))


def unpack_kinds(packed: int, rows: int) -> list[PeKind]:
    """The kinds of the rows that `pack_kinds` packed."""
    return [kind_of_code(packed >> 4 * row & 15) for row in range(rows)]
