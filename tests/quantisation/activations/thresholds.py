"""Workloads whose sums are requantised by thresholds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lightsim.numerics.sums.requantise import Rescaling
from lightsim.numerics.sums.thresholds import thresholds_of


def counted(workload, seed, jitter=40):
    """The workload with thresholds about those of its multipliers, none of them evenly spaced."""
    rng, layers = np.random.default_rng(seed), []
    for q in workload.layers:
        if q.weights is not None and q.output.is_requantised:
            multiplier = np.broadcast_to(q.multiplier, (len(q.weights),))
            moved = thresholds_of(Rescaling(multiplier, q.shift, q.rounding, q.lowest, q.highest))
            moved = np.sort(moved + rng.integers(-jitter, jitter + 1, moved.shape), axis=1)
            q = replace(q, thresholds=moved, multiplier=np.ones(1, np.int32), shift=0)
        layers.append(q)
    return replace(workload, layers=tuple(layers))
