"""The resources of a design: LUT, FF, DSP, BRAM36 and URAM of every part, each with its source."""

from __future__ import annotations

from dataclasses import replace

from lightsim.hardware.catalogue import BOARDS
from lightsim.hardware.device import Device, Resources
from lightsim.hardware.families import FAMILIES
from lightsim.hardware.part import Part, total
from lightsim.numerics.formats.scheme import scheme
from lightsim.source import Source
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.products import built_products
from lightsim.tiled.estimation.design import amounts, design_parts
from lightsim.tiled.estimation.modules.bill import bill
from lightsim.tiled.estimation.modules.constants import constants_of
from lightsim.tiled.estimation.surroundings import surrounding_parts

__all__ = ["Part", "estimate", "lanes_needed", "needed", "total"]

# Every formula counts 6-input LUTs.
_LUT4_PER_LUT6 = 2


def estimate(acc: Accelerator, device: Device | None = None) -> tuple[Part, ...]:
    """Every part of `acc`, built for any network of its scheme, with its resources.

    `device` decides four things: UltraRAM, the LUT size, whether two products can share a DSP block
    (if not, each product has its own block), and whether the memory controller is a hard block. The
    default device is the device of the accelerator's board. For a board that is not in the
    catalogue, it is a 7-series device with all controllers in fabric. Raises `InputError` for an
    unknown scheme or PE kind.
    """
    if device is None and acc.board in BOARDS:
        device = BOARDS[acc.board].device
    has_uram = device is not None and device.resources.uram > 0
    parts = (
        *design_parts(_constants(acc, device), has_uram=has_uram),
        *surrounding_parts(acc, device),
    )
    if device is not None and FAMILIES[device.family].lut_inputs == 4:
        return tuple(_in_lut4(part) for part in parts)
    return parts


def needed(acc: Accelerator, device: Device) -> Resources:
    """The total of all parts of `estimate`, without their sources; several times as quick."""
    found = amounts(bill(_constants(acc, device)), has_uram=device.resources.uram > 0)
    own = Resources(found.lut, found.ff, found.dsp, -(-found.halves // 2), found.uram)
    whole = own + total(surrounding_parts(acc, device))
    luts = _LUT4_PER_LUT6 if FAMILIES[device.family].lut_inputs == 4 else 1
    return replace(whole, lut=luts * whole.lut)


def lanes_needed(acc: Accelerator, device: Device) -> Resources:
    """The resources of the rows of lanes of `acc` alone."""
    lanes = (item for item in bill(_constants(acc, device)) if item.module == "lane_rows")
    found = amounts(lanes, has_uram=False)
    luts = _LUT4_PER_LUT6 if FAMILIES[device.family].lut_inputs == 4 else 1
    return Resources(luts * found.lut, found.ff, found.dsp)


def _constants(acc: Accelerator, device: Device | None) -> dict[str, int]:
    """The constants of a design; if the device cannot pair products, each has its own block."""
    constants = constants_of(acc)
    if device is not None and built_products(acc.array, scheme(acc.scheme), device) == 1:
        constants["PRODUCTS_PER_DSP"] = 1
    return constants


def _in_lut4(part: Part) -> Part:
    if part.resources.lut == 0:
        return part
    more = Resources(lut=part.resources.lut * (_LUT4_PER_LUT6 - 1))
    certainty = part.source.certainty
    text = f"{part.source.text}; two 4-input LUTs for one of six inputs (assumed)"
    return Part(
        part.name,
        part.resources + more,
        Source("derived" if certainty == "measured" else certainty, text),
    )
