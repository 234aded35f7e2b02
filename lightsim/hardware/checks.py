"""The rules that clocks and memories must keep, each answered with what would do."""

from __future__ import annotations

from lightsim.errors import InputError, unknown_name
from lightsim.hardware.device import IdealMemory, MemoryInterface
from lightsim.hardware.dram import DramPart

__all__ = ["Check", "check_memory", "validate_clock", "validate_memory"]


_LEAST_HZ = 1_000_000  # less is a forgotten "MHz"


_MOST_HZ = 2_000_000_000


def validate_clock(hz: int, where: str) -> None:
    """Raises `InputError` for a clock that no fabric has."""
    if not _LEAST_HZ <= hz <= _MOST_HZ:
        raise InputError(where, f"clock is {hz} Hz", "accepted: 1 MHz to 2 GHz")


def validate_memory(memory: MemoryInterface, where: str) -> None:
    """Raises `InputError` if the channels, the interleaving or the part's timing make no sense."""
    check_memory(memory, Check(where))


class Check:
    """Comparisons that answer with the key, its value and what is accepted."""

    def __init__(self, where: str) -> None:
        self.where = where

    def fail(self, key: str, value: object, accepted: str) -> None:
        """Raises `InputError` for the key."""
        raise InputError(self.where, f"{key} is {value}", f"accepted: {accepted}")

    def number(self, key: str, value: int, low: int, high: int) -> None:
        """Fails outside `low` to `high`."""
        if not low <= value <= high:
            self.fail(key, value, f"a whole number from {low} to {high}")

    def power_of_two(self, key: str, value: int, low: int, high: int) -> None:
        """Fails for what is no power of two from `low` to `high`."""
        if not low <= value <= high or value & (value - 1):
            self.fail(key, value, f"a power of two from {low} to {high}")

    def choice(self, key: str, value: str, known: tuple[str, ...]) -> None:
        """Fails for a name that is not among the known ones."""
        if value not in known:
            raise unknown_name(self.where, key, value, known)


def check_memory(memory: MemoryInterface | IdealMemory, check: Check) -> None:
    """Fails `check` at the first rule that the memory breaks."""
    if isinstance(memory, IdealMemory):
        check.number("memory latency_cycles", memory.latency_cycles, 0, 1_000_000)
        check.number("memory bytes_per_cycle", memory.bytes_per_cycle, 1, 1 << 20)
        check.number("memory channels", memory.channels, 1, 64)
        check.power_of_two("memory interleave_bytes", memory.interleave_bytes, 1, 1 << 20)
        return
    check.number("memory channels", memory.channels, 1, 64)
    burst = memory.part.burst_bytes
    check.power_of_two("memory interleave_bytes", memory.interleave_bytes, burst, 1 << 20)
    _part(memory.part, check)


_POSITIVE = (
    "clock_hz", "bus_bits", "burst_length", "burst_clocks", "bank_groups", "banks_per_group",
    "row_bytes", "rows", "tCL", "tRCD", "tRP", "tRAS", "tRC", "tRRD_S", "tRRD_L", "tFAW", "tCCD_S",
    "tCCD_L", "tWR", "tRTP", "tRTW", "tRFC", "tREFI",
)  # fmt: skip


_FIELDS = ("column", "bank_group", "bank", "row")


def _part(part: DramPart, check: Check) -> None:
    for key in _POSITIVE:
        check.number(f"{part.name} {key}", getattr(part, key), 1, 1 << 40)
    if sorted(part.address_order) != sorted(_FIELDS):
        accepted = f"{', '.join(_FIELDS)}, each once"
        check.fail(f"{part.name} address_order", ", ".join(part.address_order), accepted)
    for key in ("burst_bytes", "row_bytes", "rows", "bank_groups", "banks_per_group"):
        value = getattr(part, key)
        check.power_of_two(f"{part.name} {key}", value, 1, 1 << 40)
    if part.row_bytes < part.burst_bytes:
        check.fail(f"{part.name} row_bytes", part.row_bytes, f"at least {part.burst_bytes}")
    if part.tRC < part.tRAS + part.tRP:
        check.fail(f"{part.name} tRC", part.tRC, f"at least tRAS + tRP = {part.tRAS + part.tRP}")
    if part.tREFI <= part.tRFC:
        check.fail(f"{part.name} tREFI", part.tREFI, f"more than tRFC = {part.tRFC}")
