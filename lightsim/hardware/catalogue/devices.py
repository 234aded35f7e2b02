"""The FPGA devices: the LUT, FF, DSP, BRAM36 and URAM of each device, one row for each.

A `bram36` is a 36 kb block. Blocks of other sizes are converted by capacity and rounded down: an
ECP5 EBR (18 kb) counts as one half, an iCE40 EBR (4 kb) as one ninth. The certainty of a row is the
certainty of its least certain field, and the text of the row names this field.
"""

from __future__ import annotations

from lightsim.errors import unknown_name
from lightsim.hardware.device import Device, Resources
from lightsim.source import Source

__all__ = ["DEVICES", "device"]

_ECP5_EBR = 208
_ICE40_EBR = 30

_ROWS = (
    Device(
        "XC7Z020",
        "Zynq-7000",
        "DSP48E1",
        Resources(53_200, 106_400, 220, 140, 0),
        Source("read", "github.com/Xilinx/BNN-PYNQ @d39c1c75, network/*/README.md"),
    ),
    Device(
        "XC7Z045",
        "Zynq-7000",
        "DSP48E1",
        Resources(218_600, 437_200, 900, 545, 0),
        Source(
            "read",
            "LUT, FF: Vivado utilisation report; DSP, BRAM: github.com/stanford-ppl/spatial "
            "src/spatial/targets/euresys/CXP.scala",
        ),
    ),
    Device(
        "XC7VX485T",
        "Virtex-7",
        "DSP48E1",
        Resources(303_600, 607_200, 2_800, 1_030, 0),
        Source("read", "Vivado utilisation report (BRAM given as 2060 blocks of 18 kb)"),
    ),
    Device(
        "XC7VX690T",
        "Virtex-7",
        "DSP48E1",
        Resources(433_200, 866_400, 3_600, 1_470, 0),
        Source("recalled", "LUT read in a Vivado utilisation report; FF, DSP, BRAM recalled"),
    ),
    Device(
        "XCZU3EG",
        "Zynq UltraScale+",
        "DSP48E2",
        Resources(70_560, 141_120, 360, 216, 0),
        Source("read", "Vivado utilisation report"),
    ),
    Device(
        "XCZU7EV",
        "Zynq UltraScale+",
        "DSP48E2",
        Resources(230_400, 460_800, 1_728, 312, 96),
        Source(
            "recalled",
            "LUT, FF read in a Vivado report; DSP and URAM in github.com/Xilinx/finn "
            "src/finn/util/platforms.py (whose BRAM, 610 halves, is rounded); BRAM 312 recalled",
        ),
    ),
    Device(
        "XCZU9EG",
        "Zynq UltraScale+",
        "DSP48E2",
        Resources(274_080, 548_160, 2_520, 912, 0),
        Source("read", "Vivado utilisation report (ZCU102 target of stanford-ppl/spatial)"),
    ),
    Device(
        "XCZU28DR",
        "Zynq UltraScale+",
        "DSP48E2",
        Resources(425_280, 850_560, 4_272, 1_080, 80),
        Source("read", "Vivado utilisation report"),
    ),
    Device(
        "XCKU115",
        "Kintex UltraScale",
        "DSP48E2",
        Resources(663_360, 1_326_720, 5_520, 2_160, 0),
        Source("recalled", "Kintex UltraScale product table, all fields recalled"),
    ),
    Device(
        "XCVU9P",
        "Virtex UltraScale+",
        "DSP48E2",
        Resources(1_182_240, 2_364_480, 6_840, 2_160, 960),
        Source("recalled", "LUT, FF, BRAM, URAM read in a Vivado report; DSP recalled"),
    ),
    Device(
        "XCU50",
        "Alveo",
        "DSP48E2",
        Resources(871_680, 1_743_360, 5_952, 1_344, 640),
        Source("recalled", "LUT, FF, BRAM, DSP read in a Vivado report; URAM recalled"),
    ),
    Device(
        "XCU200",
        "Alveo",
        "DSP48E2",
        Resources(1_182_240, 2_364_480, 6_840, 2_160, 960),
        Source("recalled", "the XCVU9P die, with its recalled DSP count"),
    ),
    Device(
        "XCU250",
        "Alveo",
        "DSP48E2",
        Resources(1_728_000, 3_456_000, 12_288, 2_688, 1_280),
        Source("read", "public board table and Vivado utilisation report"),
    ),
    Device(
        "XCU280",
        "Alveo",
        "DSP48E2",
        Resources(1_303_680, 2_607_360, 9_024, 2_016, 960),
        Source(
            "recalled",
            "LUT, FF, BRAM, DSP read in a Vivado report of the same die (U55C); URAM recalled",
        ),
    ),
    Device(
        "XCVC1902",
        "Versal",
        "DSP58",
        Resources(899_840, 1_799_680, 1_968, 967, 463),
        Source("read", "github.com/Xilinx/Vitis-Tutorials, GeMM DSP README"),
    ),
    Device(
        "LFE5U-85F",
        "ECP5",
        "MULT18X18D",
        Resources(83_640, 83_845, 156, _ECP5_EBR // 2, 0),
        Source(
            "read",
            "github.com/chili-chips-ba/openCologne map report: 4-input LUTs, 312 9-bit "
            "multipliers = 156 of 18x18, 208 EBR of 18 kb = 104 blocks of 36 kb",
        ),
    ),
    Device(
        "iCE40UP5K",
        "iCE40",
        "MAC16",
        Resources(5_280, 5_280, 8, _ICE40_EBR // 9, 0),
        Source(
            "recalled",
            "LUT, DSP and 30 EBR of 4 kb (= 3 blocks of 36 kb) recalled; its 4 x 256 kb "
            "single-port RAM (YosysHQ/icestorm docs/source/ultraplus.rst, read) is not counted",
        ),
    ),
)

DEVICES: dict[str, Device] = {row.name: row for row in _ROWS}


def device(name: str, where: str = "device") -> Device:
    """The device called `name`; raises `InputError` with the nearest name for an unknown name."""
    for row in _ROWS:
        if row.name.lower() == name.lower():
            return row
    raise unknown_name(where, "device", name, DEVICES)
