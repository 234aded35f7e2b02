"""The ordering codes by which Vivado knows the devices of the catalogue."""

from __future__ import annotations

from lightsim.source import Source

__all__ = ["ORDERING_CODES"]

_FINN = Source("read", "github.com/Xilinx/finn @01d772dd src/finn/util/basic.py, maps of parts")
_RECALLED = Source("recalled", "the part on AMD's board of this device, or its smallest package")

# A device comes in several packages and speeds; this is the one of a board in the catalogue.
ORDERING_CODES: dict[str, tuple[str, Source]] = {
    "XC7Z020": ("xc7z020clg400-1", _FINN),
    "XC7Z045": ("xc7z045ffg900-2", _RECALLED),
    "XC7VX485T": ("xc7vx485tffg1761-2", _RECALLED),
    "XC7VX690T": ("xc7vx690tffg1761-2", _RECALLED),
    "XCZU3EG": ("xczu3eg-sbva484-1-e", _FINN),
    "XCZU7EV": ("xczu7ev-ffvc1156-2-e", _FINN),
    "XCZU9EG": ("xczu9eg-ffvb1156-2-e", _FINN),
    "XCZU28DR": ("xczu28dr-ffvg1517-2-e", _FINN),
    "XCKU115": ("xcku115-flvb2104-2-e", _RECALLED),
    "XCVU9P": ("xcvu9p-flga2104-2L-e", _RECALLED),
    "XCU50": ("xcu50-fsvh2104-2L-e", _FINN),
    "XCU200": ("xcu200-fsgd2104-2-e", _FINN),
    "XCU250": ("xcu250-figd2104-2L-e", _FINN),
    "XCU280": ("xcu280-fsvh2892-2L-e", _RECALLED),
    "XCVC1902": ("xcvc1902-vsva2197-2MP-e-S", _FINN),
}
