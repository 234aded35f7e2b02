"""`verify` and `rtl`: an experiment in SystemVerilog, compared or written out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from lightsim.errors import InputError
from lightsim.files.temporary import temporary_folder
from lightsim.flow.experiment import Experiment, prepare, silent
from lightsim.flow.templates import opened, template_of
from lightsim.template.design import Progress
from lightsim.template.doors import Template
from lightsim.template.verdict import Verdict

__all__ = ["Verification", "verify", "write_rtl"]


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on an experiment, with the names of what was compared."""

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
    """Run an experiment in both models, with the files of the RTL in `folder` or a temporary
    folder.

    If the models differ, the cycles around the first difference are written to `wave`. Raises the
    errors of `run`, `InputError` for an experiment that the RTL does not cover or a template
    without RTL, and `MissingExtraError` or `InputError` if Verilator or a C++ compiler is missing.
    """
    tell = progress if progress is not None else silent
    template = template_of(experiment.template, experiment.accelerator)
    compare = opened(template, lambda row: row.verify, "RTL")
    opened(template, lambda row: row.rtl_tools, "RTL")()
    ready = prepare(experiment, tell)
    with temporary_folder("verify") as temporary:
        where = temporary if folder is None else folder
        tell("build and simulate", 0, 1)
        verdict = compare(ready.mapped, ready.batches, where, wave=wave)
    return Verification(
        ready.workload.network.name,
        None if ready.board is None else ready.board.name,
        ready.workload.scheme.name,
        ready.accelerator.name,
        len(ready.images),
        verdict,
    )


def write_rtl(experiment: Experiment, folder: Path, progress: Progress | None = None) -> None:
    """Write the project folder of an experiment, with the cycles that the simulation predicts.

    Raises the errors of `verify`, but needs no tools.
    """
    tell = progress if progress is not None else silent
    template = template_of(experiment.template, experiment.accelerator)
    write = opened(template, lambda row: row.rtl, "RTL")
    _check_folder(template, folder)
    ready = prepare(replace(experiment, tracing=False), tell)
    write(ready.mapped, ready.batches, ready.board, folder, tell)


def _check_folder(template: Template, folder: Path) -> None:
    """Raises `InputError` for a folder with files that no earlier call has written."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(str(folder), "is not a folder", "name a new or empty one")
    if any(folder.iterdir()) and not opened(template, lambda row: row.rtl_folder, "RTL")(folder):
        raise InputError(
            str(folder), "holds other files", "name a new or empty folder, or one of an earlier run"
        )
