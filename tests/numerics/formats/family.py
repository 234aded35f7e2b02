"""A grid over the family of weight formats, and the specification of each member in integers."""

from __future__ import annotations

from functools import cache

from lightsim.numerics.formats.family import NAMED
from lightsim.numerics.formats.scheme import SCHEMES
from tests.reference_family import family_terms, family_value

__all__ = ["GRID", "spec_terms", "spec_values", "specified"]

GRID = (
    *NAMED,
    *(f"lightnn1-m{span}" for span in ("0to1", "0to2", "0to3", "1to4", "2to7", "0to5", "3to6")),
    *(f"lightnn1-m{span}-zero" for span in ("0to6", "2to4", "3to3")),
    "lightnn1-zero", "lightnn2-zero", "lightnn2-m0to3", "lightnn2-m1to6", "lightnn2-m0to6-zero",
    "lightnn3-m0to3", "lightnn3-m2to4-zero", "lightnn4-m0to3", "lightnn4-m4to7-zero",
    "flightnn1-m0to2", "flightnn1-m3to3", "flightnn1-m0to7", "flightnn-m0to2", "flightnn-m1to5",
    "flightnn-m0to7", "flightnn3-m0to2", "flightnn3-m2to6", "flightnn3-m0to7", "flightnn4-m0to2",
)  # fmt: skip
"""Every plain name, and exponents from one to eight with and without a zero."""


def specified(name):
    """The arguments of the specification: base, bits or terms, least and greatest m, zero."""
    member = SCHEMES[name].member
    return member.base, member.bits or member.terms, *member.exponents, member.zero


@cache
def spec_values(name):
    """The integer of every code."""
    codes = range(2 ** SCHEMES[name].member.code_bits)
    return [family_value(code, *specified(name)) for code in codes]


def spec_terms(name, code):
    """The terms of a code, None for one that is not there."""
    return family_terms(code, *specified(name))
