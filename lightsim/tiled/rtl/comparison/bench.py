"""The test bench of the RTL as a program: running it, and reading what it printed."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lightsim.files.programs import run_tool
from lightsim.files.writing import write_file
from lightsim.hardware.device import IdealMemory
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.rtl.program.record import Recording

__all__ = ["BenchRun", "run_bench", "write_window"]

_SLACK_CYCLES = 10_000


@dataclass(frozen=True, slots=True)
class BenchRun:
    """What the test bench printed: the end of every layer, the tiles, its complaint and when."""

    layers: tuple[int, ...]
    tiles: tuple[tuple[int, int], ...]
    failure: str | None
    failure_cycle: int | None


def run_bench(
    simulator: Path, programs: Sequence[Program], recording: Recording, folder: Path
) -> BenchRun:
    """Run a simulator on the programs and memory images of its folder."""
    done = _start(simulator, programs, recording, folder)
    layers: list[int] = []
    tiles: list[tuple[int, int]] = []
    failure, cycle = None, None
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word == "layer":
            layers.append(int(rest))
        elif word == "tile":
            begin, end = rest.split()
            tiles.append((int(begin), int(end)))
        elif word == "error":
            at, _, failure = rest.partition(" ")
            cycle = int(at)
    if failure is None and done.returncode:
        failure = f"the simulator ended with code {done.returncode}: {done.stderr[:200]}"
    return BenchRun(tuple(layers), tuple(tiles), failure, cycle)


def write_window(
    simulator: Path,
    programs: Sequence[Program],
    recording: Recording,
    folder: Path,
    wave: Path,
    window: tuple[int, int],
) -> None:
    """Run a simulator built with tracing; write the cycles of `window`, both included, as VCD."""
    _start(simulator, programs, recording, folder, str(wave.resolve()), *map(str, window))


def _start(
    simulator: Path,
    programs: Sequence[Program],
    recording: Recording,
    folder: Path,
    *window: str,
) -> subprocess.CompletedProcess[str]:
    memory = programs[0].accelerator.memory
    if isinstance(memory, IdealMemory):
        how = ["ideal", str(memory.latency_cycles), str(memory.bytes_per_cycle)]
    else:
        write_file(folder / "requests.txt", recording.requests())
        how = ["replay", "requests.txt"]
    limits = (len(programs), len(programs[0].schedules), recording.result.cycles + _SLACK_CYCLES)
    return run_tool([str(simulator.resolve()), *how, *map(str, limits), *window], cwd=folder)
