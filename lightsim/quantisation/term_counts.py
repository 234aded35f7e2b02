"""How many terms a layer's filters have: what every machine reports of a layer in the same way."""

from __future__ import annotations

import numpy as np

from lightsim.quantisation.workload import QuantisedLayer

__all__ = ["filters_by_k", "terms_added"]


def filters_by_k(layer: QuantisedLayer) -> dict[str, int]:
    """Filters by number of terms; none counted for formats that multiply."""
    scheme, k = layer.scheme, layer.k
    if scheme is None or k is None or not scheme.is_shift_add:
        return {"0": 0, "1": 0, "2": 0}
    every = range(max(2, scheme.max_terms) + 1)
    return {str(terms): int(np.count_nonzero(k == terms)) for terms in every}


def terms_added(layer: QuantisedLayer, macs: int) -> int:
    """Signed powers of two added for one image of `macs` products: each product as k of them."""
    scheme, k = layer.scheme, layer.k
    if scheme is None or k is None or not scheme.is_shift_add:
        return 0
    return macs // len(k) * int(k.astype(np.int64).sum())
