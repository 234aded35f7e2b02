"""The kills by themselves: what happened is noted, and a later run goes on with it.

    python -m tests.kills [--notes DIR] [--only ID] [--some N] [--processes 2]

`--only ID` deals the kills whose name begins so again and keeps no note; `--some N` takes one in N.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.kills.databases import judged_on_database, straight_on_database
from tests.kills.deal import judged, straight
from tests.kills.postgres import missing, server
from tests.kills.process import heed_signals
from tests.kills.subjects import SUBJECTS, Subject

NOTES = "kills.jsonl"
Note = dict[str, Any]
COUNTS = {
    "explore": 36, "explore, two workers": 30, "train": 36, "run": 24, "run over a run": 15,
    "rtl": 15, "verify": 18, "calibrate": 12,
}  # fmt: skip
ON_DATABASE = 42


def main() -> int:
    """1 if a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=Path, default=Path(tempfile.gettempdir()) / "lightsim-fuzz")
    parser.add_argument("--only", default="")
    parser.add_argument("--some", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    asked.notes.mkdir(parents=True, exist_ok=True)
    file = asked.notes / NOTES
    done = set()
    if file.exists() and not asked.only:
        done = {json.loads(line)["id"] for line in file.read_text().splitlines()}
    bad = 0
    for note in kills(asked.only, done, asked.some, asked.processes):
        bad += bool(note["faults"])
        sys.stdout.write(f"{json.dumps(note)}\n")
        sys.stdout.flush()
        if not asked.only:
            with file.open("a") as to:
                to.write(json.dumps(note) + "\n")
    return min(1, bad)


def kills(only: str, done: set[str], some: int = 1, processes: int = 1) -> Iterator[Note]:
    """Every kill that is not done and whose name begins with `only`, as they end."""
    heed_signals()
    jobs: list[tuple[Subject, int]] = []
    for name, count in COUNTS.items():
        numbers = _left(name, count, only, done, some)
        if numbers and SUBJECTS[name].command == "train" and find_spec("torch") is None:
            sys.stdout.write("train: skipped, PyTorch is the extra 'train'\n")
        else:
            jobs += [(SUBJECTS[name], number) for number in numbers]
    with ThreadPoolExecutor(processes) as pool:
        ways = {name: pool.submit(straight, SUBJECTS[name]) for name in {s.name for s, _ in jobs}}
        dealt = [
            pool.submit(judged, subject, number, ways[subject.name].result())
            for subject, number in jobs
        ]
        for future in as_completed(dealt):
            yield future.result()
    yield from _on_database(_left("explore on PostgreSQL", ON_DATABASE, only, done, some))


def _on_database(numbers: list[int]) -> Iterator[Note]:
    if numbers and missing():
        sys.stdout.write(f"explore on PostgreSQL: skipped, {missing()}\n")
    elif numbers:
        with server() as own:
            known = straight_on_database(own)
            for number in numbers:
                yield judged_on_database(own, number, known, 1 + number // 7 % 2)


def _left(name: str, count: int, only: str, done: set[str], some: int) -> list[int]:
    return [
        number
        for number in range(0, count, some)
        if (own := f"{name}/{number}") not in done
        and (own == only if only.rpartition("/")[2].isdigit() else own.startswith(only))
    ]


if __name__ == "__main__":
    sys.exit(main())
