"""Memory words: how many channels of one pixel share one."""

from __future__ import annotations

__all__ = ["block_channels"]


def block_channels(word_bytes: int, bits: int) -> int:
    """How many channels of `bits` bits one memory word holds."""
    return word_bytes * 8 // bits
