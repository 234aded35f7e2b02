"""The number formats a layer's weights can have: one frozen row each, and those of the family."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from lightsim.descriptions import Count, DescriptionError, Text, Whole, check_fields
from lightsim.descriptions.rules import UnknownNameError, WrongValueError
from lightsim.errors import InputError, unknown_name
from lightsim.numerics.formats.family import (
    FAMILY_CODE,
    NAMED,
    Member,
    member_of_code,
    member_of_name,
    usual_exponents,
)
from lightsim.source import Source

__all__ = ["PER_FILTER", "SCHEMES", "Scheme", "SchemeName", "scheme", "scheme_of_code"]

_LIGHTNN = Source("read", "Ding et al., LightNN, GLSVLSI 2017, section 3")
_FIXED = Source("assumed", "two's complement")
_TERNARY = Source("assumed", "a bit that says that there is a weight, and its sign")
_FLIGHTNN = Source(
    "recalled",
    "Ding et al., FLightNN, DAC 2019: k per filter is read in the abstract; the term code with "
    "an 'absent' word is our own",
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A weight format.

    An integer weight is the real weight times `2**fraction_bits`, rounded to a representable
    value. `max_terms` is the largest k (0 for the formats that are multiplied, not shifted);
    `term_bits` the stored bits of one term, `weight_bits` the stored bits of a weight with
    `max_terms` terms.

    `codec` is where the codec stands, as `module:name`, or a function that makes it of the scheme;
    `usual_pe` the PE kind of the arrays that
    are built where the user names none. `rtl_code` is the scheme's number in the constants of a
    design, a different one for each scheme; `rtl_name` the name of that number in the
    SystemVerilog, None where no SystemVerilog decodes the scheme. Lanes of the scheme cost what
    the coefficients of `costs_like` say, a scheme that was calibrated: its own by default.
    `member` is what the scheme is in the family of formats, None for one that is of no family.
    """

    name: Annotated[str, Text()]
    weight_bits: Annotated[int, Whole(1, 16)]
    term_bits: Annotated[int, Whole(1, 16)]
    max_terms: Annotated[int, Whole(0, 16)]
    fraction_bits: Annotated[int, Whole(0, 16)]
    has_zero: bool
    k_per_filter: bool
    largest: Annotated[int, Whole(1, 1 << 14)]
    source: Source
    codec: Annotated[str, Text()]
    usual_pe: Annotated[str, Text()]
    rtl_code: Count
    rtl_name: Annotated[str, Text()] | None = None
    costs_like: Annotated[str, Text()] | None = None
    member: Member | None = None

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def is_shift_add(self) -> bool:
        """Whether a weight is a sum of signed powers of two."""
        return self.max_terms > 0

    @property
    def of_family(self) -> bool:
        """Whether the scheme has no row: its description alone says what it is."""
        return self.rtl_code >= FAMILY_CODE

    @property
    def is_sign(self) -> bool:
        """Whether a weight is +1 or -1 and nothing else."""
        return self.weight_bits == 1


class _Schemes(dict[str, Scheme]):
    """The rows by name; a member of the family without a row is made when it is asked for.

    Only rows are counted and gone through: there is no end of members.
    """

    def __missing__(self, name: str) -> Scheme:
        row = _of_family(name)
        if row is None:
            raise KeyError(name)
        return row

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or (isinstance(name, str) and _known(name))

    def get(self, name: str, default: Any = None) -> Any:
        """The scheme called `name`, or `default`."""
        try:
            return self[name]
        except (KeyError, DescriptionError):
            return default


class SchemeName:
    """The rule of a field that names a scheme: it keeps the shortest name."""

    def __call__(self, value: object) -> str:
        """The name, if there is such a scheme."""
        if not isinstance(value, str):
            raise WrongValueError(f"a scheme: {', '.join(SCHEMES)}")
        try:
            return SCHEMES[value].name
        except KeyError:
            raise UnknownNameError("scheme", value, {*SCHEMES, *NAMED}) from None
        except DescriptionError as error:
            accepted = str(error.accepted).removeprefix("accepted: ")
            raise WrongValueError(f"{accepted} ({error.problem})") from None


_FORMATS = "lightsim.numerics.formats"
_SERIAL, _DSP, _XNOR = "shift_add_serial", "multiply_dsp", "xnor_popcount"

SCHEMES: dict[str, Scheme] = _Schemes(
    (row.name, row)
    for row in (
        Scheme(
            "lightnn1", 4, 4, 1, 7, False, False, 128, _LIGHTNN,
            f"{_FORMATS}.powers:lightnn_codec", _SERIAL, 0, "LIGHTNN1",
            member=member_of_name("lightnn1"),
        ),
        Scheme(
            "lightnn2", 8, 4, 2, 7, False, False, 256, _LIGHTNN,
            f"{_FORMATS}.powers:lightnn_codec", _SERIAL, 1, "LIGHTNN2",
            member=member_of_name("lightnn2"),
        ),
        Scheme(
            "flightnn", 8, 4, 2, 7, True, True, 256, _FLIGHTNN,
            f"{_FORMATS}.flightnn:flightnn_codec", _SERIAL, 2, "FLIGHTNN",
            member=member_of_name("flightnn"),
        ),
        Scheme(
            "fixed8", 8, 8, 0, 7, True, False, 128, _FIXED,
            f"{_FORMATS}.fixed:fixed_codec", _DSP, 3, "FIXED8", member=member_of_name("fixed8"),
        ),
        Scheme(
            "fixed4", 4, 4, 0, 3, True, False, 8, _FIXED,
            f"{_FORMATS}.fixed:fixed_codec", _DSP, 4, "FIXED4", member=member_of_name("fixed4"),
        ),
        Scheme(
            "binary", 1, 1, 1, 0, False, False, 1, _LIGHTNN,
            f"{_FORMATS}.binary:binary_codec", _XNOR, 5, "BINARY", member=member_of_name("binary"),
        ),
    )
)  # fmt: skip

PER_FILTER = next(row for row in SCHEMES.values() if row.k_per_filter)
"""The scheme in which k is chosen filter by filter, where k is chosen and no scheme is named."""


def scheme(name: str, where: str = "scheme") -> Scheme:
    """The scheme called `name`; raises `InputError` with the nearest name if there is none."""
    try:
        return SCHEMES[name]
    except KeyError:
        raise unknown_name(where, "scheme", name, {*SCHEMES, *NAMED}) from None
    except DescriptionError as error:
        raise InputError(f"{where} '{name}'", error.problem, error.accepted) from None


def scheme_of_code(rtl_code: int) -> Scheme:
    """The scheme with this number in the constants of a design."""
    if rtl_code >= FAMILY_CODE:
        return scheme(member_of_code(rtl_code).name)
    return next(row for row in SCHEMES.values() if row.rtl_code == rtl_code)


def _known(name: str) -> bool:
    try:
        return member_of_name(name) is not None
    except DescriptionError:
        return False


@lru_cache(maxsize=1024)
def _of_family(name: str) -> Scheme | None:
    """The row of the member called `name`, by its shortest name; None where there is no member."""
    member = member_of_name(name)
    if member is None:
        return None
    return SCHEMES[member.name] if member.name != name else _row(member)


def _row(member: Member) -> Scheme:
    """What a member's description says of it as a scheme: all shifts are in units of 2^-7."""
    base, terms = member.base, member.terms
    bits, largest, fraction = member.code_bits, 1, 0
    if base == "fixed":
        largest, fraction = 1 << bits - 1, bits - 1
    elif member.of_powers:
        largest, fraction = terms << 7 - member.exponents[0], 7
        if base == "lightnn" and terms > 1:
            bits += bits % 2  # as two exponents and a sign are kept in a byte
    return Scheme(
        member.name,
        weight_bits=bits,
        term_bits=1 + member.exponent_bits if member.of_powers else bits,
        max_terms=0 if base == "fixed" else max(terms, 1),
        fraction_bits=fraction,
        has_zero=member.zero,
        k_per_filter=base == "flightnn",
        largest=largest,
        source=_SOURCES[base],
        codec=_CODECS[base],
        usual_pe=_DSP if base == "fixed" else _SERIAL,
        rtl_code=member.number,
        rtl_name="FAMILY",
        costs_like=_costs_like(member),
        member=member,
    )


def _costs_like(member: Member) -> str:
    """The member of as many terms with the usual exponents; the absent term of a single one is no
    more than a gate."""
    if not member.of_powers:
        return member.name
    name = Member(
        member.base, 0, member.terms, usual_exponents(member.base), member.base != "lightnn"
    )
    return "lightnn1" if member.terms == 1 else name.name


_SOURCES = {"fixed": _FIXED, "ternary": _TERNARY, "lightnn": _LIGHTNN, "flightnn": _FLIGHTNN}
_CODECS = {
    "fixed": f"{_FORMATS}.fixed:fixed_codec",
    "ternary": f"{_FORMATS}.binary:ternary_codec",
    "lightnn": f"{_FORMATS}.powers:lightnn_codec",
    "flightnn": f"{_FORMATS}.flightnn:flightnn_codec",
}
