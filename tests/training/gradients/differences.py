"""Slopes by central differences, and the numbers they are taken at."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the extra 'train'")


def random(seed, *shape, spread=1.0):
    """Normal numbers in float64, of a mean of zero."""
    return torch.tensor(np.random.default_rng(seed).normal(0, spread, shape))


def differences(function, x, h=1e-6):
    """Central differences of a number by every element of x."""
    slopes = np.zeros(x.size)
    for at in range(x.size):
        moved = [x.copy().reshape(-1) for _ in range(2)]
        moved[0][at] += h
        moved[1][at] -= h
        slopes[at] = (function(moved[0].reshape(x.shape)) - function(moved[1].reshape(x.shape))) / (
            2 * h
        )
    return slopes.reshape(x.shape)
