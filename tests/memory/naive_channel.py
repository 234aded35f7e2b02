"""The naive twin of the DRAM channel: every command compared with every earlier one."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from lightsim.hardware.dram import DramPart
from tests.memory.parts import locate
from tests.memory.rulebook import Command, limits


class NaiveChannel:
    """A DRAM channel that keeps the whole list of its commands and searches it each time."""

    def __init__(self, part: DramPart, clock_hz: int, word_bytes: int) -> None:
        self.part = part
        self.clocks_per_cycle = Fraction(part.clock_hz, clock_hz)
        self.word_bytes = word_bytes
        self.limits = limits(part)
        self.issued: list[Command] = []
        self.open: dict[int, int] = {}
        self.due = part.tREFI

    def serve(
        self, grant: int, address: int, nbytes: int, write: bool, port_time: int
    ) -> tuple[int, int]:
        part = self.part
        since = ceil((grant + 4) * self.clocks_per_cycle)
        first = address // part.burst_bytes
        last = (address + nbytes - 1) // part.burst_bytes
        column = "WR" if write else "RD"
        clocks = [self._burst(burst, since, column) for burst in range(first, last + 1)]
        slot_free = ceil((clocks[-1] + 1) / self.clocks_per_cycle)
        if write:
            end = clocks[-1] + part.tCWL + part.burst_clocks
            return ceil(end / self.clocks_per_cycle) + 4, slot_free
        cycle = port_time - 1
        for byte in range(self.word_bytes - 1, nbytes, self.word_bytes):
            clock = clocks[(address + byte) // part.burst_bytes - first]
            end = clock + part.tCL + part.burst_clocks
            cycle = max(cycle + 1, ceil(end / self.clocks_per_cycle) + 4)
        return cycle + 1, slot_free

    def _burst(self, burst: int, since: int, column: str) -> int:
        _, bank, row = locate(self.part, burst)
        while True:
            plan = self._plan(bank, row, since, column)
            if plan[-1][0] < self.due:
                break
            self._refresh()
        self.issued += plan
        self.open[bank] = row
        return plan[-1][0]

    def _plan(self, bank: int, row: int, since: int, column: str) -> list[Command]:
        if self.issued:
            since = max(since, max(clock for clock, _, _, _ in self.issued) - 1023)
        plan: list[Command] = []
        if bank in self.open and self.open[bank] != row:
            clock = self._earliest(plan, since, "PRE", bank)
            plan.append((clock, "PRE", bank, self.open[bank]))
        if self.open.get(bank) != row:
            clock = self._earliest(plan, since, "ACT", bank)
            plan.append((clock, "ACT", bank, row))
        clock = self._earliest(plan, since, column, bank)
        plan.append((clock, column, bank, row))
        return plan

    def _refresh(self) -> None:
        if self.open:
            clock = max(self._earliest([], self.due, "PRE", bank) for bank in self.open)
            self.issued.append((clock, "PRE_ALL", -1, -1))
            self.open = {}
        clock = self._earliest([], self.due, "REF", -1)
        self.issued.append((clock, "REF", -1, -1))
        self.due += self.part.tREFI

    def _earliest(self, plan: list[Command], since: int, command: str, bank: int) -> int:
        part = self.part
        clock = since
        issued = self.issued + plan
        for earlier, name, other, _ in issued:
            for scope, _, least in self.limits.get((name.removesuffix("_ALL"), command), ()):
                same_group = bank // part.banks_per_group == other // part.banks_per_group
                if (
                    scope == "rank"
                    or name == "PRE_ALL"
                    or (scope == "bank" and bank == other)
                    or (scope == "group" and same_group)
                ):
                    clock = max(clock, earlier + least)
        activates = sorted(at for at, name, _, _ in issued if name == "ACT")
        if command == "ACT" and len(activates) >= 4:
            clock = max(clock, activates[-4] + part.tFAW)
        columns = [at for at, name, _, _ in issued if name in ("RD", "WR")]
        if command in ("RD", "WR") and columns:
            latency = {"RD": part.tCL, "WR": part.tCWL}
            at, name = max((at, name) for at, name, _, _ in issued if name in ("RD", "WR"))
            clock = max(clock, at + latency[name] + part.burst_clocks - latency[command])
        taken = {at for at, _, _, _ in issued}
        while clock in taken:
            clock += 1
        return clock
