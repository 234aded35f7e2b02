"""Limits of single values, for the annotation of a field: `Annotated[int, Whole(1, 64)]`.

A rule takes a value and returns the value, a NumPy integer as `int`. It raises `WrongValueError`
for a value that it does not accept. A rule does not know the field that it guards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf, isfinite
from numbers import Integral, Real
from typing import Annotated

__all__ = [
    "Count",
    "Fraction",
    "NotNegative",
    "Number",
    "OneOf",
    "Positive",
    "PowerOfTwo",
    "Text",
    "UnknownNameError",
    "Whole",
    "WrongValueError",
]

_MOST = (1 << 63) - 1  # the largest int64


class WrongValueError(Exception):
    """A rule refuses a value; the message says which values the rule accepts."""

    def __init__(self, accepted: str) -> None:
        self.accepted = accepted
        super().__init__(accepted)


class UnknownNameError(WrongValueError):
    """A name is missing in the table of names of `kind`."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, list(known)
        super().__init__(f"a {kind}: {', '.join(self.known)}")


class Whole:
    """A whole number from `low` to `high`; True and 1.0 are refused."""

    def __init__(self, low: int = -_MOST, high: int = _MOST) -> None:
        self.low, self.high = low, high

    def __call__(self, value: object) -> int:
        """The value, if it is accepted; else raises `WrongValueError`."""
        if type(value) is not int:
            if isinstance(value, bool) or not isinstance(value, Integral):
                raise WrongValueError(self.accepted)
            value = int(value)
        if not self.low <= value <= self.high:
            beyond = abs(value) > _MOST and self.high == _MOST
            raise WrongValueError(self.accepted + " below 2**63" * beyond)
        return value

    @property
    def accepted(self) -> str:
        """The accepted values, in words."""
        return _between("a whole number", self.low, self.high)


class PowerOfTwo(Whole):
    """A power of two from `low` to `high`."""

    def __call__(self, value: object) -> int:
        """The value, if it is accepted; else raises `WrongValueError`."""
        value = super().__call__(value)
        if value <= 0 or value & (value - 1):
            raise WrongValueError(self.accepted)
        return value

    @property
    def accepted(self) -> str:
        """The accepted values, in words."""
        return _between("a power of two", self.low, self.high)


class Number:
    """A finite real number from `low` to `high`; with `above`, `low` itself is refused."""

    def __init__(self, low: float = -inf, high: float = inf, above: bool = False) -> None:
        self.low, self.high, self.above = low, high, above

    def __call__(self, value: object) -> float:
        """The value, if it is accepted; else raises `WrongValueError`."""
        if type(value) is not float and type(value) is not int:
            if isinstance(value, bool) or not isinstance(value, Real):
                raise WrongValueError(self.accepted)
            value = int(value) if isinstance(value, Integral) else float(value)
        if not _is_finite(value) or not self.low <= value <= self.high:
            raise WrongValueError(self.accepted)
        if self.above and value == self.low:
            raise WrongValueError(self.accepted)
        return value

    @property
    def accepted(self) -> str:
        """The accepted values, in words."""
        if self.above:
            return f"a finite number above {self.low:g}"
        return _between("a finite number", self.low, self.high)


class Text:
    """A text that is not blank."""

    accepted = "a text that is not empty"

    def __call__(self, value: object) -> str:
        """The value, if it is accepted; else raises `WrongValueError`."""
        if not isinstance(value, str) or not value.strip():
            raise WrongValueError(self.accepted)
        return value


class OneOf:
    """A name in a table; `kind` is the kind of thing that the names stand for.

    The table is read when a value is checked, so later entries count.
    """

    def __init__(self, kind: str, table: Callable[[], Iterable[str]]) -> None:
        self.kind, self.table = kind, table

    def __call__(self, value: object) -> str:
        """The value, if it is accepted; else raises `UnknownNameError` or `WrongValueError`."""
        known = self.table()
        if not isinstance(value, str):
            raise WrongValueError(f"a {self.kind}: {', '.join(known)}")
        if value not in known:
            raise UnknownNameError(self.kind, value, known)
        return value


def _is_finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:  # the integer is larger than every float
        return False


def _between(what: str, low: float, high: float) -> str:
    least, most = low > -_MOST, high < _MOST
    if least and most:
        return f"{what} from {_plain(low)} to {_plain(high)}"
    if least:
        return f"{what} of at least {_plain(low)}"
    return f"{what} of at most {_plain(high)}" if most else what


def _plain(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"


Count = Annotated[int, Whole(0)]
Positive = Annotated[int, Whole(1)]
NotNegative = Annotated[float, Number(0)]
Fraction = Annotated[float, Number(0, 1)]
