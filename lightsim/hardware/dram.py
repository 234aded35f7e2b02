"""A DRAM part: its organisation and its timing rules, as rows a data sheet would print."""

from __future__ import annotations

from dataclasses import dataclass

from lightsim.source import Source

__all__ = ["DramPart"]


@dataclass(frozen=True, slots=True)
class DramPart:
    """One channel's worth of DRAM chips, timed in clocks of its command clock `clock_hz`.

    A burst moves `bus_bits * burst_length / 8` bytes in `burst_clocks` clocks. `address_order`
    names the address fields from the least significant one upwards, each once:
    `bank_group`, `column` (in bursts), `bank`, `row`.
    """

    name: str
    kind: str
    clock_hz: int
    bus_bits: int
    burst_length: int
    burst_clocks: int
    bank_groups: int
    banks_per_group: int
    row_bytes: int
    rows: int
    address_order: tuple[str, ...]
    tCL: int  # noqa: N815 - the data sheet's own spelling
    tCWL: int  # noqa: N815
    tRCD: int  # noqa: N815
    tRP: int  # noqa: N815
    tRAS: int  # noqa: N815
    tRC: int  # noqa: N815
    tRRD_S: int  # noqa: N815
    tRRD_L: int  # noqa: N815
    tFAW: int  # noqa: N815
    tCCD_S: int  # noqa: N815
    tCCD_L: int  # noqa: N815
    tWTR_S: int  # noqa: N815
    tWTR_L: int  # noqa: N815
    tWR: int  # noqa: N815
    tRTP: int  # noqa: N815
    tRTW: int  # noqa: N815
    tRFC: int  # noqa: N815
    tREFI: int  # noqa: N815
    source: Source

    @property
    def burst_bytes(self) -> int:
        """Bytes that one read or write command moves."""
        return self.bus_bits * self.burst_length // 8

    @property
    def banks(self) -> int:
        """Banks of all groups."""
        return self.bank_groups * self.banks_per_group

    @property
    def peak_bytes_per_second(self) -> float:
        """Bytes per second with the data bus always busy."""
        return self.burst_bytes * self.clock_hz / self.burst_clocks
