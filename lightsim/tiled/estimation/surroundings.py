"""Parts outside the RTL: FIFOs that join its ports to a bus, the DRAM controller, thresholds.

None of the figures is measured: they are assumptions or figures of other sources, each with its
formula.
"""

from __future__ import annotations

from lightsim.hardware.device import Device, IdealMemory, MemoryInterface, Resources
from lightsim.hardware.families import FAMILIES
from lightsim.hardware.part import Part
from lightsim.source import Source
from lightsim.tiled.description.accelerator import Accelerator
from lightsim.tiled.description.pipeline import PARAMETER_SLOTS, THRESHOLD_BYTES
from lightsim.tiled.estimation.modules.memories import memory_resources
from lightsim.units import ceil_div

__all__ = ["CONTROLLER", "surrounding_parts"]

CONTROLLER = "memory controller"
"""The name of the memory controller's part."""

_FABRIC_DDR3 = Source("recalled", "a 64-bit DDR3 controller of the AMD memory interface generator")
_FABRIC_DDR4 = Source(
    "read",
    "github.com/Xilinx/finn src/finn/util/platforms.py, overhead 'ddr' (33256 LUT, 44889 FF, 199 "
    "halves of BRAM, 3 DSP); charging it once a channel is assumed",
)
_FABRIC_HBM = Source(
    "read",
    "github.com/Xilinx/finn src/finn/util/platforms.py, overhead 'hbm' (10718 LUT, 21793 FF, 8 "
    "halves of BRAM); charging it once is assumed",
)
_FABRIC_SDR = Source("assumed", "a small SDRAM state machine")


def surrounding_parts(acc: Accelerator, device: Device | None) -> tuple[Part, ...]:
    """Every part between the ports of the RTL and the memory, and the comparators of thresholds."""
    controller = _memory_controller(acc, device)
    parts = (_ports(acc),) if controller is None else (_ports(acc), controller)
    return (*parts, _thresholds(acc)) if acc.post.thresholds else parts


def _thresholds(acc: Accelerator) -> Part:
    """The comparators of every lane, and the memory for the thresholds of the rows."""
    count, bits = acc.post.thresholds, 8 * THRESHOLD_BYTES
    compared = Resources(lut=acc.post.lanes * count * (bits // 2 + 1), ff=acc.post.lanes * count)
    kept = Resources(ff=acc.array.rows * count * bits)
    held = memory_resources(bits * count, PARAMETER_SLOTS * acc.weight.banks)
    source = Source(
        "assumed",
        "two bits a LUT of every comparison and one to count it, a register a row and threshold, a "
        "memory of all row slots; no part of the RTL yet",
    )
    return Part("thresholds", compared + kept + held, source)


def _ports(acc: Accelerator) -> Part:
    """The return FIFO, the write staging and the request FIFO of every port."""
    beats = acc.request_bytes // acc.word_bytes
    returned = memory_resources(acc.port_bits, beats * acc.outstanding)
    staged = memory_resources(acc.port_bits, beats)
    logic = Resources(lut=200 + acc.port_bits, ff=150 + 2 * acc.port_bits)
    source = Source(
        "assumed",
        "return FIFO of request_bytes x outstanding, write staging of request_bytes; 200 + "
        "port_bits LUTs and 150 + 2 port_bits flip-flops a port",
    )
    return Part("memory ports", (returned + staged + logic).times(len(acc.ports)), source)


def _memory_controller(acc: Accelerator, device: Device | None) -> Part | None:
    """The DRAM controller if it is built in fabric; a hard controller costs nothing.

    If the memory does not name its controller, the hard controller of the device's family is used,
    provided that the bus is not wider than that controller's bus. A wider bus needs a controller in
    fabric.
    """
    if isinstance(acc.memory, IdealMemory):
        return None
    hard_bits = FAMILIES[device.family].hard_controller_bits if device else 0
    fits_hard = acc.memory.part.bus_bits <= hard_bits
    if acc.memory.controller == "hard" or (acc.memory.controller is None and fits_hard):
        return None
    resources, source = _fabric_controller(acc.memory)
    return Part(CONTROLLER, resources, source)


def _fabric_controller(memory: MemoryInterface) -> tuple[Resources, Source]:
    kind, channels = memory.part.kind, memory.channels
    if kind == "SDR":
        return Resources(lut=500, ff=400).times(channels), _FABRIC_SDR
    if kind == "DDR4":
        return Resources(33_256, 44_889, 3, ceil_div(199, 2)).times(channels), _FABRIC_DDR4
    if kind == "HBM2":
        return Resources(10_718, 21_793, 0, 4), _FABRIC_HBM
    return Resources(lut=12_000, ff=9_000, bram36=1).times(channels), _FABRIC_DDR3
