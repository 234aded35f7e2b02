"""The memory parts: the organisation and timing rules of one channel, one row for each part.

Timings are clocks of the command clock, as the named tables print them; `_clocks` converts the
limits that a source gives in nanoseconds. `bus_bits` and `row_bytes` are those of the whole
channel, with all its chips side by side. The tables leave `tRTW` to the controller. Here tRTW is
tCL + burst clocks + 2 - tCWL: the data of a write must not meet the data of a read on the bus, and
the bus needs two clocks to turn round. The address orders are those of LightSim's controller
(assumed): consecutive bursts stay in one row of DDR3 and LPDDR4, and alternate between the bank
groups of DDR4 and HBM2.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from lightsim.errors import unknown_name
from lightsim.hardware.dram import DramPart
from lightsim.source import Source

__all__ = ["DRAM_PARTS", "dram_part"]

_ROW_FIRST = ("column", "bank_group", "bank", "row")
_GROUPS_ALTERNATE = ("bank_group", "column", "bank", "row")
_DRAMSIM3 = "github.com/umd-memsys/DRAMsim3 @29817593 configs"
_RAMULATOR2 = "github.com/CMU-SAFARI/ramulator2 @c5b1c3a4 python/ramulator/dram"


def _clocks(ns: float, hz: int) -> int:
    """The least number of clocks of `hz` that last at least `ns` nanoseconds."""
    return ceil(Fraction(str(ns)) * hz / 10**9)


def _turnaround(cl: int, cwl: int, burst_clocks: int) -> int:
    return cl + burst_clocks + 2 - cwl


def _ddr3_1066(name: str, bus_bits: int) -> DramPart:
    """DDR3-1066F from 4 Gb x16 chips side by side."""
    return DramPart(
        name=name, kind="DDR3", clock_hz=533_333_333, bus_bits=bus_bits, burst_length=8,
        burst_clocks=4, bank_groups=1, banks_per_group=8, row_bytes=1024 * bus_bits // 8,
        rows=32_768, address_order=_ROW_FIRST,
        tCL=7, tCWL=6, tRCD=7, tRP=7, tRAS=20, tRC=27, tRRD_S=6, tRRD_L=6, tFAW=27,
        tCCD_S=4, tCCD_L=4, tWTR_S=4, tWTR_L=4, tWR=8, tRTP=4, tRTW=_turnaround(7, 6, 4),
        tRFC=139, tREFI=4160,
        source=Source("read", f"{_RAMULATOR2}/ddr3.py, DDR3_1066F with 4 Gb x16 chips"),
    )  # fmt: skip


_PYNQ_HZ = 525_000_000
_DDR3_1866_HZ = 933_333_333
_LPDDR4_HZ = 533_000_000
_DDR4_2133_HZ = 1_066_666_667
_HBM2_HZ = 900_000_000

# DRAMsim3's LPDDR4 row counts clocks of 0.83 ns.
_LP_TCK = 0.83


def _lp(clocks: int) -> int:
    return _clocks(clocks * _LP_TCK, _LPDDR4_HZ)


_ROWS = (
    DramPart(
        name="ddr3-1050-x16", kind="DDR3", clock_hz=_PYNQ_HZ, bus_bits=16, burst_length=8,
        burst_clocks=4, bank_groups=1, banks_per_group=8, row_bytes=2048, rows=32_768,
        address_order=_ROW_FIRST,
        tCL=7, tCWL=6, tRCD=7, tRP=7, tRAS=_clocks(35, _PYNQ_HZ), tRC=_clocks(48.91, _PYNQ_HZ),
        tRRD_S=6, tRRD_L=6, tFAW=_clocks(40, _PYNQ_HZ), tCCD_S=4, tCCD_L=4, tWTR_S=4, tWTR_L=4,
        tWR=8, tRTP=4, tRTW=_turnaround(7, 6, 4), tRFC=_clocks(260, _PYNQ_HZ),
        tREFI=_clocks(7800, _PYNQ_HZ) - 1,
        source=Source(
            "read",
            "github.com/Xilinx/BNN-PYNQ pynqZ1-Z2.tcl (MT41J256M16 RE-125 at 525 MHz: CL, CWL, "
            "tRCD, tRP, tRC, tRAS, tFAW); the other limits from "
            f"{_RAMULATOR2}/ddr3.py, DDR3_1066F 4 Gb x16",
        ),
    ),
    _ddr3_1066("ddr3-1066-x32", 32),
    DramPart(
        name="ddr3-1600-x64", kind="DDR3", clock_hz=800_000_000, bus_bits=64, burst_length=8,
        burst_clocks=4, bank_groups=1, banks_per_group=8, row_bytes=8192, rows=65_536,
        address_order=_ROW_FIRST,
        tCL=11, tCWL=8, tRCD=11, tRP=11, tRAS=28, tRC=39, tRRD_S=5, tRRD_L=5, tFAW=24,
        tCCD_S=4, tCCD_L=4, tWTR_S=6, tWTR_L=6, tWR=12, tRTP=6, tRTW=_turnaround(11, 8, 4),
        tRFC=208, tREFI=6240,
        source=Source(
            "read",
            f"{_DRAMSIM3}/DDR3_4Gb_x8_1600.ini, which {_RAMULATOR2}/ddr3.py DDR3_1600K repeats; "
            "tREFI is the file's REFI, a key its reader ignores",
        ),
    ),
    DramPart(
        name="ddr3-1866-x64", kind="DDR3", clock_hz=_DDR3_1866_HZ, bus_bits=64, burst_length=8,
        burst_clocks=4, bank_groups=1, banks_per_group=8, row_bytes=8192, rows=65_536,
        address_order=_ROW_FIRST,
        tCL=13, tCWL=9, tRCD=13, tRP=13, tRAS=_clocks(34, _DDR3_1866_HZ),
        tRC=_clocks(34, _DDR3_1866_HZ) + 13, tRRD_S=5, tRRD_L=5, tFAW=_clocks(27, _DDR3_1866_HZ),
        tCCD_S=4, tCCD_L=4, tWTR_S=_clocks(7.5, _DDR3_1866_HZ), tWTR_L=_clocks(7.5, _DDR3_1866_HZ),
        tWR=_clocks(15, _DDR3_1866_HZ), tRTP=_clocks(7.5, _DDR3_1866_HZ),
        tRTW=_turnaround(13, 9, 4), tRFC=_clocks(260, _DDR3_1866_HZ), tREFI=7279,
        source=Source(
            "recalled",
            "JEDEC DDR3-1866M (13-13-13, tRAS 34 ns, tFAW 27 ns) recalled; the limits fixed in "
            f"nanoseconds as in {_DRAMSIM3}/DDR3_4Gb_x8_1600.ini",
        ),
    ),
    DramPart(
        name="ddr4-2133-x64", kind="DDR4", clock_hz=_DDR4_2133_HZ, bus_bits=64, burst_length=8,
        burst_clocks=4, bank_groups=4, banks_per_group=4, row_bytes=8192, rows=65_536,
        address_order=_GROUPS_ALTERNATE,
        tCL=15, tCWL=11, tRCD=15, tRP=15, tRAS=36, tRC=51, tRRD_S=4, tRRD_L=6, tFAW=23,
        tCCD_S=4, tCCD_L=6, tWTR_S=3, tWTR_L=8, tWR=16, tRTP=8, tRTW=_turnaround(15, 11, 4),
        tRFC=_clocks(350, _DDR4_2133_HZ), tREFI=8320,
        source=Source(
            "recalled", "JEDEC DDR4-2133P, 8 Gb x8 chips (15-15-15), all limits recalled"
        ),
    ),
    DramPart(
        name="ddr4-2400-x64", kind="DDR4", clock_hz=1_200_000_000, bus_bits=64, burst_length=8,
        burst_clocks=4, bank_groups=4, banks_per_group=4, row_bytes=8192, rows=65_536,
        address_order=_GROUPS_ALTERNATE,
        tCL=17, tCWL=12, tRCD=17, tRP=17, tRAS=39, tRC=56, tRRD_S=4, tRRD_L=6, tFAW=26,
        tCCD_S=4, tCCD_L=6, tWTR_S=3, tWTR_L=9, tWR=18, tRTP=9, tRTW=_turnaround(17, 12, 4),
        tRFC=420, tREFI=9360,
        source=Source(
            "read",
            f"{_DRAMSIM3}/DDR4_8Gb_x8_2400.ini; tRC as {_RAMULATOR2}/ddr4.py (whose tRFC is "
            "360 ns where this row has 350 ns)",
        ),
    ),
    DramPart(
        name="ddr4-2400-x64-of-x16", kind="DDR4", clock_hz=1_200_000_000, bus_bits=64,
        burst_length=8, burst_clocks=4, bank_groups=2, banks_per_group=4, row_bytes=8192,
        rows=65_536, address_order=_GROUPS_ALTERNATE,
        tCL=17, tCWL=12, tRCD=17, tRP=17, tRAS=39, tRC=56, tRRD_S=7, tRRD_L=8, tFAW=36,
        tCCD_S=4, tCCD_L=6, tWTR_S=3, tWTR_L=9, tWR=18, tRTP=9, tRTW=_turnaround(17, 12, 4),
        tRFC=420, tREFI=9360,
        source=Source("read", f"{_DRAMSIM3}/DDR4_8Gb_x16_2400.ini; tRC = tRAS + tRP"),
    ),
    DramPart(
        name="ddr4-3200-x64", kind="DDR4", clock_hz=1_600_000_000, bus_bits=64, burst_length=8,
        burst_clocks=4, bank_groups=4, banks_per_group=4, row_bytes=8192, rows=65_536,
        address_order=_GROUPS_ALTERNATE,
        tCL=22, tCWL=16, tRCD=22, tRP=22, tRAS=52, tRC=74, tRRD_S=4, tRRD_L=8, tFAW=34,
        tCCD_S=4, tCCD_L=8, tWTR_S=4, tWTR_L=12, tWR=24, tRTP=12, tRTW=_turnaround(22, 16, 4),
        tRFC=560, tREFI=12_480,
        source=Source(
            "read", f"{_DRAMSIM3}/DDR4_8Gb_x8_3200.ini; tRC as {_RAMULATOR2}/ddr4.py"
        ),
    ),
    DramPart(
        name="lpddr4-1066-x32", kind="LPDDR4", clock_hz=_LPDDR4_HZ, bus_bits=32, burst_length=16,
        burst_clocks=8, bank_groups=1, banks_per_group=8, row_bytes=4096, rows=65_536,
        address_order=_ROW_FIRST,
        tCL=_lp(17), tCWL=_lp(14), tRCD=_lp(15), tRP=12, tRAS=_clocks(42, _LPDDR4_HZ),
        tRC=_clocks(64, _LPDDR4_HZ), tRRD_S=_lp(8), tRRD_L=_lp(8), tFAW=_clocks(40, _LPDDR4_HZ),
        tCCD_S=8, tCCD_L=8, tWTR_S=_lp(16), tWTR_L=_lp(16), tWR=_lp(30), tRTP=_lp(12),
        tRTW=_turnaround(_lp(17), _lp(14), 8), tRFC=_lp(392), tREFI=3831,
        source=Source(
            "derived",
            "github.com/Xilinx/BNN-PYNQ ultra96.tcl (533 MHz, x32, tRC 64 ns, tRAS 42 ns, tFAW "
            "40 ns, tRP 12 clocks, read; the data rate of 1066 MT/s is an interpretation); the "
            f"others converted from the nanoseconds of {_DRAMSIM3}/LPDDR4_8Gb_x16_2400.ini, a "
            "doubtful row whose bank groups we drop",
        ),
    ),
    DramPart(
        name="hbm2-1800-pc64", kind="HBM2", clock_hz=_HBM2_HZ, bus_bits=64, burst_length=4,
        burst_clocks=2, bank_groups=4, banks_per_group=4, row_bytes=1024, rows=16_384,
        address_order=_GROUPS_ALTERNATE,
        tCL=14, tCWL=5, tRCD=14, tRP=14, tRAS=34, tRC=48, tRRD_S=4, tRRD_L=4, tFAW=15,
        tCCD_S=2, tCCD_L=4, tWTR_S=6, tWTR_L=8, tWR=16, tRTP=5, tRTW=_turnaround(14, 5, 2),
        tRFC=_clocks(350, _HBM2_HZ), tREFI=3510,
        source=Source(
            "derived",
            f"{_RAMULATOR2}/hbm2.py, 2000 Mb/s 8 Gb 64-bit pseudo channel: its clock counts kept, "
            "refresh converted, at the 900 MHz that the 14.375 GB/s of docs.amd.com UG1393 "
            "means; DRAMsim3 has tFAW 30, vendor specific",
        ),
    ),
    DramPart(
        name="sdr-166-x16", kind="SDR", clock_hz=166_000_000, bus_bits=16, burst_length=8,
        burst_clocks=8, bank_groups=1, banks_per_group=4, row_bytes=1024, rows=8192,
        address_order=_ROW_FIRST,
        tCL=3, tCWL=0, tRCD=3, tRP=3, tRAS=7, tRC=10, tRRD_S=2, tRRD_L=2, tFAW=8,
        tCCD_S=8, tCCD_L=8, tWTR_S=1, tWTR_L=1, tWR=2, tRTP=8, tRTW=_turnaround(3, 0, 8),
        tRFC=10, tREFI=1296,
        source=Source(
            "recalled",
            "32 MB single-data-rate SDRAM at 166 MHz with bursts of 8 (CL 3, tRAS 42 ns, tRC "
            "60 ns, 8192 refreshes in 64 ms), all limits recalled; it has no tFAW: 4 tRRD stands",
        ),
    ),
)  # fmt: skip

DRAM_PARTS: dict[str, DramPart] = {row.name: row for row in _ROWS}


def dram_part(name: str, where: str = "memory") -> DramPart:
    """The memory part called `name`; raises `InputError` with the nearest name if unknown."""
    try:
        return DRAM_PARTS[name]
    except KeyError:
        raise unknown_name(where, "memory part", name, DRAM_PARTS) from None
