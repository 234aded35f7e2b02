"""How many filters of every layer have no, one or two terms."""

from __future__ import annotations

import numpy as np

from dse.evaluation.workloads import workload_of
from dse.search.result import Exploration
from dse.storage.record import Record

__all__ = ["k_counts"]


def k_counts(found: Exploration, record: Record) -> dict[str, dict[str, int]]:
    """By layer with weights, filters by k; for several networks the layer is `network/layer`.

    Formats that multiply have no terms: nothing is counted for them.
    """
    if record.k:
        return {
            name: {digit: digits.count(digit) for digit in "012"}
            for name, digits in record.k.items()
        }
    scheme = found.design(record).accelerator.scheme
    several = len(found.study.shares) > 1
    counts: dict[str, dict[str, int]] = {}
    for share in found.study.shares:
        workload = workload_of(share.network, scheme, found.study.search.seed)
        for layer in workload.layers:
            if layer.weights is None or layer.k is None:
                continue
            name = f"{share.network}/{layer.layer.name}" if several else layer.layer.name
            shifts = layer.scheme is not None and layer.scheme.is_shift_add
            counts[name] = {
                str(k): int(np.count_nonzero(layer.k == k)) if shifts else 0 for k in (0, 1, 2)
            }
    return counts
