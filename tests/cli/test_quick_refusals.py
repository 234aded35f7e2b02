"""Mistakes are answered before anything heavy is imported: told by modules, not by a clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lightsim.cli.commands.listing import TABLE_NAMES
from lightsim.cli.commands.tables import TABLES
from lightsim.flow.engines import ENGINES
from lightsim.flow.given.checks import ENGINE_NAMES

# What takes a tenth of a second of CPU time or more to import.
HEAVY = ("numpy", "numba", "scipy", "pandas", "plotly", "optuna", "simpy", "torch", "pyarrow")

PROGRAM = f"""
import sys
sys.argv = ["lightsim", *sys.argv[1:]]
from lightsim.cli import main
try:
    main()
except SystemExit as end:
    print(end.code, *(name for name in {HEAVY} if name in sys.modules))
"""

CASES = [
    "run nope", "run nope.toml", "run broken.toml", "run notes.txt", "run folder.toml",
    "run digits --board nope", "run digits --board nope.toml", "run digits --board broken.toml",
    "run digits --scheme nope", "run digits --engine nope", "run digits --energy nope",
    "run digits --accelerator nope", "run digits --accelerator nope.toml",
    "run digits --accelerator broken.toml", "run digits --mapping nope.toml", "run digits --k no",
    "run digits --k broken.toml", "run digits --images 0", "run digits --batch 2",
    "run digits --seed -1", "run digits --output notes.txt", "run digits --output notes.txt/below",
    "run digits --template nope", "verify digits --template nope", "explore digits --template nope",
    "calibrate --template nope", "run digits --accelerator other.toml", "explore study.toml",
    "verify nope", "verify digits --output notes.txt", "verify digits --wave nowhere/a.vcd",
    "rtl nope --output new", "rtl digits --output notes.txt",
    "explore nope", "explore nope.toml", "explore broken.toml", "explore digits --board nope",
    "explore digits --scheme flightnn,nope", "explore digits --sampler nope",
    "explore digits --k nope", "explore digits --trials 0", "explore digits --output notes.txt",
    "explore digits --mapping nope", "explore digits --retrain 1 --recipe nope.toml",
    "train nope", "train nope.toml", "train broken.toml", "train digits-small --scheme nope",
    "train digits-small --device nope", "train digits-small --start nowhere",
    "train digits-small --board nope", "train digits-small --output notes.txt",
    "train --resume nowhere", "train", "calibrate --family nope", "calibrate --output notes.txt",
    "list nope",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("quick")
    (made / "notes.txt").write_text("notes")
    (made / "broken.toml").write_text("name = ")
    (made / "folder.toml").mkdir()
    (made / "other.toml").write_text('template = "nope"')
    (made / "study.toml").write_text('template = "nope"')
    return made


@pytest.mark.parametrize("command", CASES)
def test_a_mistake_imports_nothing_heavy(command: str, folder: Path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command.split()],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "2"), done
    assert done.stderr.startswith("error: ") and len(done.stderr.splitlines()) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        "broken.toml", "folder.toml", "notes.txt", "other.toml", "study.toml",
    ]  # fmt: skip


def test_names_that_are_written_twice_are_the_same():
    assert set(ENGINE_NAMES) == set(ENGINES)
    assert tuple(TABLES) == TABLE_NAMES
