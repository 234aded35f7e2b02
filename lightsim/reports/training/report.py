"""The result of a training: every number that its reports show."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = [
    "EpochReport",
    "SeedReport",
    "Spread",
    "TrainingReport",
    "k_heading",
    "k_totals",
    "spread_of",
]


@dataclass(frozen=True, slots=True)
class EpochReport:
    """An epoch of one stage of one seed.

    `loss` is the mean cross entropy, and `penalty` the mean of the terms added to the loss.
    `training_accuracy` was measured while the weights changed; `accuracy` is the accuracy on the
    judging images. `k` counts, by layer, the filters with 0, 1, 2 and more terms. `statistics`
    holds, by layer, numbers on its activations.
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
    """The mean, sample standard deviation (None for a single value), least and largest value."""

    mean: float
    deviation: float | None
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """A training of one recipe. `judges` describes the images on which accuracy is measured."""

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
        """The mean number of terms of a filter, over all filters and seeds; None without k."""
        counts = [row for seed in self.seeds for row in seed.k.values()]
        filters = sum(sum(row) for row in counts)
        terms = sum(terms * count for row in counts for terms, count in enumerate(row))
        return terms / filters if terms else None


def k_totals(rows: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """The filters of all layers together with 0, 1, 2 and more terms."""
    return tuple(map(sum, zip(*rows, strict=True))) or (0, 0, 0)


def k_heading(report: TrainingReport) -> str:
    """The numbers of terms that are counted: 0/1/2, or more."""
    counts = [k_totals(seed.k.values()) for seed in report.seeds]
    return "/".join(map(str, range(max(map(len, counts), default=3))))


def spread_of(values: Sequence[float]) -> Spread:
    """The spread of one or more values."""
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return Spread(math.fsum(values) / len(values), deviation, min(values), max(values))
