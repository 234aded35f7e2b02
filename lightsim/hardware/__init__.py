"""The hardware of machines: devices, boards, memories and PE kinds."""

from lightsim.hardware.catalogue import (
    BOARDS,
    DEVICES,
    DRAM_PARTS,
    board,
    device,
    dram_part,
)
from lightsim.hardware.device import Board, Device, MemoryInterface, Resources
from lightsim.hardware.dram import DramPart
from lightsim.hardware.pe_kinds import PE_KINDS, pe_kind

__all__ = [
    "BOARDS",
    "DEVICES",
    "DRAM_PARTS",
    "PE_KINDS",
    "Board",
    "Device",
    "DramPart",
    "MemoryInterface",
    "Resources",
    "board",
    "device",
    "dram_part",
    "pe_kind",
]
