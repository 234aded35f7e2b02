"""How many signed powers of two an integer weight is: its k, recovered."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lightsim.numerics.formats.scheme import Scheme
from lightsim.numerics.formats.table import codec

__all__ = ["filter_k", "greedy_terms", "signed_digits", "terms_histogram"]


def signed_digits(values: NDArray[np.int32]) -> NDArray[np.int64]:
    """The fewest signed powers of two that add up to each value: its canonical signed digits.

    A digit stands wherever w and 3 w differ (Reitwiesner 1960).
    """
    wide = np.abs(np.asarray(values, np.int64))
    return np.asarray(np.bitwise_count(wide ^ (3 * wide)), np.int64)


def greedy_terms(values: NDArray[np.int32]) -> NDArray[np.int64]:
    """The terms that a greedy rounding takes for each value: the nearest power of two, then that
    of the rest, until nothing is left (a tie takes the larger power)."""
    rest = np.abs(np.asarray(values, np.int64))
    count = np.zeros(rest.shape, np.int64)
    while rest.any():
        floor = np.int64(1) << (np.bitwise_count(_filled(rest)) - 1).clip(0).astype(np.int64)
        power = np.where(2 * rest >= 3 * floor, 2 * floor, floor)
        count += rest > 0
        rest = np.where(rest > 0, np.abs(rest - power), 0)
    return count


def terms_histogram(values: NDArray[np.int32]) -> dict[str, int]:
    """Weights with 0, 1, 2 and more terms."""
    counts = np.bincount(signed_digits(values).reshape(-1), minlength=4)
    return {"0": int(counts[0]), "1": int(counts[1]), "2": int(counts[2]),
            "more": int(counts[3:].sum())}  # fmt: skip


def filter_k(weights: NDArray[np.int16], scheme: Scheme) -> NDArray[np.int8]:
    """int8[filters]: k of each filter under a scheme that holds the weights."""
    if not scheme.is_shift_add:
        return np.zeros(len(weights), np.int8)
    if not scheme.k_per_filter:
        return np.full(len(weights), scheme.max_terms, np.int8)
    table = _fewest_terms(scheme.name)
    flat = weights.reshape(len(weights), -1).astype(np.int64) + scheme.largest
    return np.asarray(table[flat].max(axis=1), np.int8)


@lru_cache
def _fewest_terms(name: str) -> NDArray[np.int64]:
    """By value, from the lowest, the fewest terms of the words that mean it."""
    numbers = codec(name)
    largest = numbers.scheme.largest
    fewest = np.full(2 * largest + 1, np.iinfo(np.int8).max, np.int64)
    for word in numbers.words:
        terms = sum(term is not None for term in word.terms)
        fewest[word.value + largest] = min(fewest[word.value + largest], terms)
    return fewest


def _filled(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every bit below the highest one of each value set."""
    filled = values.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        filled |= filled >> shift
    return filled
