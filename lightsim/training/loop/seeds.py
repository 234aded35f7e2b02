"""One seed of a recipe: its stages, one after another, with a checkpoint after every epoch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lightsim.errors import InputError
from lightsim.quantisation.inference.infer import accuracy
from lightsim.quantisation.term_costs import TermCosts
from lightsim.training.data import TrainingData
from lightsim.training.loop.batches import Batches, as_tensors
from lightsim.training.loop.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from lightsim.training.loop.epochs import deterministic, logits, train_epoch
from lightsim.training.loop.history import Epoch
from lightsim.training.loop.optimisers import make_optimiser
from lightsim.training.loop.states import save_float
from lightsim.training.models.model import Model, build_model
from lightsim.training.recipes.recipe import FLOAT, Recipe
from lightsim.training.recipes.text import absolute, recipe_text
from lightsim.training.restoring import check_place, restore

__all__ = [
    "CHECKPOINT",
    "TrainedSeed",
    "device_of",
    "epochs_of",
    "filters_by_k",
    "train_seed",
]

CHECKPOINT = "checkpoint.pt"
_CALIBRATING = 1024  # images; with more, the activation steps change little
_SETTLING = 16384


@dataclass(frozen=True, slots=True, eq=False)
class TrainedSeed:
    """A trained seed: its model in `eval()` mode, and the record of every epoch."""

    seed: int
    model: Model
    history: tuple[Epoch, ...]


@dataclass(frozen=True, slots=True)
class _Stage:
    scheme: str
    epochs: int


def device_of(name: str) -> torch.device:
    """The device that a recipe names; `auto` is a graphics card if there is one.

    Raises `InputError` for `cuda` on a computer without a graphics card for it.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("device", "is cuda, and this PyTorch finds none", "accepted: auto or cpu")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def epochs_of(recipe: Recipe) -> int:
    """The number of epochs of one seed, in float and under the scheme together."""
    return sum(stage.epochs for stage in _stages(recipe))


def train_seed(
    recipe: Recipe,
    data: TrainingData,
    seed: int,
    folder: Path | None,
    *,
    start: Mapping[str, Any] | None = None,
    costs: TermCosts | None = None,
    tell: Callable[[str, Epoch], None] | None = None,
) -> TrainedSeed:
    """Train one seed, from the checkpoint in `folder` if there is one.

    `start` is the state of a float model to begin from, and `costs` weigh the second terms of
    filters. `tell(stage, epoch)` is called after every epoch. On a processor, a stopped and
    continued training gives the same bits as a training without a stop. Without a folder nothing is
    stored. Raises `InputError` for a checkpoint of another training, and if the loss diverges.
    """
    device = device_of(recipe.device)
    with deterministic(recipe.threads, device):
        run = _Run(recipe, data, seed, folder, device, costs)
        return run.to_the_end(start, tell)


def _stages(recipe: Recipe) -> tuple[_Stage, ...]:
    first = (_Stage(FLOAT, recipe.float_epochs),) if recipe.float_epochs else ()
    return (*first, _Stage(recipe.scheme, recipe.epochs))


class _Run:
    """The state of a seed during its training."""

    def __init__(
        self,
        recipe: Recipe,
        data: TrainingData,
        seed: int,
        folder: Path | None,
        device: torch.device,
        costs: TermCosts | None,
    ) -> None:
        self._recipe, self._seed, self._device = recipe, seed, device
        self._training = as_tensors(data.training, device)
        self._judging, self._own = as_tensors(data.judging, device), data.judging
        self._path = None if folder is None else folder / CHECKPOINT
        self._costs = costs
        self._about = _about(recipe, data, seed)
        self._history: list[Epoch] = []

    def to_the_end(
        self, start: Mapping[str, Any] | None, tell: Callable[[str, Epoch], None] | None
    ) -> TrainedSeed:
        """Train all stages, from the checkpoint on."""
        stages = _stages(self._recipe)
        kept = None if self._path is None else load_checkpoint(self._path, self._about)
        first = 0 if kept is None else kept.stage
        if kept is not None and self._path is not None:
            check_place(kept, [stage.epochs for stage in stages], self._path)
            self._history = list(kept.history)
        model: Model | None = None
        for number in range(first, len(stages)):
            model = self._stage(number, stages[number], start, kept, tell)
            start, kept = model.state_dict(), None
            if model.is_float and self._path is not None:
                save_float(start, self._path.parent)
        assert model is not None
        return TrainedSeed(self._seed, model.eval(), tuple(self._history))

    def _stage(
        self,
        number: int,
        stage: _Stage,
        start: Mapping[str, Any] | None,
        kept: Checkpoint | None,
        tell: Callable[[str, Epoch], None] | None,
    ) -> Model:
        recipe, training = self._recipe, self._training
        model = build_model(recipe.network, stage.scheme, recipe.options, self._seed)
        model.to(self._device)
        if self._costs is not None and not model.is_float:
            model.weigh_by(self._costs)
        if kept is None:
            if start is not None:
                model.load_float(start)
            model.calibrate(training.images[:_CALIBRATING].float())
        groups = model.parameter_groups(recipe.optimiser.weight_decay)
        optimiser = make_optimiser(groups, recipe.optimiser)
        if kept is not None and self._path is not None:
            restore(kept, model, optimiser, self._path)
        for epoch in range(0 if kept is None else kept.epoch, stage.epochs):
            model.begin_epoch(epoch, stage.epochs)
            rng = np.random.default_rng((self._seed, number, epoch))
            passed = train_epoch(model, optimiser, training, recipe, rng, epoch, stage.epochs)
            statistics = model.statistics()
            if epoch + 1 == stage.epochs:
                _settle(model, training)
            row = Epoch(
                stage.scheme, epoch + 1, passed.learning_rate, passed.loss, passed.penalty,
                passed.accuracy, self._accuracy(model), filters_by_k(model), statistics,
            )  # fmt: skip
            self._history.append(row)
            self._keep(number, epoch + 1, model, optimiser)
            if tell is not None:
                tell(stage.scheme, row)
        if not stage.epochs:
            _settle(model, training)
        return model

    def _accuracy(self, model: Model) -> float:
        """The accuracy on the judging images, with the integers that would be exported."""
        if model.is_float:
            found = logits(model, self._judging.images).argmax(1)
            return float(np.mean(found == self._judging.labels.cpu().numpy()))
        # The kernels give the bits of `logits` in a tenth of the time (`export_seed` checks this).
        return accuracy(model.export("in training"), self._own, threads=self._recipe.threads)

    def _keep(
        self, number: int, epoch: int, model: Model, optimiser: torch.optim.Optimizer
    ) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        own = Checkpoint(
            self._about, number, epoch, model.state_dict(), optimiser.state_dict(), self._history
        )
        save_checkpoint(own, self._path)


def _settle(model: Model, training: Batches) -> None:
    model.settle(training.images[:_SETTLING].float())


def filters_by_k(model: Model) -> dict[str, list[int]]:
    """By layer the filters with 0, 1, 2 terms, and with as many more as the scheme has."""
    return {
        name: [int((own == terms).sum()) for terms in range(max(2, model.scheme.max_terms) + 1)]
        for name, own in model.k().items()
    }


def _about(recipe: Recipe, data: TrainingData, seed: int) -> str:
    """A text on model, recipe and data; two trainings with equal texts are the same."""
    same = replace(absolute(recipe), seeds=(seed,), device="auto", threads=1, name="recipe")
    digest = hashlib.sha256(recipe_text(same).encode())
    for part in (data.training, data.judging):
        digest.update(part.images.tobytes())
        digest.update(part.labels.tobytes())
    return digest.hexdigest()
