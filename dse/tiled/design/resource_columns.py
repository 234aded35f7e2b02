"""The column of each resource in the arrays [..., 5] of resources."""

from __future__ import annotations

from typing import Final

__all__ = ["BRAM", "DSP", "FF", "LUT", "RESOURCES", "URAM"]

# The order of `hardware.device.Resources`; a test compares them.
LUT: Final = 0
FF: Final = 1
DSP: Final = 2
BRAM: Final = 3  # in halves of 18 kb, until all parts of a design are added up
URAM: Final = 4
RESOURCES: Final = 5
