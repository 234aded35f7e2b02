"""The interface of a formula: it takes parameters by name and returns amounts by name."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["Parameters", "Terms", "bits_for", "fields_of"]

Parameters = Mapping[str, int]
Terms = dict[str, float]


def bits_for(count: int) -> int:
    """Bits of an address for `count` words, at least one bit."""
    return max(1, (count - 1).bit_length())


def fields_of(p: Parameters) -> list[int]:
    """The activation widths above one bit that a module is built for, in bits, in rising order."""
    mask = p.get("FIELDS", 8)
    return [bits for bits in (2, 4, 8) if mask & bits]
