"""`lightsim.run`: the run of the command line as one call, from keywords."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lightsim.flow.run import Experiment, Progress
from lightsim.flow.run import run as run_experiment
from lightsim.hardware.accelerator import Accelerator
from lightsim.mapping.tiling import Tiling
from lightsim.network.layer import Network
from lightsim.quantisation.per_filter import FilterTerms
from lightsim.reports.report import RunReport

__all__ = ["run"]


def run(
    network: str | Path | Network,
    *,
    board: str | Path | None = None,
    accelerator: str | Path | Accelerator | None = None,
    scheme: str | None = None,
    images: int = 1,
    batch: int = 1,
    seed: int = 0,
    mapping: str | Path | Mapping[str, Tiling] | None = None,
    sort_filters: bool = True,
    k: str | Path | FilterTerms | None = None,
    ideal_memory: bool = False,
    energy_table: str | None = None,
    measure_accuracy: bool = True,
    tracing: bool = True,
    progress: Progress | None = None,
) -> RunReport:
    """Simulate a network on an accelerator; the report of `lightsim run`.

    `network` is a zoo name, a TOML file or a `Network`. `accelerator` is None (the board's
    default for the scheme), a PE kind (the default of that kind), a TOML file or an
    `Accelerator`; `board` a name or a TOML file (default zc706), `scheme` a name (default
    flightnn, or the accelerator's own). `mapping` fixes the tiling of the layers it names.
    `k` gives every filter of a `flightnn` network its number of terms, or names a k file.
    `tracing` keeps the events that `trace.json.gz` shows. Cycles are of the accelerator clock.

    Raises `InputError` for anything that cannot be accepted and `BudgetError` for a design that
    does not fit its board.
    """
    experiment = Experiment(
        network=network if isinstance(network, Network) else str(network),
        board=None if board is None else str(board),
        accelerator=str(accelerator) if isinstance(accelerator, Path) else accelerator,
        scheme=scheme,
        images=images,
        batch=batch,
        seed=seed,
        tilings=str(mapping) if isinstance(mapping, Path) else mapping,
        sort_filters=sort_filters,
        k=str(k) if isinstance(k, Path) else k,
        ideal=ideal_memory,
        tracing=tracing,
        energy_table=energy_table,
        measure_accuracy=measure_accuracy,
    )
    return run_experiment(experiment, progress)
