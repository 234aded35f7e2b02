"""Real filters as integers of a scheme, with the scale of each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.importing.lowering.draft import Draft, Reals, Weights
from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.formats.table import codec

__all__ = ["Filters", "filters_of", "holds"]

Filters = tuple[NDArray[np.int16], Reals]
"""Integers int16[out, in / groups, kh, kw] and scales float64[out]: reals are their products."""

_STEPS = 2.0 ** (np.arange(-6, 6) / 12)  # one octave: terms are powers of two


def filters_of(draft: Draft, scheme: Scheme, *, one_scale: bool) -> Filters:
    """The filters of a layer under a scheme: those of its file, else the nearest.

    With `one_scale` all filters of the layer have the same.
    """
    if draft.codes is not None and holds(scheme, draft.codes.values):
        return draft.codes.values.astype(np.int16), draft.codes.scale
    assert draft.weights is not None
    flat = draft.weights.reshape(len(draft.weights), -1)
    largest = np.abs(flat).max(axis=1).astype(np.float64)
    if one_scale:
        largest = np.full(len(flat), largest.max())
    largest = np.where(largest > 0, largest, 1.0)
    if scheme.is_sign:
        mean = np.abs(flat).mean(axis=1).astype(np.float64)
        scale = np.full(len(flat), mean.mean()) if one_scale else mean
        signs = np.where(draft.weights >= 0, 1, -1).astype(np.int16)
        return signs, np.where(scale > 0, scale, 1.0)
    if not scheme.is_shift_add:
        most = scheme.largest - 1
        scale = largest / most
        return _rounded(draft.weights, scale, most), scale
    return _nearest_terms(draft.weights, largest, scheme, one_scale=one_scale)


def holds(scheme: Scheme, values: NDArray[np.int32]) -> bool:
    """Whether a scheme has words for all integers."""
    representable = codec(scheme.name).representable.astype(np.int32)
    return bool(np.isin(np.unique(values), representable).all())


def _rounded(weights: Weights, scale: Reals, most: int) -> NDArray[np.int16]:
    numbers = np.rint(weights / scale.astype(np.float32)[:, None, None, None])
    return np.asarray(np.clip(numbers, -most, most), np.int16)


def _nearest_terms(weights: Weights, largest: Reals, scheme: Scheme, *, one_scale: bool) -> Filters:
    """Filters as sums of powers of two, at the step of an octave that leaves least error."""
    table = np.unique(codec(scheme.name).representable).astype(np.float64)
    middles = (table[1:] + table[:-1]) / 2
    values = np.zeros(weights.shape, np.int16)
    scales, least = np.ones(len(weights)), np.full(len(weights), np.inf)
    flat = weights.reshape(len(weights), -1)
    for step in _STEPS:
        scale = largest * step / table[-1]
        chosen = table[np.searchsorted(middles, flat / scale[:, None])]
        error = ((chosen * scale[:, None] - flat) ** 2).sum(axis=1)
        if one_scale:
            error[:] = error.sum()
        better = error < least
        least = np.where(better, error, least)
        scales = np.where(better, scale, scales)
        values[better] = chosen[better].reshape(-1, *weights.shape[1:]).astype(np.int16)
    return values, scales
