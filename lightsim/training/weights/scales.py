"""The scale of a layer's weights: the scale with the least rounding error."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["best_scales"]

_TRIED = 2.0 ** (1 - torch.arange(41, dtype=torch.float32) / 8)


def best_scales(weight: Tensor, rounded: Callable[[Tensor], Tensor], scale: Tensor) -> Tensor:
    """The best scale of the shape of `scale`, [1, 1, 1, 1] or [out, 1, 1, 1], for `weight`.

    `rounded(weight)` rounds weights with the scale in `scale`; on return `scale` holds the last
    scale tried. The search compares the squared rounding errors of forty-one scales, eight to an
    octave, downwards from twice the largest weight.
    """
    weight = weight.detach()
    axes = (1, 2, 3) if len(scale) > 1 else (0, 1, 2, 3)
    largest = weight.abs().amax(axes, keepdim=True).clamp(min=1e-8)
    best = largest.clone()
    least = torch.full_like(best, float("inf"))
    for factor in _TRIED.tolist():
        scale.copy_(largest * factor)
        error = (weight - rounded(weight) * scale).square().sum(axes, keepdim=True)
        better = error < least
        least = torch.where(better, error, least)
        best = torch.where(better, scale, best)
    return best
