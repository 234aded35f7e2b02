"""The least loss of a stack's items for every limit on how many have two terms, and any."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import kernel

__all__ = ["add_items"]


@kernel
def add_items(at_most: NDArray[np.int64], best: NDArray[np.int64]) -> None:
    """Add items one by one to `best` int64[items + 1, items + 1], which is 0 before the first.

    `best[a, b]` is the least loss of all items so far with at most a of two terms and at most b
    of any; `at_most` int64[items, 3] are the items' losses with at most 0, 1, 2 terms. Falling
    indices leave what an item's choice refers to as it was before the item. No more terms than
    items so far can be used, so the table is worked on as far as these go, and grows with them.
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
                    # No more twos than any: a limit of b on both where a would be beyond it.
                    least = min(least, best[min(a, b - 1), b - 1] + one)
                if a > 0:
                    least = min(least, best[a - 1, b - 1] + two)
                best[a, b] = least
