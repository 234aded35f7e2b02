"""The boards: a device, its memory, and the ports and clock of its default accelerator.

The clock of a row is a clock that other designs reached on the device, or a cautious clock if no
such design is known; each row says which. Ports are 64 bits wide on the high-performance ports of
the Zynq-7000 processor and 128 bits on those of the Zynq UltraScale+. Ports are wider where the
memory controller is in fabric, and on the network of Versal devices.
"""

from __future__ import annotations

from lightsim.errors import unknown_name
from lightsim.hardware.catalogue.devices import device
from lightsim.hardware.catalogue.dram_parts import dram_part
from lightsim.hardware.device import Board, MemoryInterface
from lightsim.source import Certainty, Source

__all__ = ["BOARDS", "board"]

_MHZ = 1_000_000

# A request of the default accelerator stays within one channel (assumed).
_INTERLEAVE_BYTES = 1024


def _memory(part: str, channels: int, certainty: Certainty, text: str) -> MemoryInterface:
    return MemoryInterface(dram_part(part), channels, _INTERLEAVE_BYTES, Source(certainty, text))


_ROWS = (
    Board(
        "zc706",
        "Xilinx ZC706 (Zynq-7000)",
        device("XC7Z045"),
        _memory("ddr3-1600-x64", 1, "recalled", "fabric-side DDR3 SODIMM, 64 bits, 1600 MT/s"),
        clock_hz=150 * _MHZ,
        port_bits=256,
        port_count=4,
        source=Source(
            "read",
            "150 MHz: Qiu et al., FPGA 2016, on this board (FINN ran 200 MHz; FLightNN's 100 MHz "
            "is recalled); four 256-bit ports into the fabric controller are assumed",
        ),
    ),
    Board(
        "pynq-z2",
        "TUL PYNQ-Z2 (Zynq-7000)",
        device("XC7Z020"),
        _memory(
            "ddr3-1050-x16", 1, "read", "github.com/Xilinx/BNN-PYNQ script/pynqZ1-Z2/pynqZ1-Z2.tcl"
        ),
        clock_hz=100 * _MHZ,
        port_bits=64,
        port_count=4,
        source=Source("read", "100 MHz: BNN-PYNQ's CNV and LFC met timing by 0.17 to 0.31 ns"),
    ),
    Board(
        "zedboard",
        "Avnet ZedBoard (Zynq-7000)",
        device("XC7Z020"),
        _memory("ddr3-1066-x32", 1, "recalled", "512 MB DDR3-1066, 32 bits, on the processor side"),
        clock_hz=100 * _MHZ,
        port_bits=64,
        port_count=4,
        source=Source("assumed", "100 MHz as BNN-PYNQ met on the same device"),
    ),
    Board(
        "vc707",
        "Xilinx VC707 (Virtex-7)",
        device("XC7VX485T"),
        _memory("ddr3-1600-x64", 1, "read", "github.com/binarycourse/xlnx-vc707-templates README"),
        clock_hz=100 * _MHZ,
        port_bits=512,
        port_count=4,
        source=Source("read", "100 MHz: Zhang et al., FPGA 2015, on this board"),
    ),
    Board(
        "vc709",
        "Xilinx VC709 (Virtex-7)",
        device("XC7VX690T"),
        _memory("ddr3-1866-x64", 2, "recalled", "two DDR3 SODIMMs, 64 bits, 1866 MT/s"),
        clock_hz=150 * _MHZ,
        port_bits=512,
        port_count=4,
        source=Source("recalled", "150 MHz: the slower of two designs in a survey"),
    ),
    Board(
        "ultra96",
        "Avnet Ultra96 (Zynq UltraScale+)",
        device("XCZU3EG"),
        _memory(
            "lpddr4-1066-x32", 1, "read", "github.com/Xilinx/BNN-PYNQ script/ultra96/ultra96.tcl"
        ),
        clock_hz=190 * _MHZ,
        port_bits=128,
        port_count=4,
        source=Source(
            "read",
            "190 MHz: the 16-bit tiled engine of github.com/dhm2013724/yolov2_xilinx_fpga on "
            "another board with this device (BNN-PYNQ's streaming engines ran 300 MHz here)",
        ),
    ),
    Board(
        "zcu104",
        "Xilinx ZCU104 (Zynq UltraScale+)",
        device("XCZU7EV"),
        _memory(
            "ddr4-2400-x64-of-x16",
            1,
            "recalled",
            "2 GB DDR4-2400, 64 bits of x16 chips, on the processor side",
        ),
        clock_hz=187_500_000,
        port_bits=128,
        port_count=4,
        source=Source("read", "187.5 MHz: MobileNet of github.com/Xilinx/finn-examples"),
    ),
    Board(
        "zcu102",
        "Xilinx ZCU102 (Zynq UltraScale+)",
        device("XCZU9EG"),
        _memory("ddr4-2133-x64", 1, "recalled", "4 GB DDR4-2133 SODIMM on the processor side"),
        clock_hz=180 * _MHZ,
        port_bits=128,
        port_count=4,
        source=Source("recalled", "180 MHz: a tiled YOLOv2 engine on this board"),
    ),
    Board(
        "u250",
        "AMD Alveo U250",
        device("XCU250"),
        _memory("ddr4-2400-x64", 4, "read", "public board table; docs.amd.com UG1393 (77 GB/s)"),
        clock_hz=178 * _MHZ,
        port_bits=512,
        port_count=4,
        source=Source("read", "178 MHz: the slower ResNet-50 of github.com/Xilinx/finn-examples"),
    ),
    Board(
        "u280",
        "AMD Alveo U280",
        device("XCU280"),
        _memory("hbm2-1800-pc64", 32, "read", "docs.amd.com UG1393: 32 pseudo channels, 460 GB/s"),
        clock_hz=200 * _MHZ,
        port_bits=512,
        port_count=4,
        source=Source("assumed", "200 MHz, below the 250 to 300 MHz usual on this card"),
    ),
    Board(
        "vck190",
        "AMD VCK190 (Versal)",
        device("XCVC1902"),
        _memory("ddr4-3200-x64", 1, "recalled", "DDR4-3200 DIMM, 64 bits; its LPDDR4 is unused"),
        clock_hz=250 * _MHZ,
        port_bits=256,
        port_count=4,
        source=Source(
            "assumed",
            "250 MHz, below the 350 MHz of the GeMM design of github.com/Xilinx/Vitis-Tutorials",
        ),
    ),
    Board(
        "ulx3s",
        "Radiona ULX3S (ECP5-85F)",
        device("LFE5U-85F"),
        _memory("sdr-166-x16", 1, "recalled", "32 MB SDRAM, 16 bits, 166 MHz"),
        clock_hz=50 * _MHZ,
        port_bits=64,
        port_count=1,
        source=Source("assumed", "50 MHz, the low end of what ECP5 designs of this kind reach"),
    ),
)

BOARDS: dict[str, Board] = {row.name: row for row in _ROWS}


def board(name: str, where: str = "board") -> Board:
    """The board called `name`; raises `InputError` with the nearest name for an unknown name."""
    try:
        return BOARDS[name]
    except KeyError:
        raise unknown_name(where, "board", name, BOARDS) from None
