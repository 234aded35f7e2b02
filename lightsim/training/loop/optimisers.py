"""The optimisers and learning-rate schedules that a recipe may name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch

from lightsim.training.recipes.entries import OptimiserEntry, ScheduleEntry

__all__ = ["OPTIMISERS", "SCHEDULES", "learning_rate", "make_optimiser"]

Groups = list[dict[str, Any]]

# Weight decay is a square penalty on the weights; each group has its own factor.
OPTIMISERS: dict[str, Callable[[Groups, OptimiserEntry], torch.optim.Optimizer]] = {
    "sgd": lambda groups, own: torch.optim.SGD(groups, lr=own.learning_rate, momentum=own.momentum),
    "adam": lambda groups, own: torch.optim.Adam(
        groups, lr=own.learning_rate, betas=(own.momentum, 0.999)
    ),
    "rmsprop": lambda groups, own: torch.optim.RMSprop(
        groups, lr=own.learning_rate, alpha=0.99, momentum=0.0
    ),
}
"""By name; `momentum` is sgd's momentum and adam's first decay rate; rmsprop has none."""

# Functions from the completed share of the training to a factor of the learning rate.
SCHEDULES: dict[str, Callable[[float, ScheduleEntry], float]] = {
    "constant": lambda done, own: 1.0,
    "cosine": lambda done, own: (1 + math.cos(math.pi * done)) / 2,
    "steps": lambda done, own: own.factor ** sum(done >= at for at in own.steps),
}


def make_optimiser(groups: Groups, own: OptimiserEntry) -> torch.optim.Optimizer:
    """A recipe's optimiser, over groups of parameters that have their own weight decay."""
    return OPTIMISERS[own.name](groups, own)


def learning_rate(base: float, own: ScheduleEntry, step: int, steps: int) -> float:
    """The learning rate of step `step` (0 to `steps` - 1) of a training of `steps` steps."""
    factor = SCHEDULES[own.name](step / steps, own)
    warm = own.warm_up * steps
    return base * factor * min(1.0, (step + 1) / warm if warm else 1.0)
