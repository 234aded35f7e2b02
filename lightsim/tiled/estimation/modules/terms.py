"""The shape of a formula: parameters by name go in, amounts by name come out."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["Parameters", "Terms", "bits_for", "fields_of"]

Parameters = Mapping[str, int]
Terms = dict[str, float]


def bits_for(count: int) -> int:
    """Bits of an address of so many words, at least one."""
    return max(1, (count - 1).bit_length())


def fields_of(p: Parameters) -> list[int]:
    """Bits of the fields of activations that a module is built for, rising, beside those of one."""
    mask = p.get("FIELDS", 8)
    return [bits for bits in (2, 4, 8) if mask & bits]
