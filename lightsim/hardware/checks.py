"""The rules for clocks, and comparisons whose errors say which values are accepted."""

from __future__ import annotations

from lightsim.errors import InputError, unknown_name
from lightsim.units import LEAST_HZ, MOST_HZ

__all__ = ["Check", "validate_clock"]


def validate_clock(hz: int, where: str) -> None:
    """Raises `InputError` for a clock that is outside the range of FPGA fabric."""
    if not LEAST_HZ <= hz <= MOST_HZ:
        raise InputError(where, f"clock is {hz} Hz", "accepted: 1 MHz to 2 GHz")


class Check:
    """Comparisons whose errors give the key, its value, and the accepted values."""

    def __init__(self, where: str) -> None:
        self.where = where

    def fail(self, key: str, value: object, accepted: str) -> None:
        """Raises `InputError` for the key, with its value and the accepted values."""
        raise InputError(self.where, f"{key} is {value}", f"accepted: {accepted}")

    def number(self, key: str, value: int, low: int, high: int) -> None:
        """Raises `InputError` for a value outside `low` to `high`."""
        if not low <= value <= high:
            self.fail(key, value, f"a whole number from {low} to {high}")

    def power_of_two(self, key: str, value: int, low: int, high: int) -> None:
        """Raises `InputError` for a value that is not a power of two from `low` to `high`."""
        if not low <= value <= high or value & (value - 1):
            self.fail(key, value, f"a power of two from {low} to {high}")

    def choice(self, key: str, value: str, known: tuple[str, ...]) -> None:
        """Raises `InputError` for a name that is not in `known`."""
        if value not in known:
            raise unknown_name(self.where, key, value, known)
