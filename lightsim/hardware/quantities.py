"""Frequencies and sizes as written in files: `"150 MHz"`, `"64 KiB"`, or a plain whole number."""

from __future__ import annotations

import re
from fractions import Fraction

__all__ = ["BYTES_ACCEPTED", "HERTZ_ACCEPTED", "hertz", "nbytes", "spell_bytes", "spell_hertz"]

BYTES_ACCEPTED = 'a whole number of bytes, or a text like "64 KiB" (B, KiB, MiB)'
HERTZ_ACCEPTED = 'a whole number of hertz above 0, or a text like "150 MHz" (Hz, kHz, MHz, GHz)'

_QUANTITY = re.compile(r"^\s*(\d{1,15}(?:\.\d{1,15})?)\s*([A-Za-z]+)\s*$", re.ASCII)
_HERTZ = {"Hz": 1, "kHz": 10**3, "MHz": 10**6, "GHz": 10**9}
_BYTES = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}


def hertz(value: object) -> int:
    """The frequency in whole hertz; raises `ValueError` for a value that is no frequency."""
    return _whole(value, _HERTZ)


def nbytes(value: object) -> int:
    """The size in bytes; raises `ValueError` for a value that is no size."""
    return _whole(value, _BYTES)


def spell_hertz(hz: int) -> int | str:
    """`hz` as a file shows it: in MHz if a whole or half number of MHz is exact, else in hertz."""
    if hz % 500_000 == 0:
        whole, half = divmod(hz, 1_000_000)
        return f"{whole}.5 MHz" if half else f"{whole} MHz"
    return hz


def spell_bytes(size: int) -> int | str:
    """`size` as a file shows it: in KiB if a whole number of KiB is exact, else in bytes."""
    return f"{size >> 10} KiB" if size and size % 1024 == 0 else size


def _whole(value: object, units: dict[str, int]) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _QUANTITY.match(value) if isinstance(value, str) else None
    if match is None or match[2] not in units:
        raise ValueError("not a quantity")
    amount = Fraction(match[1]) * units[match[2]]
    if amount.denominator != 1:
        raise ValueError("not a whole number")
    return amount.numerator
