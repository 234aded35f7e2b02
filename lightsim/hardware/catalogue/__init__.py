"""The catalogue: FPGA devices, memories and boards, every row with its source."""

from lightsim.hardware.catalogue.boards import BOARDS, board
from lightsim.hardware.catalogue.devices import DEVICES, device
from lightsim.hardware.catalogue.dram_parts import DRAM_PARTS, dram_part

__all__ = ["BOARDS", "DEVICES", "DRAM_PARTS", "board", "device", "dram_part"]
