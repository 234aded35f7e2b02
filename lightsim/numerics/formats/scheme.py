"""The number formats a layer's weights can have: one frozen row each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import Count, Text, Whole, check_fields
from lightsim.errors import unknown_name
from lightsim.source import Source

__all__ = ["SCHEMES", "Scheme", "scheme"]

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
    `max_terms` terms. `rtl_code` is the constant that the SystemVerilog knows the scheme by, under
    its name in capitals.
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
    rtl_code: Count

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


SCHEMES: dict[str, Scheme] = {
    row.name: row
    for row in (
        Scheme("lightnn1", 4, 4, 1, 7, False, False, 128, _LIGHTNN, 0),
        Scheme("lightnn2", 8, 4, 2, 7, False, False, 256, _LIGHTNN, 1),
        Scheme("flightnn", 8, 4, 2, 7, True, True, 256, _FLIGHTNN, 2),
        Scheme("fixed8", 8, 8, 0, 7, True, False, 128, _FIXED, 3),
        Scheme("fixed4", 4, 4, 0, 3, True, False, 8, _FIXED, 4),
        Scheme("binary", 1, 1, 1, 0, False, False, 1, _LIGHTNN, 5),
    )
}


def scheme(name: str) -> Scheme:
    """The scheme called `name`; raises `InputError` with the nearest name if there is none."""
    try:
        return SCHEMES[name]
    except KeyError:
        raise unknown_name("scheme", "scheme", name, SCHEMES) from None
