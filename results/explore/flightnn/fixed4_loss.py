"""The sensitivity of four-bit weights, by the losses of filters with one term."""

from __future__ import annotations

import numpy as np

from dse.accuracy.rounded_network import RoundedNetwork
from dse.accuracy.source import Losses
from lightsim.quantisation.workload import QuantisedLayer

__all__ = ["fixed4_loss"]

STEPS = 2.0 ** (np.arange(-24, 6) / 6)
WIDEST = 256


def fixed4_loss(rounded_network: RoundedNetwork, losses: Losses) -> float:
    """A filter's loss with one term, times the ratio of the squared rounding errors of its
    weights; summed over filters."""
    total = 0.0
    for layer in rounded_network.reference.layers:
        if layer.weights is None:
            continue
        one, four = _weight_errors(layer)
        loss = losses[layer.layer.name][:, 1]
        total += float((loss * np.divide(four, one, out=np.zeros_like(four), where=one > 0)).sum())
    return total


def _weight_errors(layer: QuantisedLayer) -> tuple[np.ndarray, np.ndarray]:
    """Squared rounding errors of every filter with one term, and with four-bit weights, each at
    the best step a filter can have: float64[out] both."""
    assert layer.weights is not None
    values = np.arange(-WIDEST, WIDEST + 1)[None]
    magnitude = np.maximum(np.abs(values) / STEPS[:, None], 1e-9)
    low = 2.0 ** np.clip(np.floor(np.log2(magnitude)), 1, 7)
    one = np.where(magnitude - low > 2 * low - magnitude, np.minimum(2 * low, 128), low)
    one = np.where(magnitude < 1, 0, one) * np.sign(values) * STEPS[:, None]
    four = 16 * STEPS[:, None] * np.clip(np.rint(values / (16 * STEPS[:, None])), -8, 7)
    tables = [np.square(values - table) for table in (one, four)]
    rows = layer.weights.reshape(len(layer.weights), -1).astype(np.int64) + WIDEST
    counts = np.array([np.bincount(row, minlength=values.size) for row in rows])
    first, second = ((counts @ table.T).min(axis=1) for table in tables)
    return first, second
