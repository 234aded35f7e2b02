"""Models whose every parameter is somewhere odd, as no short training would leave them."""

import numpy as np
import torch

from lightsim.training.models.model import build_model
from lightsim.training.recipes.options import ModelOptions


def random_images(network, count, seed=0):
    """Integers over the whole range of the network's input, int16[count, c, h, w]."""
    rng = np.random.default_rng(seed)
    shape = (count, *(getattr(network.input_shape, key) for key in ("channels", "height", "width")))
    if network.input_bits == 1:
        return (rng.integers(0, 2, shape) * 2 - 1).astype(np.int16)
    low = -128 if network.input_signed else 0
    return rng.integers(low, low + 256, shape).astype(np.int16)


def odd_model(network, scheme, options=None, seed=0):
    """A model with calibrated steps, batch normalisations of both signs, and open and shut gates.

    One channel in six of every normalisation has a gamma of exactly 0, and one a tiny one.
    """
    model = build_model(network, scheme, options or ModelOptions(), seed)
    model.calibrate(torch.from_numpy(random_images(network, 16, seed)).float())
    rng = np.random.default_rng(seed)

    def draw(like, low, high):
        return torch.tensor(rng.uniform(low, high, tuple(like.shape)), dtype=like.dtype)

    with torch.no_grad():
        for node in model.weighted():
            if node.normalise is not None:
                gamma = draw(node.normalise.weight, -1.5, 1.5)
                gamma[::6], gamma[3::6] = 0.0, 1e-9
                node.normalise.weight.copy_(gamma)
                node.normalise.bias.copy_(draw(node.normalise.bias, -1, 1))
            if node.bias is not None:
                node.bias.copy_(draw(node.bias, -3, 3))
            if hasattr(node.weights, "thresholds"):
                norms = node.weights.residual_norms(node.weight)
                node.weights.thresholds.copy_(torch.tensor([0.1, float(np.median(norms))]))
    model.settle(torch.from_numpy(random_images(network, 16, seed)).float())
    return model.eval()
