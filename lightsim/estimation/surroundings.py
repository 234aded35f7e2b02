"""What the units around the array cost: ports, DMA, post-processing, pooling and control.

None of these is measured yet: the figures are assumptions, each with its formula, to be
replaced by synthesis of the project's own RTL.
"""

from __future__ import annotations

from lightsim.estimation.memories import memory_resources
from lightsim.estimation.part import Part
from lightsim.hardware.accelerator import Accelerator, IdealMemory
from lightsim.hardware.device import Device, MemoryInterface, Resources
from lightsim.source import Source
from lightsim.units import ceil_div

__all__ = ["surrounding_parts"]

# Processor-side controllers are hard blocks, this wide at most; anything wider sits in fabric.
_HARD_CONTROLLER_BITS = {"Zynq-7000": 32, "Zynq UltraScale+": 64, "Versal": 64}

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
    """Every part that is neither array nor buffer."""
    parts = [_ports(acc), _dma(acc), _post(acc), _pooling(acc), _controller()]
    controller = _memory_controller(acc, device)
    return tuple(parts) if controller is None else (*parts, controller)


def _ports(acc: Accelerator) -> Part:
    """Return FIFO, write staging and request FIFO of every port, and their arbiter."""
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


def _dma(acc: Accelerator) -> Part:
    streams = sum(len(port.streams) for port in acc.ports)
    source = Source("assumed", "600 LUTs and 500 + port_bits flip-flops a stream")
    return Part("DMA", Resources(lut=600, ff=500 + acc.port_bits).times(streams), source)


def _post(acc: Accelerator) -> Part:
    """Rounding adder, 32-way shift to 9 bits, overflow check, residual add and clamp a lane.

    With multipliers: 32 x 16 on two DSP blocks, and 8 x 16 on one for the residual.
    """
    multiply = acc.post.requantise == "multiply"
    width = acc.accumulator.bits + (15 if multiply else 0)
    lane = Resources(lut=width + 9 * 9 + 16 + 20, ff=3 * width, dsp=3 if multiply else 0)
    source = Source(
        "assumed",
        "a lane: adder one LUT a bit, nine 32-way multiplexers of nine LUTs, 36 for checks and "
        "clamp; a 32 x 16 multiplier on two DSP blocks and an 8 x 16 one on a third",
    )
    return Part("post-processing", lane.times(acc.post.lanes), source)


def _pooling(acc: Accelerator) -> Part:
    source = Source(
        "assumed", "a lane a byte of the word: 40 LUTs (maximum and sum), 32 flip-flops"
    )
    return Part("pooling", Resources(lut=40, ff=32).times(acc.word_bytes), source)


def _controller() -> Part:
    source = Source("assumed", "tile counters, address generators and the layer descriptor")
    return Part("controller", Resources(lut=1500, ff=1200), source)


def _memory_controller(acc: Accelerator, device: Device | None) -> Part | None:
    """The DRAM controller where it is built in fabric; hard ones cost nothing."""
    if isinstance(acc.memory, IdealMemory):
        return None
    part = acc.memory.part
    hard_bits = _HARD_CONTROLLER_BITS.get(device.family, 0) if device else 0
    if part.bus_bits <= hard_bits:
        return None
    resources, source = _fabric_controller(acc.memory)
    return Part("memory controller", resources, source)


def _fabric_controller(memory: MemoryInterface) -> tuple[Resources, Source]:
    kind, channels = memory.part.kind, memory.channels
    if kind == "SDR":
        return Resources(lut=500, ff=400).times(channels), _FABRIC_SDR
    if kind == "DDR4":
        return Resources(33_256, 44_889, 3, ceil_div(199, 2)).times(channels), _FABRIC_DDR4
    if kind == "HBM2":
        return Resources(10_718, 21_793, 0, 4), _FABRIC_HBM
    return Resources(lut=12_000, ff=9_000, bram36=1).times(channels), _FABRIC_DDR3
