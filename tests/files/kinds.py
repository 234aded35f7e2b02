"""Every kind of file that LightSim writes: how it is written once, and once more otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dse.reports.directory import begin_results, write_results
from dse.retraining.candidates import Candidate
from dse.retraining.report import write_joint
from dse.retraining.search import Point
from dse.search.explore import explore
from lightsim.hardware.catalogue import device
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import scheme
from lightsim.quantisation import load_trained
from lightsim.quantisation.stored.saving import save_trained
from lightsim.reports.directory import write_directory
from lightsim.reports.training.directory import write_reports
from lightsim.reports.training.report import EpochReport, SeedReport, TrainingReport
from lightsim.tiled.calibration.coefficients import write_coefficients
from lightsim.tiled.rtl.program.record import record
from lightsim.tiled.rtl.project.readme import write_readme
from lightsim.tiled.rtl.project.synthesis import write_scripts
from lightsim.tiled.rtl.project.writing import write_project
from tests.dse.explore.spaces import small_study
from tests.quantisation.networks import convolution, network
from tests.reports.sample import sample_report
from tests.tiled.rtl.cases import programs_for
from tests.tiled.simulation.machines import machine

__all__ = ["KINDS"]

Kind = Callable[[Path, int], Any]
"""Writes the files of a kind into a folder; numbers 0 and 1 give files of other content."""


@cache
def _found(seed: int):
    axes = {"lanes": "shift_add_serial", "rows": [8, 16], "columns": 8, "pixels": 1, "ports": 1,
            "weight_bytes": "64 words", "input_bytes": "2 KiB"}  # fmt: skip
    return explore(small_study(axes=axes, search={"seed": seed}))


@cache
def _programs(images: int):
    one = network([convolution(8, name="a", padding=1)], image=(4, 5, 5))
    return programs_for(one, machine(), images=images)


def _joint(folder: Path, number: int) -> None:
    own = Candidate((0.0, 0.1), number, "n.toml", 0.5, 0.5, (0, 1, 1))
    write_joint([Point(own, 1.0, None, 0.5, 0.5, "run")], "net", "board", folder)


def _training(folder: Path, number: int) -> None:
    epoch = EpochReport("flightnn", 1, 0.1, 1.0, 0.0, 0.5, 0.5, {"a": (0, 1, 1)}, {})
    seed = SeedReport(number, 0.5, True, "seed-0/network.toml", {"a": (0, 1, 1)}, (epoch,))
    write_reports(
        TrainingReport(
            "t", "n", "N", 8, "flightnn", "cpu", 1, 0, None, "data", 9, 9, 9, "held out", (seed,),
            {"python": "3"}, (),
        ),
        folder,
    )  # fmt: skip


def _recipe(folder: Path, number: int) -> None:
    pytest.importorskip("torch", reason="torch is the extra 'train'")
    from lightsim.flow.training import open_directory
    from lightsim.training.recipes.recipe import parse_recipe

    # The seeds may be others: a training is gone on with.
    open_directory(parse_recipe({"network": "digits-small", "seeds": [number]}, "test"), folder)


def _float_weights(folder: Path, number: int) -> None:
    torch = pytest.importorskip("torch", reason="torch is the extra 'train'")
    from lightsim.training.loop.states import save_float

    save_float({"weight": torch.full((64,), float(number))}, folder)


def _checkpoint(folder: Path, number: int) -> None:
    torch = pytest.importorskip("torch", reason="torch is the extra 'train'")
    from lightsim.training.loop.checkpoint import Checkpoint, save_checkpoint

    model = {"weight": torch.full((64,), float(number))}
    save_checkpoint(Checkpoint("about", 0, 1, model, {}, ()), folder / "checkpoint.pt")


def _trained(folder: Path, number: int) -> None:
    own = load_trained(load_network("digits-small"), scheme("lightnn1"))
    save_trained([own], folder, provenance=f"number {number}")


def _project(folder: Path, number: int) -> None:
    write_project(folder, *_programs(1 + number))


def _readme(folder: Path, number: int) -> None:
    programs, batches = _programs(1 + number)
    write_readme(folder, programs, record(programs, batches), ())


KINDS: dict[str, Kind] = {
    "run directory": lambda folder, n: write_directory(replace(sample_report(), seed=n), folder),
    "study": lambda folder, n: begin_results(small_study(search={"seed": n}), folder),
    "exploration": lambda folder, n: write_results(_found(n), folder),
    "joint study": _joint,
    "training": _training,
    "recipe": _recipe,
    "float weights": _float_weights,
    "checkpoint": _checkpoint,
    "trained network": _trained,
    "coefficients": lambda folder, n: write_coefficients(
        folder / "fitted_xc7.json", {}, "xc7", str(n), "today"
    ),
    "RTL project": _project,
    "RTL readme": _readme,
    "RTL scripts": lambda folder, n: write_scripts(
        folder, 150_000_000 + n, device("XC7Z045") if n else None
    ),
}
