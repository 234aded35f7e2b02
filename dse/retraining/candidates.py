"""Candidates: one network retrained at several strengths of the regulariser of k.

All candidates start from the same training in float. They are compared by training images that
were set apart (`validation` of the recipe); without such images they are compared by images that
the weights were trained on. The held-out images are only for reports.
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
"""The strengths of the regulariser for first terms and for second terms."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A retrained network: its strengths and seed, its file, and its accuracies.

    `accuracy` is measured on the held-out images. `choosing_accuracy` is measured on the training
    images of the file, without the images that calibrate. `k` is the number of filters with 0, 1
    and 2 terms.
    """

    strengths: Strengths
    seed: int
    network: str
    accuracy: float
    choosing_accuracy: float
    k: tuple[int, int, int]

    @property
    def label(self) -> str:
        """The strengths as a text that `read_strengths` reads."""
        return spell_strengths(self.strengths)


def read_strengths(text: str, where: str) -> tuple[Strengths, ...]:
    """The strengths of a text: for second terms as `0.001,0.003`, or for first and second terms as
    `0.001:0.003`.

    Raises `InputError` for a text of another form.
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
    """The text of strengths: `0.003`, or `0.001:0.003` if first terms are regularised too."""
    return f"{own[0]:g}:{own[1]:g}" if own[0] else f"{own[1]:g}"


def retrain(
    base: Recipe, strengths: Sequence[Strengths], directory: Path, tell: Tell | None = None
) -> tuple[Candidate, ...]:
    """Train `base` once in float, then under `flightnn` at all strengths.

    Every training has its own run directory in `directory`, and resumes where it was stopped.
    Raises `InputError` for a recipe of another scheme, for a recipe that has neither epochs in
    float nor a start, and for a recipe that training refuses.
    """
    # Imported here: PyTorch is an extra, and takes seconds to load.
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
