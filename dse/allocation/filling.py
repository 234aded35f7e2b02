"""The least loss of a stack whose first groups take two passes, the next one, the rest none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dse.allocation.pruning import add_items
from dse.allocation.stacks import Pool, Stack

__all__ = ["PRUNED_NEVER", "fill", "fill_any", "loss_table"]

Ints = NDArray[np.int64]

PRUNED_NEVER = 1 << 44
"""The loss of a filter where it may not be pruned; far above any sum of real losses."""


def loss_table(stack: Stack, losses: Ints, prune: bool) -> Ints:
    """int64[groups + 1, groups + 1]: the least loss with g2 groups of two passes, g1 of one.

    `losses` int64[out, 3] are those of the layer's filters at k = 0, 1, 2. Without `prune` only
    g2 + g1 = groups is possible; what is not possible has the loss `PRUNED_NEVER` or more.
    """
    two, one = np.indices((stack.groups + 1, stack.groups + 1))
    possible = two + one <= stack.groups if prune else two + one == stack.groups
    table = np.full(two.shape, PRUNED_NEVER, np.int64)
    table[possible] = 0
    for pool in stack.pools:
        at_most = _at_most(pool, losses)
        best = _with_pruning(at_most) if prune else _without(at_most)
        table[possible] += best[_capacities(pool, two[possible], one[possible])]
    return table


def fill(stack: Stack, losses: Ints, two: int, one: int, k: NDArray[np.int8]) -> None:
    """Write the k of the stack's filters, with the least loss for `two` and `one`, into `k`."""
    # SciPy's optimisers take half a second to load.
    from scipy.optimize import linear_sum_assignment

    for pool in stack.pools:
        at_most = _at_most(pool, losses)
        places = _places(pool, two, one)
        for item, slot in zip(*linear_sum_assignment(at_most[:, places]), strict=True):
            own = list(pool.items[item])
            # Of equal losses the fewest terms.
            k[own] = np.argmin(losses[own][:, : places[slot] + 1], axis=1)


def fill_any(stack: Stack, two: int, one: int, k: NDArray[np.int8]) -> None:
    """Write a k of the stack's filters that needs `two` and `one` groups into `k`: the same
    for time as what `fill` writes, but found without looking at losses."""
    for pool in stack.pools:
        for item, terms in zip(pool.items, _places(pool, two, one).tolist(), strict=True):
            k[list(item)] = terms


def _places(pool: Pool, two: int, one: int) -> Ints:
    """The most terms of each of the places that the items are dealt to, falling."""
    twos, some = _capacities(pool, np.array(two), np.array(one))
    places = np.zeros(len(pool.items), np.int64)
    places[:some] = 1
    places[:twos] = 2
    return places


def _at_most(pool: Pool, losses: Ints) -> Ints:
    """The loss of every item with at most 0, 1, 2 terms: int64[items, 3]."""
    own = np.minimum.accumulate(losses, axis=1)
    return np.array([own[list(item)].sum(axis=0) for item in pool.items], np.int64)


def _capacities(pool: Pool, two: Ints, one: Ints) -> tuple[Ints, Ints]:
    """How many items may have two terms, and how many a term at all."""
    rooms, fast = (np.concatenate(([0], np.cumsum(row))) for row in (pool.rooms, pool.fast))
    twos = rooms[two] + fast[two + one] - fast[two]
    count = len(pool.items)
    some = np.minimum(rooms[two + one], count)
    return np.minimum(twos, some), some


def _without(at_most: Ints) -> Ints:
    """Least loss [twos, some] where all have a term: two terms go where they save most."""
    saved = np.sort(at_most[:, 1] - at_most[:, 2])[::-1]
    least = int(at_most[:, 1].sum()) - np.concatenate(([0], np.cumsum(saved)))
    table = np.full((len(least), len(least)), PRUNED_NEVER, np.int64)
    table[:, -1] = least
    return table


def _with_pruning(at_most: Ints) -> Ints:
    """Least loss [twos, some] with at most so many items of two terms, and of any."""
    best = np.zeros((len(at_most) + 1, len(at_most) + 1), np.int64)
    add_items(at_most, best)
    return best
