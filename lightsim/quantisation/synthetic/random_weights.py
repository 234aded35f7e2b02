"""Random weights of one layer in a scheme's values, and the number of terms of each filter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.formats.scheme import Scheme
from lightsim.quantisation.synthetic.code_table import code_table
from lightsim.source import Source

__all__ = ["MIXED_K", "MIXED_K_SOURCE", "choose_k", "draw_weights", "mixed_k"]

MIXED_K = {0: 0.05, 1: 0.45, 2: 0.50}
MIXED_K_SOURCE = Source(
    "assumed",
    "shares of filters with k = 0, 1, 2 of a flightnn layer without trained weights; of other K "
    "alike: half have all K terms, and as many have 1 as have 2, 3, .. of the rest",
)


def mixed_k(scheme: Scheme) -> dict[int, float]:
    """The shares of filters with each k of a scheme where k is that of a filter (see `MIXED_K`)."""
    most = scheme.max_terms
    if most == 2:
        return MIXED_K
    fewer = dict.fromkeys(range(1, most), MIXED_K[1] / max(most - 1, 1))
    whole = MIXED_K[2] if fewer else MIXED_K[1] + MIXED_K[2]
    return {0: MIXED_K[0], **fewer, most: whole}


def choose_k(
    scheme: Scheme, filters: int, last: bool, rng: np.random.Generator
) -> NDArray[np.int8]:
    """`int8[filters]`: the scheme's number of terms, or, where filters differ, by `mixed_k`.

    In the `last` layer no filter is pruned: each is an output of the network. Some filter of
    every layer keeps a term, or nothing after the layer would depend on the image.
    """
    if not scheme.k_per_filter:
        return np.full(filters, scheme.max_terms, np.int8)
    shares = np.array(list(mixed_k(scheme).values()))
    if last:
        shares[0] = 0
    k = rng.choice(len(shares), filters, p=shares / shares.sum()).astype(np.int8)
    if not k.any():
        k[0] = 1
    return k


def draw_weights(
    scheme: Scheme, shape: tuple[int, int, int, int], k: NDArray[np.int8], rng: np.random.Generator
) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.float64]]:
    """Weights int16[out, in / groups, kh, kw], and each filter's sum and length, float64[out].

    A filter's length is the root of the sum of its squares. Filters are drawn one by one, so
    that nothing larger than a filter is held in float; their sums are integers below 2**53 and
    exact in any order.
    """
    weights = np.zeros(shape, np.int16)
    filters = weights.reshape(k.size, -1)
    size = filters.shape[1]
    tables = {int(terms): code_table(scheme, int(terms), size) for terms in np.unique(k)}
    sums, lengths = np.zeros(k.size), np.zeros(k.size)
    for number, row in enumerate(filters):
        words = np.frombuffer(rng.bytes(2 * size), "<u2")
        np.take(tables[int(k[number])], words, out=row, mode="clip")
        real = row.astype(np.float64)
        sums[number] = real.sum()
        # Not a dot product: BLAS would wake all its threads for each filter.
        lengths[number] = np.sqrt(np.square(real, out=real).sum())
    return weights, sums, lengths
