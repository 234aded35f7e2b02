"""The result of a training: every number that its reports show."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["EpochReport", "SeedReport", "Spread", "TrainingReport", "spread_of"]


@dataclass(frozen=True, slots=True)
class EpochReport:
    """An epoch of one stage of one seed.

    `loss` is the mean cross entropy, and `penalty` the mean of the terms added to the loss.
    `training_accuracy` was measured while the weights changed; `accuracy` is the accuracy on the
    judging images. `k` counts, by layer, the filters with 0, 1 and 2 terms. `statistics` holds, by
    layer, numbers on its activations.
    """

    stage: str
    epoch: int
    learning_rate: float
    loss: float
    penalty: float
    training_accuracy: float
    accuracy: float
    k: Mapping[str, Sequence[int]]
    statistics: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class SeedReport:
    """One seed; `accuracy` is that of its exported integers, or of the float model under `float32`.

    `bit_exact` says whether the model gives the outputs of the exported integers for every judging
    image; None if nothing is exported. `network` is the trained network file in the run directory.
    """

    seed: int
    accuracy: float
    bit_exact: bool | None
    network: str | None
    k: Mapping[str, Sequence[int]]
    epochs: tuple[EpochReport, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean, the sample standard deviation (None for a single value), the least and the largest
    value.
    """

    mean: float
    deviation: float | None
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """A training of one recipe. `judges` describes the judging images, on which accuracies are
    measured.
    """

    name: str
    network: str
    title: str
    parameters: int
    scheme: str
    device: str
    epochs: int
    float_epochs: int
    start: str | None
    data: str
    training_images: int
    judging_images: int
    held_out_images: int
    judges: str
    seeds: tuple[SeedReport, ...]
    versions: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def accuracy(self) -> Spread:
        """The accuracy over the seeds."""
        return spread_of([seed.accuracy for seed in self.seeds])

    @property
    def mean_k(self) -> float | None:
        """The mean number of terms of a filter, over all filters and seeds; None if filters have no
        k.
        """
        counts = [row for seed in self.seeds for row in seed.k.values()]
        filters = sum(sum(row) for row in counts)
        terms = sum(row[1] + 2 * row[2] for row in counts)
        return terms / filters if terms else None


def spread_of(values: Sequence[float]) -> Spread:
    """The spread of one or more values."""
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return Spread(math.fsum(values) / len(values), deviation, min(values), max(values))
