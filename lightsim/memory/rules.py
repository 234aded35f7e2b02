"""The timing rules of a DRAM channel, one row for each rule, in the names of the data sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lightsim.descriptions import check_fields
from lightsim.hardware.dram import DramPart

__all__ = ["COMMANDS", "RULES", "SCOPES", "Command", "Rule", "Scope"]

Command = Literal["ACT", "PRE", "RD", "WR", "REF"]
Scope = Literal["bank", "group", "rank", "four"]

COMMANDS: tuple[Command, ...] = ("ACT", "PRE", "RD", "WR", "REF")
SCOPES: tuple[Scope, ...] = ("bank", "group", "rank", "four")


@dataclass(frozen=True, slots=True)
class Rule:
    """After `previous`, `next` waits the sum of `terms` minus the sum of `less`, in clocks.

    `scope` says which earlier commands count: commands of the same bank, of the same bank group, or
    of any bank of the rank. With the scope `four`, only the fourth last command of the rank counts.
    Clocks are counted from command to command. A term is a field of `DramPart`.
    """

    scope: Scope
    previous: Command
    next: Command
    terms: tuple[str, ...]
    less: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)

    def clocks(self, part: DramPart) -> int:
        """The least distance of the two commands in clocks; zero or negative if the rule never
        binds.
        """
        added: int = sum(getattr(part, term) for term in self.terms)
        taken: int = sum(getattr(part, term) for term in self.less)
        return added - taken


RULES: tuple[Rule, ...] = (
    # A bank opens and closes its rows.
    Rule("bank", "ACT", "RD", ("tRCD",)),
    Rule("bank", "ACT", "WR", ("tRCD",)),
    Rule("bank", "ACT", "PRE", ("tRAS",)),
    Rule("bank", "ACT", "ACT", ("tRC",)),
    Rule("bank", "PRE", "ACT", ("tRP",)),
    Rule("bank", "RD", "PRE", ("tRTP",)),
    Rule("bank", "WR", "PRE", ("tCWL", "burst_clocks", "tWR")),
    # Activates of different banks.
    Rule("group", "ACT", "ACT", ("tRRD_L",)),
    Rule("rank", "ACT", "ACT", ("tRRD_S",)),
    Rule("four", "ACT", "ACT", ("tFAW",)),
    # Column commands of different banks.
    Rule("group", "RD", "RD", ("tCCD_L",)),
    Rule("rank", "RD", "RD", ("tCCD_S",)),
    Rule("group", "WR", "WR", ("tCCD_L",)),
    Rule("rank", "WR", "WR", ("tCCD_S",)),
    Rule("group", "WR", "RD", ("tCWL", "burst_clocks", "tWTR_L")),
    Rule("rank", "WR", "RD", ("tCWL", "burst_clocks", "tWTR_S")),
    Rule("rank", "RD", "WR", ("tRTW",)),
    # The data bus carries one burst at a time (after WR, tWTR ensures this).
    Rule("rank", "RD", "RD", ("burst_clocks",)),
    Rule("rank", "WR", "WR", ("burst_clocks",)),
    Rule("rank", "RD", "WR", ("tCL", "burst_clocks"), less=("tCWL",)),
    # Refresh of all banks.
    Rule("rank", "PRE", "REF", ("tRP",)),
    Rule("rank", "REF", "ACT", ("tRFC",)),
    Rule("rank", "REF", "REF", ("tRFC",)),
)
