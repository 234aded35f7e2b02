"""Batches of images, prepared while the model trains on the previous batch.

On a processor, one thread draws, mirrors and shifts the next batch in one pass over its images,
without Python's lock. A graphics card prepares the batch itself (`augmentation`). Both give the
same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lightsim.kernels.compiled import compiled
from lightsim.quantisation.workload import LabelledImages
from lightsim.training.loop.augmentation import augmented, drawn
from lightsim.training.recipes.entries import AugmentationEntry

__all__ = ["Batches", "as_tensors", "batches_of"]


@dataclass(frozen=True, slots=True)
class Batches:
    """Images int16[n, c, h, w] and labels int64[n] on a device; `background` is the darkest pixel
    value.
    """

    images: Tensor
    labels: Tensor
    background: float


def as_tensors(own: LabelledImages, device: torch.device) -> Batches:
    """Labelled images as tensors on a device."""
    images, labels = (
        torch.from_numpy(np.ascontiguousarray(own.images, np.int16)).to(device),
        torch.from_numpy(own.labels).to(device),
    )
    return Batches(images, labels, float(own.images.min()))


def batches_of(
    data: Batches, size: int, own: AugmentationEntry, rng: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches: images float32[size, c, h, w], augmented as `own` says, with their labels.

    Each image occurs at most once; an incomplete last batch is dropped. All random numbers come
    from `rng`, in the order of the batches.
    """
    order = rng.permutation(len(data.labels))
    chosen = [order[at : at + size] for at in range(0, len(order) - size + 1, size)]
    if data.images.device.type != "cpu":
        for rows in chosen:
            picked = torch.from_numpy(rows).to(data.labels.device)
            images = augmented(data.images[picked].float(), own, data.background, rng)
            yield images, data.labels[picked]
        return

    def made(rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        return _changed(data, rows, own, rng), data.labels[torch.from_numpy(rows)]

    with ThreadPoolExecutor(1, "lightsim-batches") as ahead:
        coming = ahead.submit(made, chosen[0])
        for rows in chosen[1:]:
            ready, coming = coming.result(), ahead.submit(made, rows)
            yield ready
        yield coming.result()


def _changed(
    data: Batches, rows: NDArray[np.int64], own: AugmentationEntry, rng: np.random.Generator
) -> Tensor:
    """The result of `augmented` for the images `rows`, with the channels last in memory."""
    turned, moves = drawn(len(rows), own, rng)
    count, channels, high, wide = len(rows), *data.images.shape[1:]
    out = np.empty((count, high, wide, channels), np.float32)
    _place(data.images.numpy(), rows, turned, moves, data.background, out)
    return torch.from_numpy(out).permute(0, 3, 1, 2)


@compiled(
    "void(Array(int16, 4, 'C', True), Array(int64, 1, 'C', True), Array(boolean, 1, 'C', True), "
    "Array(int64, 2, 'A', True), float32, float32[:,:,:,::1])"
)
def _place(
    images: NDArray[np.int16],
    rows: NDArray[np.int64],
    turned: NDArray[np.bool_],
    moves: NDArray[np.int64],
    background: float,
    out: NDArray[np.float32],
) -> None:
    """Copy the images `rows`, mirrored and then shifted; pixels from outside are `background`."""
    channels, high, wide = images.shape[1:]
    for n in range(rows.size):
        image = images[rows[n]]
        for y in range(high):
            source_y = y + moves[0, n]
            for x in range(wide):
                source_x = x + moves[1, n]
                inside = 0 <= source_y < high and 0 <= source_x < wide
                column = wide - 1 - source_x if turned[n] else source_x
                for c in range(channels):
                    out[n, y, x, c] = image[c, source_y, column] if inside else background
