"""Where each resource stands in the arrays [..., 5] of what designs take."""

from __future__ import annotations

from typing import Final

__all__ = ["BRAM", "DSP", "FF", "LUT", "RESOURCES", "URAM"]

# The order of `hardware.device.Resources`; a test compares them.
LUT: Final = 0
FF: Final = 1
DSP: Final = 2
BRAM: Final = 3  # in halves, of 18 kb, until a design is whole
URAM: Final = 4
RESOURCES: Final = 5
