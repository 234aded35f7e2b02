"""The cost of a full-precision lane, for comparison only: no machine has such a lane."""

from __future__ import annotations

from lightsim.hardware.device import Resources
from lightsim.hardware.part import Part
from lightsim.source import Source

__all__ = ["float32_lane"]


def float32_lane() -> Part:
    """One single-precision multiplier and adder, for comparison only."""
    source = Source("recalled", "AMD Floating-Point Operator: full DSP usage, multiplier and adder")
    return Part("float32 lane", Resources(lut=430, ff=700, dsp=5), source)
