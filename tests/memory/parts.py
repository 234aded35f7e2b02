"""The DRAM parts under test, addresses in them, and the arbiter's rule for grants."""

from __future__ import annotations

from dataclasses import replace

from lightsim.hardware.catalogue import DRAM_PARTS
from lightsim.hardware.dram import DramPart
from lightsim.memory import DramChannel
from lightsim.source import Source
from lightsim.units import Clock

DDR3 = DramPart(
    name="test-ddr3-1600", kind="DDR3", clock_hz=800_000_000, bus_bits=64, burst_length=8,
    burst_clocks=4, bank_groups=1, banks_per_group=8, row_bytes=8192, rows=65_536,
    address_order=("column", "bank_group", "bank", "row"),
    tCL=11, tCWL=8, tRCD=11, tRP=11, tRAS=28, tRC=39, tRRD_S=5, tRRD_L=5, tFAW=24,
    tCCD_S=4, tCCD_L=4, tWTR_S=6, tWTR_L=6, tWR=12, tRTP=6, tRTW=9, tRFC=208, tREFI=6240,
    source=Source("assumed", "fixed here so that the worked numbers below stay true"),
)  # fmt: skip

DDR4 = DramPart(
    name="test-ddr4-2400", kind="DDR4", clock_hz=1_200_000_000, bus_bits=64, burst_length=8,
    burst_clocks=4, bank_groups=4, banks_per_group=4, row_bytes=8192, rows=65_536,
    address_order=("bank_group", "column", "bank", "row"),
    tCL=17, tCWL=12, tRCD=17, tRP=17, tRAS=39, tRC=56, tRRD_S=4, tRRD_L=6, tFAW=26,
    tCCD_S=4, tCCD_L=6, tWTR_S=3, tWTR_L=9, tWR=18, tRTP=9, tRTW=11, tRFC=420, tREFI=9360,
    source=Source("assumed", "fixed here so that the worked numbers below stay true"),
)  # fmt: skip

# Rows of four bursts, hardly any wait, a refresh every 97 clocks: everything happens at once.
TIGHT = DramPart(
    name="test-tight", kind="DDR4", clock_hz=500_000_000, bus_bits=16, burst_length=4,
    burst_clocks=2, bank_groups=2, banks_per_group=3, row_bytes=32, rows=37,
    address_order=("row", "bank", "column", "bank_group"),
    tCL=2, tCWL=1, tRCD=3, tRP=2, tRAS=5, tRC=8, tRRD_S=1, tRRD_L=2, tFAW=11,
    tCCD_S=1, tCCD_L=3, tWTR_S=0, tWTR_L=2, tWR=4, tRTP=2, tRTW=1, tRFC=13, tREFI=97,
    source=Source("assumed", "an artificial part"),
)  # fmt: skip

PARTS = {**DRAM_PARTS, **{part.name: part for part in (DDR3, DDR4, TIGHT)}}


def locate(part: DramPart, burst: int) -> tuple[int, int, int]:
    """Bank group, bank (counted over all groups) and row of burst number `burst`."""
    sizes = {
        "bank_group": part.bank_groups,
        "column": part.row_bytes // part.burst_bytes,
        "bank": part.banks_per_group,
        "row": part.rows,
    }
    fields = {}
    for name in part.address_order:
        fields[name] = burst % sizes[name]
        burst //= sizes[name]
    group = fields["bank_group"]
    return group, group * part.banks_per_group + fields["bank"], fields["row"]


def address(part: DramPart, group: int, bank: int, row: int, column: int = 0) -> int:
    """The byte address of burst `column` of a row; `bank` counts within its group."""
    fields = {"bank_group": group, "column": column, "bank": bank, "row": row}
    sizes = {
        "bank_group": part.bank_groups,
        "column": part.row_bytes // part.burst_bytes,
        "bank": part.banks_per_group,
        "row": part.rows,
    }
    burst, weight = 0, 1
    for name in part.address_order:
        burst += fields[name] * weight
        weight *= sizes[name]
    return burst * part.burst_bytes


def same_clock_channel(part: DramPart, word_bytes: int = 64, **changes: int) -> DramChannel:
    """A traced channel of `part` whose accelerator runs at the command clock: cycle = clock."""
    changed = replace(part, **changes)
    return DramChannel(changed, Clock(changed.clock_hz), word_bytes, trace_capacity=40_000)


class Grants:
    """The earliest grants the arbiter may give: at most two granted requests in a channel."""

    def __init__(self) -> None:
        self.last = 0
        self.slots = [0, 0]

    def next(self, gap: int = 0) -> int:
        """The next request's grant, `gap` cycles after the first possible cycle."""
        self.last = max(self.last, self.slots[0]) + gap
        return self.last

    def served(self, slot_free: int) -> None:
        """Note when the request just granted leaves its slot."""
        self.slots = [self.slots[1], slot_free]
