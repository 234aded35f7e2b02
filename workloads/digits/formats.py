"""Formats: the weights a filter may take under a scheme, its scale, and its number of terms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.formats.table import codec

__all__ = ["best_scale", "levels", "terms_of_filters"]

_SCALES_TRIED = 2.0 ** (-np.arange(33) / 8)
_PRUNED_FRACTION = 1 / 8


def levels(scheme: Scheme, k: int) -> NDArray[np.float64]:
    """The real weights that a filter of `k` terms can hold, in rising order."""
    values = {
        word.value
        for word in codec(scheme.name).words
        if not scheme.k_per_filter or sum(term is not None for term in word.terms) <= k
    }
    return np.array(sorted(values)) / 2.0**scheme.fraction_bits


def best_scale(weights: NDArray[np.float32], allowed: NDArray[np.float64]) -> float:
    """The layer's weight that level 1.0 stands for: least squared error of rounding."""
    largest = float(np.abs(weights).max()) / float(np.abs(allowed).max())
    tried = largest * 2 * _SCALES_TRIED
    errors = [float(np.square(weights - _nearest(weights / s, allowed) * s).sum()) for s in tried]
    return float(tried[int(np.argmin(errors))])


def terms_of_filters(
    weights: NDArray[np.float32], scheme: Scheme, scale: float, may_prune: bool
) -> NDArray[np.int8]:
    """k of every filter, `int8[out]`: fixed by the scheme, or chosen by residual norms.

    A filter's second term is kept where what the first one leaves over has a norm above the
    layer's median; a filter is pruned where its own norm is among the layer's smallest.
    """
    if not scheme.k_per_filter:
        return np.full(len(weights), scheme.max_terms, np.int8)
    flat = weights.reshape(len(weights), -1)
    left_over = flat - _nearest(flat / scale, levels(scheme, 1)) * scale
    norms = np.linalg.norm(left_over, axis=1)
    k = np.where(norms > np.median(norms), 2, 1).astype(np.int8)
    if may_prune:
        smallest = np.argsort(np.linalg.norm(flat, axis=1), kind="stable")
        k[smallest[: int(len(k) * _PRUNED_FRACTION)]] = 0
    return k


def _nearest(values: NDArray[np.float64], allowed: NDArray[np.float64]) -> NDArray[np.float64]:
    return allowed[np.searchsorted((allowed[1:] + allowed[:-1]) / 2, values)]
