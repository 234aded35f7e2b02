"""Candidates: one network retrained at several strengths of the regulariser of k.

All start from one training in float. They are compared by training images that were set apart
(`validation` of the recipe; without it by such as the weights have seen); the images held out only
report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lightsim.errors import InputError
from lightsim.network import load_network
from lightsim.numerics.formats.scheme import PER_FILTER, scheme
from lightsim.quantisation import (
    accuracy,
    held_out_images,
    load_trained,
    training_images,
)
from lightsim.quantisation.calibration import calibration_images
from lightsim.quantisation.inference.threads import cores

if TYPE_CHECKING:
    from lightsim.flow.training import Moment
    from lightsim.reports.training.report import SeedReport
    from lightsim.training.recipes.recipe import Recipe

__all__ = ["Candidate", "Strengths", "read_strengths", "retrain", "spell_strengths"]

FLIGHTNN = PER_FILTER.name
Tell = Callable[["Moment"], None]
Strengths = tuple[float, float]
"""Of the regulariser, for first and for second terms."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A network retrained: its strengths and seed, its file, and what it classifies correctly.

    `strengths` are those for first and second terms. `accuracy` is on the images held out,
    `choosing_accuracy` on the training images that come with the file, but for those that
    calibrate; `k` counts its filters with 0, 1 and 2 terms.
    """

    strengths: Strengths
    seed: int
    network: str
    accuracy: float
    choosing_accuracy: float
    k: tuple[int, int, int]

    @property
    def label(self) -> str:
        """The strengths as `read_strengths` takes them."""
        return spell_strengths(self.strengths)


def read_strengths(text: str, where: str) -> tuple[Strengths, ...]:
    """Strengths of second terms as `0.001,0.003`, or of first and second as `0.001:0.003`.

    Raises `InputError` for anything else.
    """
    try:
        rows = [[float(number) for number in part.split(":")] for part in text.split(",")]
    except ValueError:
        rows = [[]]
    if not all(len(row) in (1, 2) and all(0 <= own < 1e6 for own in row) for row in rows):
        raise InputError(
            where, f"{text[:40]!r}",
            "accepted: numbers from 0, as 0.001,0.003, or for first and second terms 0.001:0.003",
        )  # fmt: skip
    found = tuple((0.0, row[0]) if len(row) == 1 else (row[0], row[1]) for row in rows)
    if len(set(found)) < len(found):
        raise InputError(where, f"{text[:40]!r} names strengths twice", "accepted: each once")
    return found


def spell_strengths(own: Strengths) -> str:
    """`0.003`, or `0.001:0.003` where first terms are regularised too."""
    return f"{own[0]:g}:{own[1]:g}" if own[0] else f"{own[1]:g}"


def retrain(
    base: Recipe, strengths: Sequence[Strengths], directory: Path, tell: Tell | None = None
) -> tuple[Candidate, ...]:
    """Train `base` once in float, then under `flightnn` at all strengths.

    Every training has its own run directory in `directory`, and goes on where it was stopped.
    Raises `InputError` for a recipe of another scheme, without epochs in float or a start, and
    for all that training refuses.
    """
    # Inside: PyTorch is an extra, and takes seconds to load.
    from lightsim.flow.training import train

    if base.scheme != FLIGHTNN:
        accepted = f"accepted: a recipe for {FLIGHTNN}"
        raise InputError("retrain", f"the recipe is for '{base.scheme}'", accepted)
    tuned = base
    if base.start is None:
        if not base.float_epochs:
            raise InputError("retrain", "the recipe has no float_epochs", "accepted: 1 or more")
        in_float = replace(
            base, name=f"{base.network.name}-float", scheme="float32", epochs=base.float_epochs,
            float_epochs=0, hardware=None,
        )  # fmt: skip
        train(in_float, directory / "float", tell)
        tuned = replace(base, float_epochs=0, start=str(directory / "float"))
    found: list[Candidate] = []
    for own in strengths:
        name = spell_strengths(own).replace(":", "-")
        flightnn = replace(base.options.flightnn, strengths=own)
        recipe = replace(
            tuned, name=f"{base.network.name}-{name}",
            options=replace(base.options, flightnn=flightnn),
        )  # fmt: skip
        folder = directory / f"strength-{name}"
        report = train(recipe, folder, tell)
        found += [_candidate(own, seed, folder) for seed in report.seeds]
    return tuple(found)


def _candidate(strengths: Strengths, seed: SeedReport, folder: Path) -> Candidate:
    assert seed.network is not None  # only float32 exports nothing
    path = folder / seed.network
    network = load_network(path)
    workload = load_trained(network, scheme(FLIGHTNN))
    held_out = accuracy(workload, held_out_images(network), threads=cores())
    seen, first = training_images(network), len(calibration_images(workload))
    own = replace(seen, images=seen.images[first:], labels=seen.labels[first:])
    choosing = accuracy(workload, own, threads=cores())
    k = [sum(row) for row in zip(*seed.k.values(), strict=True)]
    return Candidate(strengths, seed.seed, str(path), held_out, choosing, (k[0], k[1], k[2]))
