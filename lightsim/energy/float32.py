"""What a lane of full precision would cost: for comparison only, nothing is built of it."""

from __future__ import annotations

from lightsim.hardware.device import Resources
from lightsim.hardware.part import Part
from lightsim.source import Source

__all__ = ["float32_lane"]


def float32_lane() -> Part:
    """One single-precision multiply and add, for comparison with full-precision rows only."""
    source = Source("recalled", "AMD Floating-Point Operator: full DSP usage, multiplier and adder")
    return Part("float32 lane", Resources(lut=430, ff=700, dsp=5), source)
