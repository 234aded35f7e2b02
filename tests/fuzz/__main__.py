"""The fuzz suite by itself: what was tried is noted, and a later run goes on with it.

    python -m tests.fuzz [--notes DIR] [--kind KIND,KIND] [--some N] [--only ID] [--processes 2]

`--some N` takes one in N of every kind; `--only ID` runs one case again, or all whose name begins
so, and keeps no note.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.case import Case, Seed, rng
from tests.fuzz.catalogue import all_cases, seeds_below, unchanged
from tests.fuzz.drive import Note, run_cases

NOTES = "fuzz.jsonl"


def main() -> int:
    """1 if a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=Path, default=Path(tempfile.gettempdir()) / "lightsim-fuzz")
    parser.add_argument("--kind", default="")
    parser.add_argument("--some", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    asked.notes.mkdir(parents=True, exist_ok=True)
    training = find_spec("torch") is not None
    with tempfile.TemporaryDirectory(prefix="lightsim-seeds-") as root:
        seeds = seeds_below(Path(root), training=training)
        cases = [
            case
            for number, case in enumerate(all_cases(seeds, training=training))
            if (not asked.kind or case.kind in asked.kind.split(",")) and number % asked.some == 0
        ]
        cases.sort(key=lambda case: rng(case.id).random())  # of every kind some early
        if asked.only:
            cases = [case for case in cases if case.id == asked.only] or [
                case for case in cases if case.id.startswith(asked.only)
            ]
        return run(seeds, cases, asked.notes, asked.processes, again=bool(asked.only))


def run(
    seeds: tuple[Seed, ...], cases: list[Case], notes: Path, processes: int, *, again: bool
) -> int:
    """Run what is not noted yet, the seeds first; how many cases broke a rule."""
    file = notes / NOTES
    done = set() if again else {json.loads(line)["id"] for line in _lines(file)}
    wanted = {case.id.rpartition("/")[0] for case in cases}
    printed: dict[str, bytes] = {}
    own = [unchanged(seed) for seed in seeds]
    own = [case for case in own if case.id.rpartition("/")[0] in wanted]
    bad: Counter[str] = Counter()
    began, count = time.monotonic(), 0
    left = [case for case in cases if case.id not in done]

    def tell(note: Note) -> None:
        nonlocal count
        count += 1
        for fault in note["faults"]:
            bad[fault.partition(":")[0]] += 1
            sys.stdout.write(f"{note['id']}: {fault}  [{note['what']}]\n")
        if again:
            sys.stdout.write(f"{json.dumps(note, indent=1)}\n")
        else:
            with file.open("a") as to:
                to.write(json.dumps(note) + "\n")
        if count % 100 == 0:
            told = ", ".join(f"{number} {name}" for name, number in bad.most_common())
            sys.stdout.write(f"{count} of {len(left)}, {time.monotonic() - began:.0f} s; {told}\n")
        sys.stdout.flush()

    run_cases(
        own, processes, tell if not again else lambda note: None, printed, notes / "kept", printed
    )
    run_cases(left, processes, tell, printed, notes / "kept")
    return min(1, sum(bad.values()))


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


if __name__ == "__main__":
    sys.exit(main())
