"""A DRAM part: its organisation and its timing rules, in the fields of a data sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from lightsim.descriptions import OneOf, Text, Whole, check_fields, refuse
from lightsim.source import Source

__all__ = ["MOST_BANKS", "MOST_BANK_GROUPS", "DramPart"]

MOST_BANKS = 64
MOST_BANK_GROUPS = 16
"""The number of bank groups for which the memory's kernels have room."""

_FIELDS = ("column", "bank_group", "bank", "row")
_MOST = 1 << 40
_Many = Annotated[int, Whole(1, _MOST)]
_Clocks = Annotated[int, Whole(0, _MOST)]


@dataclass(frozen=True, slots=True)
class DramPart:
    """One channel's worth of DRAM chips, timed in clocks of its command clock `clock_hz`.

    A burst moves `bus_bits * burst_length / 8` bytes in `burst_clocks` clocks. `address_order`
    names the address fields from the least significant one upwards, each once:
    `bank_group`, `column` (in bursts), `bank`, `row`.
    """

    name: Annotated[str, Text()]
    kind: Annotated[str, Text()]
    clock_hz: _Many
    bus_bits: _Many
    burst_length: _Many
    burst_clocks: _Many
    bank_groups: _Many
    banks_per_group: _Many
    row_bytes: _Many
    rows: _Many
    address_order: tuple[Annotated[str, OneOf("address field", lambda: _FIELDS)], ...]
    tCL: _Many
    tCWL: _Clocks
    tRCD: _Many
    tRP: _Many
    tRAS: _Many
    tRC: _Many
    tRRD_S: _Many
    tRRD_L: _Many
    tFAW: _Many
    tCCD_S: _Many
    tCCD_L: _Many
    tWTR_S: _Clocks
    tWTR_L: _Clocks
    tWR: _Many
    tRTP: _Many
    tRTW: _Many
    tRFC: _Many
    tREFI: _Many
    source: Source

    def __post_init__(self) -> None:
        check_fields(self)
        if sorted(self.address_order) != sorted(_FIELDS):
            accepted = f"{', '.join(_FIELDS)}, each once"
            refuse(self, "address_order", ", ".join(self.address_order), accepted)

    @property
    def burst_bytes(self) -> int:
        """Bytes that one read or write command moves."""
        return self.bus_bits * self.burst_length // 8

    @property
    def clocks_around_refresh(self) -> int:
        """The most clocks from a refresh that falls due to the first burst after the refresh."""
        slowest = max(self.tRAS, self.tRTP, self.tCWL + self.burst_clocks + self.tWR)
        return slowest + self.tRP + self.tRFC + self.tRCD

    @property
    def banks(self) -> int:
        """The number of banks in all bank groups together."""
        return self.bank_groups * self.banks_per_group

    @property
    def peak_bytes_per_second(self) -> float:
        """Bytes per second with the data bus always busy."""
        return self.burst_bytes * self.clock_hz / self.burst_clocks
