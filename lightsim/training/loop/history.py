"""The record of every epoch."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

__all__ = ["Epoch", "dump_history", "load_history"]


@dataclass(frozen=True, slots=True)
class Epoch:
    """The record of one epoch, in one stage (`float32`, or the scheme) of one seed.

    `loss` is the mean cross entropy over the batches, and `penalty` the mean of the terms that the
    model adds to the loss. `training_accuracy` is the accuracy on the batches during the epoch,
    while the weights changed. `accuracy` is the accuracy on the judging images with the integers
    that would be exported. `k` counts, by layer, the filters with 0, 1, 2 and more terms.
    `statistics` describes, by layer, the distribution of the activations.
    """

    stage: str
    epoch: int
    learning_rate: float
    loss: float
    penalty: float
    training_accuracy: float
    accuracy: float
    k: Mapping[str, Sequence[int]] = field(default_factory=dict)
    statistics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def dump_history(epochs: Sequence[Epoch]) -> str:
    """The epochs as JSON text; every float is restored exactly by `load_history`."""
    return json.dumps([asdict(epoch) for epoch in epochs])


def load_history(text: str) -> list[Epoch]:
    """The epochs of a text from `dump_history`."""
    return [Epoch(**row) for row in json.loads(text)]
