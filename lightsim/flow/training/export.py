"""A trained seed as files: its integers, its network file, and its accuracy."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from lightsim.quantisation.inference.infer import accuracy, infer
from lightsim.quantisation.inference.threads import cores
from lightsim.quantisation.stored.saving import (
    IMAGES,
    NETWORK,
    store_images,
    store_integers,
    store_network,
)
from lightsim.quantisation.workload import LabelledImages
from lightsim.reports.training.report import EpochReport, SeedReport
from lightsim.training.data import TrainingData
from lightsim.training.loop.batches import as_tensors
from lightsim.training.loop.epochs import deterministic, logits
from lightsim.training.loop.seeds import TrainedSeed, device_of, filters_by_k
from lightsim.training.loop.states import seed_folder
from lightsim.training.recipes.recipe import FLOAT, Recipe

__all__ = ["export_seed"]

_MOST_KEPT = 2048  # training images stored with a network, to calibrate k and compare choices
_CALIBRATING = 128  # the number of images that calibrate rounding to k terms


def export_seed(
    recipe: Recipe, data: TrainingData, trained: TrainedSeed, directory: Path
) -> SeedReport:
    """Write the trained network file of a seed, and the directory's own file for the first seed.

    The accuracy in the report is the accuracy of the bit-exact kernels with the exported integers,
    on the judging images. Under `float32` nothing is exported.
    """
    history = tuple(EpochReport(**asdict(epoch)) for epoch in trained.history)
    judging, device = data.judging, device_of(recipe.device)
    with deterministic(recipe.threads, device):
        found = logits(trained.model, as_tensors(judging, device).images)
    k = filters_by_k(trained.model)
    if recipe.scheme == FLOAT:
        right = float(np.mean(found.argmax(1) == judging.labels))
        return SeedReport(trained.seed, right, None, None, k, history)
    origin, folder = _provenance(recipe, trained.seed), seed_folder(directory, trained.seed)
    workload = trained.model.export(origin, data.held_out)
    same = bool((infer(workload, judging.images).reshape(len(found), -1) == found).all())
    weights = store_integers(workload, folder / f"{workload.scheme.name}.npz")
    places = [folder]
    if trained.seed == recipe.seeds[0]:
        store_images(directory / IMAGES, data.held_out, _seen(data))
        places.append(directory)
    for place in places:
        store_network(
            recipe.network, place / NETWORK, {workload.scheme.name: weights},
            provenance=origin, held_out=directory / IMAGES, data=data.data,
        )  # fmt: skip
    right = accuracy(workload, judging, threads=cores())
    name = (folder / NETWORK).relative_to(directory).as_posix()
    return SeedReport(trained.seed, right, same, name, k, history)


def _seen(data: TrainingData) -> LabelledImages:
    """The training images stored with an exported network, taken evenly.

    If some training images were set apart, the stored images are enough images for calibration and
    then the images set apart, which judge choices better.
    """
    if data.judging is data.held_out:
        return _some(data.training, _MOST_KEPT)
    first = _some(data.training, _CALIBRATING)
    return replace(
        first,
        images=np.concatenate([first.images, data.judging.images]),
        labels=np.concatenate([first.labels, data.judging.labels]),
    )


def _some(own: LabelledImages, most: int) -> LabelledImages:
    chosen = np.unique(np.linspace(0, len(own.labels) - 1, most).round().astype(int))
    return replace(own, images=own.images[chosen], labels=own.labels[chosen])


def _provenance(recipe: Recipe, seed: int) -> str:
    before = f"{recipe.float_epochs} epochs in float, then " if recipe.float_epochs else ""
    before = f"from {recipe.start}, " if recipe.start else before
    return (
        f"lightsim train, recipe {recipe.name}, {before}{recipe.epochs} epochs under "
        f"{recipe.scheme}, seed {seed}"
    )
