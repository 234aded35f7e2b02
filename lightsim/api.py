"""`lightsim.run` and `lightsim.train`: the command line's verbs as calls, from keywords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lightsim.flow.run import Experiment, Progress
from lightsim.flow.run import run as run_experiment
from lightsim.network.layer import Network
from lightsim.quantisation.per_filter import FilterTerms
from lightsim.reports.report import RunReport
from lightsim.template.design import Design

if TYPE_CHECKING:
    from dse.search.result import Exploration
    from lightsim.reports.training.report import TrainingReport

__all__ = ["explore", "from_torch", "run", "train"]


def run(
    network: str | Path | Network,
    *,
    board: str | Path | None = None,
    accelerator: str | Path | Design | None = None,
    template: str | None = None,
    scheme: str | None = None,
    engine: str | None = None,
    values: bool = False,
    images: int = 1,
    batch: int = 1,
    seed: int = 0,
    mapping: str | Path | Mapping[str, Any] | None = None,
    sort_filters: bool = True,
    k: str | Path | FilterTerms | None = None,
    ideal_memory: bool = False,
    energy_table: str | None = None,
    measure_accuracy: bool = True,
    test_set: bool = False,
    tracing: bool = True,
    target_fps: float | None = None,
    progress: Progress | None = None,
) -> RunReport:
    """Simulate a network on an accelerator; the report of `lightsim run`.

    `network` is a zoo name, a TOML or ONNX file or a `Network`. `accelerator` is None (the board's
    default for the scheme), a PE kind, a TOML file or an `Accelerator`; `template` is the kind of
    machine where the accelerator does not say it (tiled); `board` a name or a TOML file (zc706),
    `scheme` a name (flightnn, or the accelerator's own). `engine` is `simulation` or `timeline`,
    which has the same cycles and computes values only with `values`; without them `bit_exact`,
    `output_sha256` and `accuracy` are None. `mapping` fixes the tiling of the layers it names. `k`
    gives every filter its number of terms, or names a k file. `target_fps` is the rate that a
    streaming accelerator is folded for (without: the most that fits). `test_set` takes the whole
    test set in the cache for the images that come with the network. `tracing` keeps the events that
    `trace.json.gz` shows. Cycles are of the accelerator clock.

    Raises `InputError` for what cannot be accepted, `BudgetError` for a design that does not fit.
    """
    experiment = Experiment(
        network=network if isinstance(network, Network) else str(network),
        board=None if board is None else str(board),
        accelerator=str(accelerator) if isinstance(accelerator, Path) else accelerator,
        template=template,
        scheme=scheme,
        engine=engine,
        values=values,
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
        target_fps=target_fps,
        test_set=test_set,
    )
    return run_experiment(experiment, progress)


def from_torch(
    module: Any,
    sample: Any,
    labels: Any = None,
    *,
    name: str | None = None,
    scheme: str | None = None,
) -> Network:
    """A PyTorch module as a network with integers, for `run` and `explore`.

    `sample` are images [n, channels, height, width] (a tensor or an array) as the module takes
    them: they set the steps of activations. With `labels` [n] the first half of them, 32 at the
    most, does, and the others judge: reports then say an accuracy. `scheme` is the weights' number
    format (default fixed8), `name` that of the network (default the class's). What an import
    changes is told by warnings. The network's files are kept in the user's cache.

    Raises `InputError` for a module that cannot be had, with the operator and what it would need,
    and `MissingExtraError` where PyTorch or onnx is not installed.
    """
    # Inside: they take seconds to load.
    from lightsim.flow.bringing import bring_module

    return bring_module(module, sample, labels, name=name, scheme=scheme)


def explore(
    network: str | Path | Network,
    *,
    board: str | Path | None = None,
    template: str | None = None,
    scheme: str | None = None,
    k: str | None = None,
    trials: int | None = None,
    seed: int | None = None,
    output: str | Path | None = None,
) -> Exploration:
    """Search accelerators for a network on a board, as `lightsim explore` does.

    `network` is a zoo name, a file of TOML or ONNX, or a network that was read from a file. With
    `output` the results are written there: `best.toml` is the best accelerator. Trials are kept in
    memory: the command line resumes. Raises `InputError` for anything that cannot be accepted and
    `BudgetError` where no design can keep the budgets.
    """
    # Inside: the explorer takes seconds to load.
    from dse.reports.directory import check_results, write_results
    from dse.search.explore import explore as search
    from dse.study.study import new_study
    from lightsim.flow.bringing import brought, file_of

    name = file_of(network) if isinstance(network, Network) else brought(str(network))[0]
    given = {"trials": trials, "seed": seed}
    study = new_study(
        name, None if board is None else str(board), scheme=scheme, k=k, template=template,
        search={key: value for key, value in given.items() if value is not None},
    )  # fmt: skip
    if output is not None:
        check_results(Path(output))
    found = search(study)
    if output is not None:
        write_results(found, Path(output))
    return found


def train(
    recipe: str | Path,
    output: str | Path,
    *,
    scheme: str | None = None,
    epochs: int | None = None,
    float_epochs: int | None = None,
    start: str | Path | None = None,
    seeds: Sequence[int] | None = None,
    device: str | None = None,
    variant: str | None = None,
) -> TrainingReport:
    """Train a network and write its run directory `output`; the report of `lightsim train`.

    `recipe` is a recipe (a file, or the name of one that comes with LightSim; `variant` is one of
    its variants), or a network (a zoo name or a TOML file); the keywords stand in for its keys.
    `output / "network.toml"` is what `run` takes. A training that was stopped goes on. Raises
    `InputError` for anything that cannot be accepted, and where PyTorch is missing.
    """
    # Inside: PyTorch is an extra, and takes seconds to load.
    from lightsim.flow.training import train as train_recipe
    from lightsim.training.recipes.recipe import named_recipe

    given: dict[str, Any] = {
        "scheme": scheme,
        "epochs": epochs,
        "float_epochs": float_epochs,
        "start": None if start is None else str(start),
        "seeds": None if seeds is None else list(seeds),
        "device": device,
    }
    options = {key: value for key, value in given.items() if value is not None}
    return train_recipe(named_recipe(str(recipe), options, variant), Path(output))
