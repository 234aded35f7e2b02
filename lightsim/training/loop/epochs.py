"""One epoch of training, and the accuracy of a model on labelled images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from lightsim.errors import InputError
from lightsim.training.loop.batches import Batches, batches_of
from lightsim.training.loop.optimisers import learning_rate
from lightsim.training.models.model import Model
from lightsim.training.recipes.recipe import Recipe

__all__ = ["Passed", "deterministic", "logits", "train_epoch"]

_EVALUATED = 256  # images evaluated at a time


@dataclass(frozen=True, slots=True)
class Passed:
    """The means over the batches of an epoch, and the last learning rate of the epoch."""

    loss: float
    penalty: float
    accuracy: float
    learning_rate: float


@contextmanager
def deterministic(threads: int, device: torch.device) -> Iterator[None]:
    """Inside, equal work on one processor gives equal bits; afterwards the settings are
    restored.
    """
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    warned = torch.is_deterministic_algorithms_warn_only_enabled()
    memory: Any = torch.utils.deterministic
    filled = memory.fill_uninitialized_memory
    torch.set_num_threads(threads)
    # On graphics cards some operators have no deterministic form, so they only warn.
    torch.use_deterministic_algorithms(True, warn_only=device.type != "cpu")
    memory.fill_uninitialized_memory = False  # no operator here reads memory before writing
    try:
        with _whole_floats():
            yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1], warn_only=warned)
        memory.fill_uninitialized_memory = filled


@contextmanager
def _whole_floats() -> Iterator[None]:
    """Inside this context a float32 product keeps all 24 bits: no TF32 (the default of cards), no
    bf16.
    """
    known: Any = torch.backends
    places = (known.cuda.matmul, known.cudnn.conv, known.mkldnn.matmul, known.mkldnn.conv)
    before = [place.fp32_precision for place in places]
    try:
        for place in places:
            place.fp32_precision = "ieee"
        yield
    finally:
        for place, own in zip(places, before, strict=True):
            place.fp32_precision = own


def train_epoch(
    model: Model,
    optimiser: torch.optim.Optimizer,
    data: Batches,
    recipe: Recipe,
    rng: np.random.Generator,
    epoch: int,
    epochs: int,
) -> Passed:
    """Train once over all images, in the order and with the augmentation that `rng` draws.

    Raises `InputError` if the loss is no longer a number.
    """
    size = min(recipe.batch, len(data.labels))
    batches = len(data.labels) // size  # other epochs use the remaining images
    totals, right, rate = np.zeros(2), 0, 0.0
    model.train()
    made = batches_of(data, size, recipe.augmentation, rng)
    for number, (images, labels) in enumerate(made):
        rate = learning_rate(
            recipe.optimiser.learning_rate, recipe.schedule,
            epoch * batches + number, epochs * batches,
        )  # fmt: skip
        for group in optimiser.param_groups:
            group["lr"] = rate
        found = model(images)
        loss, penalty = functional.cross_entropy(found, labels), model.penalty()
        optimiser.zero_grad()
        (loss + penalty).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        model.confine()
        totals += float(loss.detach()), float(penalty.detach())
        right += int((found.argmax(1) == labels).sum())
    if not math.isfinite(totals.sum()):
        raise InputError(
            f"training, epoch {epoch + 1}", "the loss is not a number any more",
            "accepted: a smaller learning_rate",
        )  # fmt: skip
    loss_mean, penalty_mean = (totals / batches).tolist()
    return Passed(loss_mean, penalty_mean, right / (batches * size), rate)


def logits(model: Model, images: Tensor) -> NDArray[np.float64]:
    """The outputs of a model in `eval()` mode, float64[n, classes]."""
    mode = model.training
    model.eval()
    with torch.no_grad():
        parts = [model(part).double().cpu() for part in torch.split(images, _EVALUATED)]
    model.train(mode)
    return torch.cat(parts).numpy()
