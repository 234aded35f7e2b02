"""What breaks the commands, measured whole: the fuzz suite, the surroundings and the kills.

    python -m tests.reliability --write [--notes DIR] [--processes 2]

takes one to two hours, notes everything in a folder of its own for each commit, goes on with that
folder when it was stopped, and writes `results/reliability.md`. Ends with 1 if a rule was broken.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from results.provenance import commit
from tests.fuzz.__main__ import NOTES as FUZZ
from tests.fuzz.__main__ import run
from tests.fuzz.case import rng
from tests.fuzz.catalogue import all_cases, seeds_below
from tests.fuzz.environment import CASES, ended_in
from tests.kills.__main__ import NOTES as KILLS
from tests.kills.__main__ import kills
from tests.reliability.page import page

ROOT = Path(__file__).parents[2]
SURROUNDINGS = "surroundings.jsonl"


def main() -> int:
    """1 if a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--notes", type=Path, default=None)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    commit = _commit()
    notes = asked.notes or Path(tempfile.gettempdir()) / f"lightsim-reliability-{commit}"
    notes.mkdir(parents=True, exist_ok=True)
    _fuzz(notes, asked.processes)
    _surroundings(notes / SURROUNDINGS)
    _kills(notes / KILLS, asked.processes)
    told = {name: _read(notes / name) for name in (FUZZ, SURROUNDINGS, KILLS)}
    text = page(told[FUZZ], told[SURROUNDINGS], told[KILLS], commit)
    if asked.write:
        (ROOT / "results" / "reliability.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(any(note["faults"] for rows in told.values() for note in rows))


def _fuzz(notes: Path, processes: int) -> None:
    training = find_spec("torch") is not None
    with tempfile.TemporaryDirectory(prefix="lightsim-seeds-") as root:
        seeds = seeds_below(Path(root), training=training)
        cases = list(all_cases(seeds, training=training))
        cases.sort(key=lambda case: rng(case.id).random())
        run(seeds, cases, notes, processes, again=False)


def _surroundings(file: Path) -> None:
    done = {note["id"] for note in _read(file)}
    for case in CASES:
        if case.name not in done:
            with tempfile.TemporaryDirectory(prefix="lightsim-surrounding-") as folder:
                note = {"id": case.name, "faults": ended_in(case, Path(folder))}
            _append(file, note)


def _kills(file: Path, processes: int) -> None:
    done = {note["id"] for note in _read(file)}
    for note in kills("", done, processes=processes):
        _append(file, note)


def _append(file: Path, note: dict[str, Any]) -> None:
    with file.open("a") as to:
        to.write(json.dumps(note) + "\n")
    if note["faults"]:
        sys.stdout.write(f"{note['id']}: {'; '.join(note['faults'])}\n")
    sys.stdout.flush()


def _read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _commit() -> str:
    """The commit of the working copy, marked where it was changed since."""
    status = ["git", "status", "--porcelain", "-uno"]
    changed = subprocess.run(status, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return commit() + ("-changed" if changed.strip() else "")


if __name__ == "__main__":
    sys.exit(main())
