"""How many products a DSP block of an array forms at a time."""

from __future__ import annotations

from lightsim.hardware.device import Device
from lightsim.hardware.dsp_blocks import DSP_BLOCKS
from lightsim.hardware.pe_kinds import pe_kind
from lightsim.numerics.formats.scheme import Scheme
from lightsim.tiled.description.accelerator import Array

__all__ = ["built_products"]


def built_products(array: Array, scheme: Scheme, device: Device) -> int:
    """Products a DSP block of `device` in an `array` that is built for it; 1 without DSP lanes."""
    if not any(pe_kind(group.pe).on_dsp for group in array.groups):
        return 1
    return DSP_BLOCKS[device.dsp_type].products(scheme)
