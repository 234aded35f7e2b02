"""`train`: a recipe's seeds trained, exported as trained network files, and reported."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from lightsim.errors import InputError
from lightsim.files.writing import write_file
from lightsim.flow.given.checks import RECIPE
from lightsim.flow.given.resolve import default_for, resolve_machine
from lightsim.flow.templates import opened, template_of
from lightsim.flow.training.export import export_seed
from lightsim.quantisation.synthetic.workload import synthetic_workload
from lightsim.quantisation.term_costs import TermCosts
from lightsim.reports.directory import check_directory
from lightsim.reports.training.directory import write_reports
from lightsim.reports.training.report import SeedReport, TrainingReport
from lightsim.training.data import TrainingData, load_data
from lightsim.training.loop.history import Epoch
from lightsim.training.loop.seeds import device_of, epochs_of, train_seed
from lightsim.training.loop.states import float_start, seed_folder
from lightsim.training.recipes.recipe import FLOAT, Recipe, load_recipe
from lightsim.training.recipes.text import absolute, recipe_text

__all__ = ["RECIPE", "Moment", "open_directory", "train"]


@dataclass(frozen=True, slots=True)
class Moment:
    """The progress of a training: `done` of `of` epochs of all seeds and stages; the last epoch."""

    seed: int
    done: int
    of: int
    last: Epoch | None


def train(
    recipe: Recipe, directory: Path, tell: Callable[[Moment], None] | None = None
) -> TrainingReport:
    """Train every seed of a recipe and write the run directory; a training that was stopped
    continues.

    `tell` is called before the first epoch of a seed and after every epoch. After an interrupt the
    directory is in the state after the last whole epoch. Raises `InputError` for input that cannot
    be accepted, such as the directory of another training.
    """
    data = load_data(recipe.data, recipe.network)
    starts = {seed: float_start(recipe, seed) for seed in recipe.seeds}
    costs = _costs(recipe)
    open_directory(recipe, directory)
    seeds, each = [], epochs_of(recipe)
    of = each * len(recipe.seeds)
    for number, seed in enumerate(recipe.seeds):
        done = number * each

        def told(stage: str, epoch: Epoch, seed: int = seed, done: int = done) -> None:
            before = recipe.float_epochs if stage != FLOAT else 0
            if tell is not None:
                tell(Moment(seed, done + before + epoch.epoch, of, epoch))

        if tell is not None:
            tell(Moment(seed, done, of, None))
        trained = train_seed(
            recipe, data, seed, seed_folder(directory, seed), start=starts[seed], costs=costs,
            tell=told,
        )  # fmt: skip
        seeds.append(export_seed(recipe, data, trained, directory))
    report = _report(recipe, data, tuple(seeds))
    write_reports(report, directory)
    return report


def open_directory(recipe: Recipe, directory: Path) -> None:
    """Write a recipe into its run directory, which is new or belongs to the same training.

    Raises `InputError` for the directory of another training, which is never overwritten, and for a
    directory with other files; `OutputError` if the directory cannot be written.
    """
    check_directory(directory, lambda path: (path / RECIPE).exists())
    path = directory / RECIPE
    if path.exists() and _alike(load_recipe(path)) != _alike(recipe):
        raise InputError(
            str(directory),
            "holds a training of another recipe",
            "name another directory; "
            f"`lightsim train --resume {shlex.quote(str(directory))}` goes on with that one",
        )
    write_file(path, recipe_text(absolute(recipe)))


def _alike(recipe: Recipe) -> str:
    """A text that is equal for recipes whose seeds are trained in the same way."""
    same = replace(absolute(recipe), name="recipe", seeds=(), device="auto", threads=1)
    return recipe_text(same)


def _costs(recipe: Recipe) -> TermCosts | None:
    """The cost of second terms on the accelerator that a recipe names; None if it names none."""
    own = recipe.hardware
    if own is None:
        return None
    template = template_of(None, own.accelerator)
    term_costs = opened(template, lambda row: row.term_costs, "costs of terms")
    machine = resolve_machine(template, own.board, own.accelerator, None)
    given, chosen = machine.accelerator, machine.scheme
    if given is not None and not chosen.k_per_filter:
        problem = f"'{given.name}' is built for '{chosen.name}'"
        raise InputError("[hardware]", problem, "accepted: an accelerator for flightnn")
    workload = synthetic_workload(recipe.network, chosen, 0)
    accelerator, _ = default_for(machine, workload)
    return term_costs(workload, accelerator, own.batch)


def _report(recipe: Recipe, data: TrainingData, seeds: tuple[SeedReport, ...]) -> TrainingReport:
    network = recipe.network
    return TrainingReport(
        name=recipe.name,
        network=network.name,
        title=network.title,
        parameters=network.parameters,
        scheme=recipe.scheme,
        device=device_of(recipe.device).type,
        epochs=recipe.epochs,
        float_epochs=recipe.float_epochs,
        start=recipe.start,
        data=data.data,
        training_images=len(data.training.labels),
        judging_images=len(data.judging.labels),
        held_out_images=len(data.held_out.labels),
        judges="set apart from training" if recipe.data.validation else "held out",
        seeds=seeds,
        versions={
            "python": platform.python_version(),
            **{name: version(name) for name in ("torch", "numpy")},
        },
        notes=_notes(recipe, seeds),
    )


def _notes(recipe: Recipe, seeds: tuple[SeedReport, ...]) -> tuple[str, ...]:
    notes = []
    if any(seed.bit_exact is False for seed in seeds):
        notes.append(
            "The model in eval mode differs from the exported integers: this is a bug. Accuracies "
            "are those of the exported integers."
        )
    if recipe.epochs == 0 and recipe.scheme != FLOAT:
        notes.append("Nothing was trained under the scheme: the float weights were quantised.")
    if recipe.data.validation:
        notes.append(
            "Accuracies are of training images set apart, so that settings can be chosen by them; "
            "the images held out were not looked at. Those set apart go with the exported "
            "networks, so that `explore` chooses k by them; `run` measures on those held out."
        )
    return tuple(notes)
