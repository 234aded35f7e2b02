"""`verify` and `rtl`: an experiment in SystemVerilog, compared or written out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from lightsim.errors import InputError
from lightsim.flow.engines import Progress
from lightsim.flow.experiment import Experiment, Prepared, prepare, silent
from lightsim.tiled.estimation.design import design_parts
from lightsim.tiled.rtl.comparison.build import compiler, verilator_root
from lightsim.tiled.rtl.comparison.verdict import Verdict
from lightsim.tiled.rtl.comparison.verify import verify_programs
from lightsim.tiled.rtl.program.descriptors import tile_program
from lightsim.tiled.rtl.program.limits import check_programs
from lightsim.tiled.rtl.program.parameters import built_constants
from lightsim.tiled.rtl.program.record import record
from lightsim.tiled.rtl.project.readme import write_readme
from lightsim.tiled.rtl.project.rom import rom_part
from lightsim.tiled.rtl.project.synthesis import write_scripts
from lightsim.tiled.rtl.project.writing import SOURCES, write_project

__all__ = ["Verification", "verify", "write_rtl"]


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on an experiment, with what it was about."""

    network: str
    board: str | None
    scheme: str
    accelerator: str
    images: int
    verdict: Verdict


def verify(
    experiment: Experiment,
    progress: Progress | None = None,
    *,
    folder: Path | None = None,
    wave: Path | None = None,
) -> Verification:
    """Run an experiment in both models, with the RTL's files in `folder` or a temporary one.

    On a difference the cycles around the first one are written to `wave`.

    Raises as `run` does, `InputError` for what the RTL does not cover, and `MissingExtraError`
    or `InputError` where Verilator or a C++ compiler is missing.
    """
    tell = progress if progress is not None else silent
    verilator_root()
    compiler()
    ready = _ready(experiment, tell)
    with TemporaryDirectory(prefix="lightsim-") as temporary:
        where = Path(temporary) if folder is None else folder
        tell("build and simulate", 0, 1)
        verdict = verify_programs(ready.programs, ready.batches, where, wave=wave)
    return Verification(
        ready.workload.network.name,
        None if ready.board is None else ready.board.name,
        ready.workload.scheme.name,
        ready.accelerator.name,
        len(ready.images),
        verdict,
    )


def write_rtl(experiment: Experiment, folder: Path, progress: Progress | None = None) -> None:
    """Write the project folder of an experiment, with the cycles the simulation predicts."""
    tell = progress if progress is not None else silent
    _check_folder(folder)
    ready = _ready(replace(experiment, tracing=False), tell)
    tell("simulate", 0, 1)
    recording = record(ready.programs, ready.batches)
    write_project(folder, ready.programs, ready.batches)
    device = ready.board.device if ready.board else None
    has_uram = device is not None and device.resources.uram > 0
    rom, halves = rom_part(tile_program(ready.programs))
    parts = design_parts(built_constants(ready.programs), has_uram=has_uram, beside=halves)
    write_readme(folder, ready.programs, recording, (*parts, rom))
    write_scripts(folder, ready.accelerator.clock_hz, device)


def _ready(experiment: Experiment, tell: Callable[[str, int, int], None]) -> Prepared:
    ready = prepare(experiment, tell)
    check_programs(ready.programs)
    return ready


def _check_folder(folder: Path) -> None:
    """Refuse a folder with files that no earlier call has written."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(str(folder), "is not a folder", "name a new or empty one")
    if any(folder.iterdir()) and not (folder / "sv" / SOURCES[0]).exists():
        raise InputError(
            str(folder), "holds other files", "name a new or empty folder, or one of an earlier run"
        )
