"""The family of weight formats: what a member is, and the name that says all of it.

    fixedN      two's complement of N bits, N = 2..8, multiplied
    ternary     -1, 0, +1
    binary      -1, +1
    lightnnK    +-(2^-m1 + .. + 2^-mK), K = 1..4: one sign, an exponent a term
    flightnnK   at most K signed powers of two a filter, K = 1..4; `flightnn` is `flightnn2`

Exponents are m = 0..7 (`flightnn`: 0..6, and a word for "no term") unless `-mLOtoHI` follows;
`-zero` gives `lightnn` a word for "no term" too, and so a zero. `lightnn1-m0to7` is `lightnn1`: a
member has one name, the shortest. A name says everything, so whoever keeps it has the member.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from lightsim.descriptions import Whole, check_fields, refuse

__all__ = [
    "BASES",
    "FAMILY_CODE",
    "NAMED",
    "Base",
    "Member",
    "member_of_code",
    "member_of_name",
    "usual_exponents",
]

Base = Literal["fixed", "ternary", "binary", "lightnn", "flightnn"]
BASES: tuple[Base, ...] = ("fixed", "ternary", "binary", "lightnn", "flightnn")

MOST_TERMS = 4
MOST_CODE_BITS = 16
LARGEST_EXPONENT = 7
FAMILY_CODE = 1 << 16
"""Where the numbers of members begin: smaller ones are those of rows."""

_NAME = re.compile(
    r"(?:fixed([2-8])|(ternary|binary)|(lightnn)([1-4])|(flightnn)([1-4])?)"
    r"(?:-m([0-7])to([0-7]))?(-zero)?"
)


@dataclass(frozen=True, slots=True)
class Member:
    """A member: `bits` of a `fixed` code, else 0; `terms` and `exponents` (least, greatest m) of
    the formats of powers of two, else 0 and (0, 0); `zero` says that a weight can be 0."""

    base: Base
    bits: Annotated[int, Whole(0, 8)] = 0
    terms: Annotated[int, Whole(0, MOST_TERMS)] = 0
    exponents: tuple[int, int] = (0, 0)
    zero: bool = True

    def __post_init__(self) -> None:
        check_fields(self)
        if self.base == "fixed" and self.bits < 2:
            refuse(self, "bits", self.bits, "2 to 8 for base 'fixed'")
        if self.base != "fixed" and self.bits:
            refuse(self, "bits", self.bits, f"none for base '{self.base}'")
        if self.zero != (self.base != "binary") and self.base != "lightnn":
            known = "false" if self.base == "binary" else "true"
            refuse(self, "zero", str(self.zero).lower(), f"{known} for base '{self.base}'")
        self._check_terms()

    def _check_terms(self) -> None:
        low, high = self.exponents
        if not self.of_powers:
            if self.terms or self.exponents != (0, 0):
                name = "terms" if self.terms else "exponents"
                given = self.terms or list(self.exponents)
                refuse(self, name, given, f"none for base '{self.base}'")
            return
        if not self.terms:
            refuse(self, "terms", 0, f"1 to {MOST_TERMS} for base '{self.base}'")
        if not 0 <= low <= high <= LARGEST_EXPONENT:
            accepted = f"[least, greatest], both from 0 to {LARGEST_EXPONENT}"
            refuse(self, "exponents", [low, high], accepted)
        if low == high and not self.zero:
            refuse(self, "exponents", [low, high], "more than one, or a zero beside it")
        if self.code_bits > MOST_CODE_BITS:
            problem = f"{self.terms} with {self.exponent_bits} bits an exponent"
            refuse(self, "terms", problem, f"a code of at most {MOST_CODE_BITS} bits")

    @property
    def of_powers(self) -> bool:
        """Whether a weight is a sum of powers of two that a code spells out."""
        return self.base in ("lightnn", "flightnn")

    @property
    def exponent_bits(self) -> int:
        """Bits of an exponent's word; where there is a zero, a word more says "no term"."""
        low, high = self.exponents
        return (high - low + self.zero).bit_length() if self.of_powers else 0

    @property
    def code_bits(self) -> int:
        """Bits of the code of a whole weight."""
        if self.base == "lightnn":
            return 1 + self.terms * self.exponent_bits
        if self.base == "flightnn":
            return self.terms * (1 + self.exponent_bits)
        return {"fixed": self.bits, "ternary": 2, "binary": 1}[self.base]

    @property
    def name(self) -> str:
        """The shortest name."""
        if self.base == "fixed":
            return f"fixed{self.bits}"
        if not self.of_powers:
            return self.base
        count = "" if self.base == "flightnn" and self.terms == 2 else str(self.terms)
        name = f"{self.base}{count}"
        if self.exponents != usual_exponents(self.base):
            name += f"-m{self.exponents[0]}to{self.exponents[1]}"
        return f"{name}-zero" if self.zero and self.base == "lightnn" else name

    @property
    def number(self) -> int:
        """The member as a number, which `member_of_code` and the SystemVerilog read: from bit 0 on
        three bits for the base, four for the bits or terms, three for each exponent, one for zero.
        """
        size = self.bits or self.terms
        low, high = self.exponents
        fields = BASES.index(self.base) | size << 3 | low << 7 | high << 10 | self.zero << 13
        return FAMILY_CODE | fields


NAMED: tuple[str, ...] = (
    *(f"fixed{bits}" for bits in range(2, 9)),
    "ternary",
    "binary",
    *(f"lightnn{terms}" for terms in range(1, MOST_TERMS + 1)),
    *("flightnn" if terms == 2 else f"flightnn{terms}" for terms in range(1, MOST_TERMS + 1)),
)
"""Every member with a plain name."""


def usual_exponents(base: Base) -> tuple[int, int]:
    """The exponents of a base where nothing is said of them."""
    return {"lightnn": (0, 7), "flightnn": (0, 6)}.get(base, (0, 0))


@lru_cache(maxsize=1024)
def member_of_name(name: str) -> Member | None:
    """The member called `name`, or None where no member can be called so.

    Raises `DescriptionError` for a name whose parts do not fit together.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    bits, plain, lightnn, l_terms, flightnn, f_terms, low, high, zero = found.groups()
    if ((bits or plain) and (low or zero)) or (flightnn and zero):
        return None
    if bits or plain:
        return Member("fixed", int(bits)) if bits else Member(_base(plain), zero=plain == "ternary")
    base: Base = "lightnn" if lightnn else "flightnn"
    exponents = (int(low), int(high)) if low else usual_exponents(base)
    return Member(base, 0, int(l_terms or f_terms or 2), exponents, bool(zero or flightnn))


def member_of_code(code: int) -> Member:
    """The member whose `number` is `code`."""
    base = BASES[code & 7]
    size, low, high = code >> 3 & 15, code >> 7 & 7, code >> 10 & 7
    bits = size if base == "fixed" else 0
    return Member(base, bits, size - bits, (low, high), bool(code >> 13 & 1))


def _base(name: str) -> Base:
    return "ternary" if name == "ternary" else "binary"
