"""The number formats a layer's weights can have: one frozen row each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import Count, Text, Whole, check_fields
from lightsim.errors import unknown_name
from lightsim.source import Source

__all__ = ["PER_FILTER", "SCHEMES", "Scheme", "scheme", "scheme_of_code"]

_LIGHTNN = Source("read", "Ding et al., LightNN, GLSVLSI 2017, section 3")
_FIXED = Source("assumed", "two's complement")
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

    `codec` is where the codec stands, as `module:name`; `usual_pe` the PE kind of the arrays that
    are built where the user names none. `rtl_code` is the scheme's number in the constants of a
    design, a different one for each scheme; `rtl_name` the name of that number in the
    SystemVerilog, None where no SystemVerilog decodes the scheme. Lanes of the scheme cost what
    the coefficients of `costs_like` say, a scheme that was calibrated: its own by default.
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

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def is_shift_add(self) -> bool:
        """Whether a weight is a sum of signed powers of two."""
        return self.max_terms > 0

    @property
    def is_sign(self) -> bool:
        """Whether a weight is +1 or -1 and nothing else."""
        return self.weight_bits == 1


_FORMATS = "lightsim.numerics.formats"
_SERIAL, _DSP, _XNOR = "shift_add_serial", "multiply_dsp", "xnor_popcount"

SCHEMES: dict[str, Scheme] = {
    row.name: row
    for row in (
        Scheme(
            "lightnn1", 4, 4, 1, 7, False, False, 128, _LIGHTNN,
            f"{_FORMATS}.powers:LIGHTNN1", _SERIAL, 0, "LIGHTNN1",
        ),
        Scheme(
            "lightnn2", 8, 4, 2, 7, False, False, 256, _LIGHTNN,
            f"{_FORMATS}.powers:LIGHTNN2", _SERIAL, 1, "LIGHTNN2",
        ),
        Scheme(
            "flightnn", 8, 4, 2, 7, True, True, 256, _FLIGHTNN,
            f"{_FORMATS}.flightnn:FLIGHTNN", _SERIAL, 2, "FLIGHTNN",
        ),
        Scheme(
            "fixed8", 8, 8, 0, 7, True, False, 128, _FIXED,
            f"{_FORMATS}.fixed:FIXED8", _DSP, 3, "FIXED8",
        ),
        Scheme(
            "fixed4", 4, 4, 0, 3, True, False, 8, _FIXED,
            f"{_FORMATS}.fixed:FIXED4", _DSP, 4, "FIXED4",
        ),
        Scheme(
            "binary", 1, 1, 1, 0, False, False, 1, _LIGHTNN,
            f"{_FORMATS}.binary:BINARY", _XNOR, 5, "BINARY",
        ),
    )
}  # fmt: skip

PER_FILTER = next(row for row in SCHEMES.values() if row.k_per_filter)
"""The scheme in which k is chosen filter by filter, where k is chosen and no scheme is named."""


def scheme(name: str) -> Scheme:
    """The scheme called `name`; raises `InputError` with the nearest name if there is none."""
    try:
        return SCHEMES[name]
    except KeyError:
        raise unknown_name("scheme", "scheme", name, SCHEMES) from None


def scheme_of_code(rtl_code: int) -> Scheme:
    """The scheme with this number in the constants of a design."""
    return next(row for row in SCHEMES.values() if row.rtl_code == rtl_code)
