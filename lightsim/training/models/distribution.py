"""The distribution loss: what keeps binary activations from three shapes that teach nothing.

Of every channel of a layer's normalised sums, before the sign is taken, mu is the mean and s the
standard deviation over batch and space. With (x)+ = max(x, 0):

                    `code` (the authors' code)   `paper` (as the paper is stated)
    degeneration    (mu**2 - s**2)+              (|mu| - s)+ ** 2         all of one sign
    saturation      (s - 4)+ ** 2                (s / 4 - 1)+ ** 2        all outside -1..1
    mismatch        (2 - |mu| - s)+ ** 2         (1 - |mu| - s / 4)+ ** 2 all inside -1..1

averaged over channels. Ding, Chin, Liu and Marculescu, Regularizing Activation Distribution for
Training Binarized Deep Networks, CVPR 2019: the code was read (ruizhoud/DistributionLoss), the
paper's own equations are recalled.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["FORMS", "channel_statistics", "distribution_terms", "shape_shares"]

_TINY = 1e-10  # added to the variance, as the authors do
_ONE_SIDED = 0.99

Shape = Callable[[Tensor, Tensor], Tensor]


def _squared(x: Tensor) -> Tensor:
    return x.clamp(min=0).square()


FORMS: dict[str, dict[str, Shape]] = {
    "code": {
        "degeneration": lambda mu, s: (mu.square() - s.square()).clamp(min=0),
        "saturation": lambda mu, s: _squared(s - 4),
        "mismatch": lambda mu, s: _squared(2 - mu.abs() - s),
    },
    "paper": {
        "degeneration": lambda mu, s: _squared(mu.abs() - s),
        "saturation": lambda mu, s: _squared(0.25 * s - 1),
        "mismatch": lambda mu, s: _squared(1 - mu.abs() - 0.25 * s),
    },
}
"""For each form, each term of mean and standard deviation, float[channels] of float[channels]."""


def distribution_terms(sums: Tensor, form: str) -> dict[str, Tensor]:
    """The three terms of the loss for one layer's `sums` [n, channels, rows, columns], by name."""
    mu, s = channel_statistics(sums)
    return {name: shape(mu, s).mean() for name, shape in FORMS[form].items()}


def channel_statistics(sums: Tensor) -> tuple[Tensor, Tensor]:
    """The mean and standard deviation of every channel over batch and space, float[channels]."""
    mu = sums.mean((0, 2, 3))
    variance = (sums - mu[:, None, None]).square().mean((0, 2, 3))
    return mu, (variance + _TINY).sqrt()


def shape_shares(sums: Tensor) -> dict[str, float]:
    """The extent of the three harmful shapes, as shares from 0 to 1.

    `one_sided`: the share of channels in which 99 % of the values have one sign. `outside`: the
    share of values whose sign has no gradient (|x| > 1). `inside`: the share of the other values.
    """
    with torch.no_grad():
        positive = (sums >= 0).float().mean((0, 2, 3))
        one_sided = ((positive > _ONE_SIDED) | (positive < 1 - _ONE_SIDED)).float().mean()
        inside = float((sums.abs() <= 1).float().mean())
    return {"one_sided": float(one_sided), "outside": 1 - inside, "inside": inside}
