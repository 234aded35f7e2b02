"""Clocks without drift, and the spelling of quantities for people.

A clock keeps its frequency in whole hertz. An edge is placed from its cycle number, never by
adding rounded periods, so two clocks stay in step for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from lightsim.descriptions import Positive, check_fields

__all__ = ["LEAST_HZ", "MOST_HZ", "Clock", "ClockRatio", "ceil_div", "spell"]

LEAST_HZ = 1_000_000
"""Of an accelerator's clock; less is a forgotten "MHz"."""

MOST_HZ = 2_000_000_000


def ceil_div(a: int, b: int) -> int:
    """The smallest integer not below a / b, for b > 0."""
    return -(-a // b)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock by its frequency in whole hertz."""

    hz: Positive

    def __post_init__(self) -> None:
        check_fields(self)

    def seconds(self, cycles: int) -> float:
        """The time of `cycles` periods in seconds."""
        return cycles / self.hz


@dataclass(frozen=True, slots=True)
class ClockRatio:
    """How many cycles of one clock fit the cycles of another, as a reduced fraction.

    `numerator / denominator` is `other.hz / own.hz`.
    """

    numerator: Positive
    denominator: Positive

    def __post_init__(self) -> None:
        check_fields(self)

    @classmethod
    def between(cls, own: Clock, other: Clock) -> ClockRatio:
        """The ratio that turns cycle numbers of `own` into cycle numbers of `other`."""
        common = gcd(own.hz, other.hz)
        return cls(other.hz // common, own.hz // common)

    def forward(self, cycle: int) -> int:
        """The first edge of the other clock that is not before edge `cycle` of the own clock."""
        return ceil_div(cycle * self.numerator, self.denominator)

    def backward(self, cycle: int) -> int:
        """The first edge of the own clock that is not before edge `cycle` of the other clock."""
        return ceil_div(cycle * self.denominator, self.numerator)


_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"))
_SMALL_PREFIXES = ((1e-9, "n"), (1e-12, "p"))


def spell(value: float, unit: str) -> str:
    """Three significant digits and an SI prefix: `spell(2.5e6, "Hz")` is 2.5 MHz."""
    if value == 0:
        return f"0 {unit}"
    for factor, prefix in (*_PREFIXES, *_SMALL_PREFIXES):
        if abs(value) >= factor * 0.9995:
            return f"{value / factor:.3g} {prefix}{unit}"
    return f"{value:.3g} {unit}"
