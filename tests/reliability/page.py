"""The page of what was tried and what came of it, made of the notes alone."""

from __future__ import annotations

import datetime
import os
import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

__all__ = ["page"]

Note = dict[str, Any]
_MOST_SHOWN = 40


def page(fuzz: list[Note], surroundings: list[Note], kills: list[Note], commit: str) -> str:
    """The text of `results/reliability.md`."""
    rules = Counter(_rule(fault) for note in (*fuzz, *surroundings) for fault in note["faults"])
    told = ", ".join(f"{rules[name]} {title}" for name, title in _RULES.items())
    kills_told = Counter(_rule(fault) for note in kills for fault in note["faults"])
    dealt = sum(note["code"] != 0 or note["what"] == "a worker" for note in kills)
    tried = [note for note in fuzz if not note["id"].endswith("/seed")]
    return (
        "# What breaks it\n\n"
        f"Made by `python -m tests.reliability --write` at commit {commit}, LightSim "
        f"{version('lightsim')}, Python {platform.python_version()}, "
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, on {os.cpu_count()} shared cores.\n\n"
        f"**{len(tried) + len(surroundings):,} inputs: {told}; at most "
        f"{max((note['memory_mib'] for note in fuzz), default=0):,} MiB and "
        f"{max((note['cpu_s'] for note in fuzz), default=0):.1f} CPU s for one.** "
        "An input is a working command with one file, option or place changed; it may be done (0) "
        "or refused (2, 3) in one or two lines, what cannot be written may end with 1; what is "
        "plainly wrong must be refused, and what is plainly harmless must give the same answer "
        "(`tests/fuzz/oracle.py`). Memory is the most that a process held, with everything that "
        "the forked process had imported before. Tables of calibration whose points have to be "
        "measured again are left after 5 s at work.\n\n"
        + _inputs(tried)
        + f"\nBeside these, {len(surroundings)} processes with closed or full outputs and odd "
        f"environments: {sum(bool(note['faults']) for note in surroundings)} broke a rule.\n\n"
        f"**{len(kills)} kills, {dealt} of them before the command had ended: "
        f"{kills_told['lost']} lost finished trials, {kills_told['half there']} files half there, "
        f"{kills_told['different'] + kills_told['no answer']} other answers than undisturbed.** "
        "Each at a moment drawn from the processor time of the undisturbed command; then it "
        "is given again (`explore` with `--resume`), and its answer compared: front, bound, "
        "order of the designs, best accelerator; every weight and every epoch; every file.\n\n"
        + _kills(kills)
        + _faults([*fuzz, *surroundings, *kills])
    )


_RULES = {
    "traceback": "tracebacks", "hang": "hangs", "exit code": "wrong exit codes",
    "signal": "ended by a signal", "memory": "beyond 1 GiB", "accepted": "accepted in silence",
    "refused": "refused without need", "different": "other answers",
}  # fmt: skip


def _rule(fault: str) -> str:
    name = fault.partition(":")[0]
    return name.removeprefix("output ")


def _inputs(notes: list[Note]) -> str:
    heads = ("kind", "inputs", "done", "refused", "broke a rule", "most MiB", "most CPU s")
    rows = []
    for kind in dict.fromkeys(note["kind"] for note in sorted(notes, key=lambda n: n["kind"])):
        own = [note for note in notes if note["kind"] == kind]
        rows.append((kind, *_counted(own)))
    return _table(heads, [*rows, ("all", *_counted(notes))])


def _counted(own: list[Note]) -> tuple[Any, ...]:
    codes = Counter(note["code"] for note in own)
    return (
        len(own), codes[0], codes[2] + codes[3], sum(bool(note["faults"]) for note in own),
        max((note["memory_mib"] for note in own), default=0),
        f"{max((note['cpu_s'] for note in own), default=0):.1f}",
    )  # fmt: skip


def _kills(notes: list[Note]) -> str:
    heads = ("command", "ended by", "kills", "exit codes", "broke a rule")
    groups: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        by = "SIGKILL of a worker" if note["what"] == "a worker" else note["signal"]
        groups.setdefault((note["command"], by), []).append(note)
    rows = []
    for (command, by), own in groups.items():
        codes = Counter(note["code"] for note in own)
        shown = ", ".join(f"{code} ({count})" for code, count in sorted(codes.items()))
        rows.append((command, by, len(own), shown, sum(bool(note["faults"]) for note in own)))
    return _table(heads, rows)


def _faults(notes: list[Note]) -> str:
    broken = [note for note in notes if note["faults"]]
    if not broken:
        return ""
    lines = [f"- `{note['id']}`: {note['faults'][0][:160]}" for note in broken[:_MOST_SHOWN]]
    more = len(broken) - _MOST_SHOWN
    lines += [f"- and {more} more"] if more > 0 else []
    return "\n## Rules that were broken\n\n" + "\n".join(lines) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    shown = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    head = f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in shown)
