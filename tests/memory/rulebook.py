"""An independent reading of the DRAM rules, which judges a recorded command trace."""

from __future__ import annotations

from itertools import pairwise

from lightsim.hardware.dram import DramPart

Command = tuple[int, str, int, int]  # clock, command, bank, row


def limits(part: DramPart) -> dict[tuple[str, str], list[tuple[str, str, int]]]:
    """For each pair of commands the rules between them: scope, name, least distance in clocks."""
    write_end = part.tCWL + part.burst_clocks
    return {
        ("ACT", "RD"): [("bank", "tRCD", part.tRCD)],
        ("ACT", "WR"): [("bank", "tRCD", part.tRCD)],
        ("ACT", "PRE"): [("bank", "tRAS", part.tRAS)],
        ("ACT", "ACT"): [
            ("bank", "tRC", part.tRC),
            ("group", "tRRD_L", part.tRRD_L),
            ("rank", "tRRD_S", part.tRRD_S),
        ],
        ("PRE", "ACT"): [("bank", "tRP", part.tRP)],
        ("PRE", "REF"): [("rank", "tRP", part.tRP)],
        ("RD", "PRE"): [("bank", "tRTP", part.tRTP)],
        ("WR", "PRE"): [("bank", "tWR", write_end + part.tWR)],
        ("RD", "RD"): [("group", "tCCD_L", part.tCCD_L), ("rank", "tCCD_S", part.tCCD_S)],
        ("WR", "WR"): [("group", "tCCD_L", part.tCCD_L), ("rank", "tCCD_S", part.tCCD_S)],
        ("WR", "RD"): [
            ("group", "tWTR_L", write_end + part.tWTR_L),
            ("rank", "tWTR_S", write_end + part.tWTR_S),
        ],
        ("RD", "WR"): [("rank", "tRTW", part.tRTW)],
        ("REF", "ACT"): [("rank", "tRFC", part.tRFC)],
        ("REF", "REF"): [("rank", "tRFC", part.tRFC)],
    }


def violations(part: DramPart, trace: list[Command]) -> set[str]:
    """The names of the rules that the trace breaks; empty for a legal one."""
    ordered = sorted(trace)
    broken = _pairs(part, _banks_one_by_one(part, ordered))
    broken |= _four_activates(part, ordered)
    broken |= _one_per_clock(ordered)
    broken |= _data_bus(part, ordered)
    broken |= _open_rows(part, ordered)
    broken |= _refresh_times(part, ordered)
    return broken


def _banks_one_by_one(part: DramPart, trace: list[Command]) -> list[Command]:
    """The trace with a PRE of every bank in place of PRE_ALL."""
    single: list[Command] = []
    for clock, command, bank, row in trace:
        banks = range(part.banks) if command == "PRE_ALL" else (bank,)
        single.extend((clock, command.removesuffix("_ALL"), each, row) for each in banks)
    return single


def _pairs(part: DramPart, trace: list[Command]) -> set[str]:
    table = limits(part)
    longest = max(clocks for rules in table.values() for _, _, clocks in rules)
    broken = set()
    for i, (clock, command, bank, _) in enumerate(trace):
        for j in range(i - 1, -1, -1):
            earlier, previous, other, _ = trace[j]
            if clock - earlier >= longest:
                break
            for scope, name, least in table.get((previous, command), ()):
                in_scope = (
                    scope == "rank"
                    or (scope == "bank" and bank == other)
                    or (
                        scope == "group"
                        and bank // part.banks_per_group == other // part.banks_per_group
                    )
                )
                if in_scope and clock - earlier < least:
                    broken.add(name)
    return broken


def _four_activates(part: DramPart, trace: list[Command]) -> set[str]:
    clocks = [clock for clock, command, _, _ in trace if command == "ACT"]
    pairs = zip(clocks, clocks[4:], strict=False)
    return {"tFAW" for first, fifth in pairs if fifth - first < part.tFAW}


def _one_per_clock(trace: list[Command]) -> set[str]:
    clocks = [clock for clock, _, _, _ in trace]
    return set() if len(set(clocks)) == len(clocks) else {"command bus"}


def _data_bus(part: DramPart, trace: list[Command]) -> set[str]:
    latency = {"RD": part.tCL, "WR": part.tCWL}
    starts = [clock + latency[command] for clock, command, _, _ in trace if command in latency]
    pairs = pairwise(starts)
    return {"data bus" for one, two in pairs if two - one < part.burst_clocks}


def _open_rows(part: DramPart, trace: list[Command]) -> set[str]:
    """Columns only of the open row, ACT only when closed, PRE only when open, REF when all are."""
    rows: dict[int, int] = {}
    broken = set()
    for _, command, bank, row in trace:
        if command in ("RD", "WR") and rows.get(bank) != row:
            broken.add("open row")
        if command == "ACT":
            if bank in rows:
                broken.add("ACT of an open bank")
            rows[bank] = row
        if command == "PRE" and rows.pop(bank, None) != row:
            broken.add("PRE of another row")
        if command == "PRE_ALL":
            if not rows:
                broken.add("PRE_ALL of nothing")
            rows.clear()
        if command == "REF" and rows:
            broken.add("REF with open rows")
    return broken


def _refresh_times(part: DramPart, trace: list[Command]) -> set[str]:
    """Refresh n stands between n tREFI and what the longest closing of the banks adds to it.

    No column command issued before the due time starts after it, so the banks are closed at
    most tRAS, tRTP or a write's recovery later; and none is skipped while commands go on.
    """
    closing = max(part.tRAS, part.tRTP, part.tCWL + part.burst_clocks + part.tWR)
    broken = set()
    count = 0
    for clock, command, _, _ in trace:
        if command == "REF":
            count += 1
            late = clock - count * part.tREFI
            if not 0 <= late < closing + part.tRP:
                broken.add("tREFI")
        elif command in ("RD", "WR") and clock >= (count + 1) * part.tREFI:
            broken.add("tREFI")
    return broken
