"""Augmentation: the images of a batch are shifted by some pixels and may be mirrored."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from lightsim.training.recipes.entries import AugmentationEntry

__all__ = ["augmented", "drawn"]


def augmented(
    images: Tensor, own: AugmentationEntry, background: float, rng: np.random.Generator
) -> Tensor:
    """`images` [n, c, h, w], each shifted by up to `own.shift` pixels in both directions.

    Pixels that move in from outside are `background`. A share `own.share` of the images is shifted;
    with `own.flip` half of all images are mirrored left to right. All random numbers come from
    `rng`.
    """
    turned, moves = drawn(len(images), own, rng)
    if own.flip:
        mirrored = torch.from_numpy(turned).to(images.device)
        images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    if own.shift:
        images = _shifted(images, moves, own.shift, background)
    return images


def drawn(
    count: int, own: AugmentationEntry, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which of `count` images are mirrored, bool[n], and their shifts in pixels, int64[2, n]."""
    turned, moves = np.zeros(count, bool), np.zeros((2, count), np.int64)
    if own.flip:
        turned = rng.random(count) < 0.5
    if own.shift:
        moves = rng.integers(-own.shift, own.shift + 1, (2, count))
        moves[:, rng.random(count) >= own.share] = 0
    return turned, moves


def _shifted(images: Tensor, moves: np.ndarray, most: int, background: float) -> Tensor:
    high, wide = images.shape[2:]
    framed = functional.pad(images, (most, most, most, most), value=background)
    rows, columns = (
        torch.from_numpy(most + own[:, None] + np.arange(size)).to(images.device)
        for own, size in zip(moves, (high, wide), strict=True)
    )
    first = torch.arange(len(images), device=images.device)[:, None, None]
    # NumPy puts the axes of indices that are separated by a slice first: [n, h, w, c].
    return framed[first, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2).contiguous()
