"""The least loss of a stack's items for every limit on the items of two terms and of any terms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import kernel

__all__ = ["add_items"]


@kernel
def add_items(at_most: NDArray[np.int64], best: NDArray[np.int64]) -> None:
    """Add items one by one to `best` int64[items + 1, items + 1], which is 0 before the first.

    `best[a, b]` is the least loss of all items so far, with at most a items of two terms and at
    most b items of any terms. `at_most` int64[items, 3] are the items' losses with at most 0, 1, 2
    terms.

    The loops run downwards, so that an entry is read before the present item changes it. After n
    items no limit above n makes a difference: only the table up to n is filled.
    """
    for item in range(at_most.shape[0]):
        zero, one, two = at_most[item, 0], at_most[item, 1], at_most[item, 2]
        last = item + 1
        for a in range(last):
            best[a, last] = best[a, item]
        best[last, last] = best[item, item]
        for a in range(last, -1, -1):
            for b in range(last, a - 1, -1):
                least = best[a, b] + zero
                if b > 0:
                    # Items of two terms count in b too, so a is never above b.
                    least = min(least, best[min(a, b - 1), b - 1] + one)
                if a > 0:
                    least = min(least, best[a - 1, b - 1] + two)
                best[a, b] = least
