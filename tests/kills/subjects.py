"""The commands that are ended, what they begin from, and what has to be the same at the end."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["STUDY", "SUBJECTS", "Subject", "finished_in_journal"]

ROOT = Path(__file__).parents[2]
Answer = dict[str, Any]

STUDY = """\
name = "kill"
board = "pynq-z2"
[[network]]
name = "digits-small"
[axes]
lanes = ["shift_add_serial", "multiply_dsp"]
rows = [8, 16, 24, 32]
columns = [4, 8, 16]
pixels = [1, 2]
ports = [1, 2]
[objectives]
throughput = "maximise"
lut = "minimise"
[search]
trials = 40
"""

_RECIPE = """\
name = "kill"
network = "digits-small"
scheme = "flightnn"
float_epochs = 3
epochs = 4
batch = 50
seeds = [0, 1]
[data]
training_images = 600
held_out_images = 100
[augmentation]
shift = 1
[flightnn]
strengths = [0.0, 0.01]
"""


def _nothing(folder: Path) -> None:
    del folder


@dataclass(frozen=True, slots=True)
class Subject:
    """A command with its files, how it is gone on with, and its final answer.

    `finished` says what must not be lost, `answer` what an undisturbed command leaves too.
    """

    name: str
    command: str
    argv: tuple[str, ...]
    again: tuple[str, ...]
    answer: Callable[[Path], Answer]
    prepare: Callable[[Path], None] = _nothing
    finished: Callable[[Path], set[int]] = lambda folder: set()
    resumes: bool = False
    outputs: tuple[str, ...] = ("out",)


def _text(name: str, text: str) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        (folder / name).write_text(text)

    return prepare


def finished_in_journal(folder: Path) -> set[int]:
    """The designs of the finished trials in a journal, read by its lines alone."""
    journal = folder / "out" / "journal.log"
    if not journal.exists():
        return set()
    found = set()
    for line in journal.read_bytes().split(b"\n")[:-1]:
        record = json.loads(line)
        if record.get("op_code") == 4 and "measures" in record.get("user_attrs", {}):
            found.add(record["user_attrs"]["design"])
    return found


def explored(folder: Path) -> Answer:
    """What a search found, but for its time."""
    import pandas as pd

    out = folder / "out"
    told = json.loads((out / "summary.json").read_text())
    keys = ("front", "bound", "bounds", "evaluations", "exhaustive", "trials")
    designs = pd.read_parquet(out / "trials.parquet")["design"].tolist()
    best = (out / "best.toml").read_text()
    return {key: told[key] for key in keys} | {"best": best, "designs": designs}


def _trained(folder: Path) -> Answer:
    """Every weight of every seed, and what was noted of every epoch."""
    import numpy as np

    found: Answer = {}
    for path in sorted((folder / "out").rglob("*.npz")):
        with np.load(path, allow_pickle=False) as arrays:
            for name in arrays.files:
                key = f"{path.relative_to(folder)}:{name}"
                found[key] = (str(arrays[name].dtype), arrays[name].tobytes())
    for path in sorted((folder / "out").rglob("*.csv")):
        found[str(path.relative_to(folder))] = path.read_text()
    return found


def _files(folder: Path) -> Answer:
    """Every file of the results; a page and a trace say nothing that these do not."""
    found: Answer = {}
    for path in sorted((folder / "out").rglob("*")):
        apart = path.suffix in (".html", ".gz") or path.name == "simulator" or "obj" in path.parts
        if path.is_file() and not apart and "partial" not in path.name:
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _verified(folder: Path) -> Answer:
    return json.loads((folder / ".out").read_text())


def _calibrated(folder: Path) -> Answer:
    fitted = (folder / "out" / "fitted_xc7.json").read_text()
    rows = sorted((folder / "out" / "points_xc7.csv").read_text().splitlines())
    return {"fitted": re.sub(r"\d{4}-\d\d-\d\d", "", fitted), "points": rows}


def _points(folder: Path) -> None:
    """A table that lacks its last points: two runs of Yosys."""
    (folder / "out").mkdir()
    lines = (ROOT / "results/calibration/points_xc7.csv").read_text().splitlines(keepends=True)
    (folder / "out" / "points_xc7.csv").write_text("".join(lines[:-14]))


def _earlier(folder: Path) -> None:
    """A run directory of an earlier run, which is written over."""
    from tests.kills.process import whole

    made = whole(("run", "digits-small", "--seed", "5", "--output", "out"), folder)
    assert made.code == 0, made.err


def _explore(*more: str) -> tuple[str, ...]:
    return ("explore", "study.toml", "--output", "out", "--json", *more)


_TRAIN = ("train", "recipe.toml", "--output", "out", "--json")
_RUN = ("run", "tiny.toml", "--images", "40", "--output", "out", "--json")


def _tiny(folder: Path) -> None:
    shutil.copyfile(ROOT / "examples/tiny.toml", folder / "tiny.toml")


def _tiny_again(folder: Path) -> None:
    _tiny(folder)
    _earlier(folder)


SUBJECTS: dict[str, Subject] = {
    row.name: row
    for row in (
        Subject(
            "explore", "explore", _explore(), _explore("--resume"), explored,
            _text("study.toml", STUDY), finished_in_journal, resumes=True,
        ),
        Subject(
            "explore, two workers", "explore", _explore("--workers", "2"), _explore("--resume"),
            explored, _text("study.toml", STUDY), finished_in_journal, resumes=True,
        ),
        Subject("train", "train", _TRAIN, _TRAIN, _trained, _text("recipe.toml", _RECIPE)),
        Subject("run", "run", _RUN, _RUN, _files, _tiny),
        Subject("run over a run", "run", _RUN, _RUN, _files, _tiny_again),
        Subject(
            "rtl", "rtl", ("rtl", "lenet", "--output", "out"), ("rtl", "lenet", "--output", "out"),
            _files,
        ),
        Subject(
            "verify", "verify", ("verify", "digits-small", "--output", "out", "--json"),
            ("verify", "digits-small", "--output", "out", "--json"), _verified,
        ),
        Subject(
            "calibrate", "calibrate", ("calibrate", "--output", "out"),
            ("calibrate", "--output", "out"), _calibrated, _points,
        ),
    )
}  # fmt: skip
"""Every command that writes what another may read; the explorer on a database is beside."""
