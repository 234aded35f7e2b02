"""The least loss of a stack whose first groups take two passes, the next groups one pass, and the
rest no pass."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dse.tiled.allocation.pruning import add_items
from dse.tiled.allocation.stacks import Stack

__all__ = ["PRUNED_NEVER", "fill", "fill_any", "loss_table"]

Ints = NDArray[np.int64]

_MOST_TABLES = 48  # tables that are kept; one of 512 filters takes 2 MB

PRUNED_NEVER = 1 << 44
"""The loss of a filter that may not be pruned; far above any sum of real losses."""


def loss_table(stack: Stack, losses: Ints, prune: bool) -> Ints:
    """The least loss with `two` groups of two passes and `one` groups of one pass, as
    int64[two, one], each from 0 to the number of groups.

    `losses` int64[out, 3] are the losses of the layer's filters at k = 0, 1, 2. Without `prune`
    only two + one = groups is possible. An impossible pair has the loss `PRUNED_NEVER` or more.
    """
    two, one = np.indices((stack.groups + 1, stack.groups + 1))
    possible = two + one <= stack.groups if prune else two + one == stack.groups
    at_most = _at_most(stack, losses)
    best = _with_pruning(at_most) if prune else _without(at_most)
    table = np.full(two.shape, PRUNED_NEVER, np.int64)
    table[possible] = best[_capacities(stack, two[possible], one[possible])]
    return table


def fill(stack: Stack, losses: Ints, two: int, one: int, k: NDArray[np.int8]) -> None:
    """Write into `k` int8[out] the allocation of the stack's filters that loses least with `two`
    groups of two passes and `one` groups of one pass."""
    # SciPy's optimisers take half a second to load.
    from scipy.optimize import linear_sum_assignment

    at_most = _at_most(stack, losses)
    places = _places(stack, two, one)
    for item, place in zip(*linear_sum_assignment(at_most[:, places]), strict=True):
        own = list(stack.items[item])
        # Among equal losses the fewest terms.
        k[own] = np.argmin(losses[own][:, : places[place] + 1], axis=1)


def fill_any(stack: Stack, losses: Ints, two: int, one: int, k: NDArray[np.int8]) -> None:
    """Write into `k` int8[out] an allocation of the stack's filters with `two` groups of two
    passes and `one` groups of one pass.

    It has as many passes as the allocation of `fill`, in nearly the same filters. Two terms go to
    the filters whose second term saves most loss, one term to the filters among the others whose
    term saves most. The filters must be about the right ones: the post-processing lane of a filter
    depends on its place in the tile, and neighbouring filters would drain too quickly.
    """
    at_most = _at_most(stack, losses)
    terms = _places(stack, two, one)
    twos, some = int((terms == 2).sum()), int((terms > 0).sum())
    order = np.argsort(at_most[:, 2] - at_most[:, 1], kind="stable")
    rest = order[twos:]
    rest = rest[np.argsort(at_most[rest, 1] - at_most[rest, 0], kind="stable")]
    for value, chosen in ((2, order[:twos]), (1, rest[: some - twos]), (0, rest[some - twos :])):
        for item in chosen.tolist():
            k[list(stack.items[item])] = value


def _places(stack: Stack, two: int, one: int) -> Ints:
    """The most terms that each place of a stack allows, int64[place], falling; there is one place
    for each item."""
    twos, some = _capacities(stack, np.array(two), np.array(one))
    places = np.zeros(len(stack.items), np.int64)
    places[:some] = 1
    places[:twos] = 2
    return places


def _at_most(stack: Stack, losses: Ints) -> Ints:
    """The loss of every item with at most 0, 1, 2 terms: int64[items, 3]."""
    own = np.minimum.accumulate(losses, axis=1)
    if all(len(item) == 1 for item in stack.items):
        return np.asarray(own[[item[0] for item in stack.items]], np.int64)
    return np.array([own[list(item)].sum(axis=0) for item in stack.items], np.int64)


def _capacities(stack: Stack, two: Ints, one: Ints) -> tuple[Ints, Ints]:
    """How many items may have two terms, and how many may have a term at all."""
    rooms, fast = (np.concatenate(([0], np.cumsum(row))) for row in (stack.rooms, stack.fast))
    twos = rooms[two] + fast[two + one] - fast[two]
    count = len(stack.items)
    some = np.minimum(rooms[two + one], count)
    return np.minimum(twos, some), some


def _without(at_most: Ints) -> Ints:
    """The least loss [twos, some] if every item has a term: two terms go where they save most."""
    saved = np.sort(at_most[:, 1] - at_most[:, 2])[::-1]
    least = int(at_most[:, 1].sum()) - np.concatenate(([0], np.cumsum(saved)))
    table = np.full((len(least), len(least)), PRUNED_NEVER, np.int64)
    table[:, -1] = least
    return table


def _with_pruning(at_most: Ints) -> Ints:
    """The least loss [twos, some] with at most `twos` items of two terms and at most `some` items
    of any terms."""
    return _all_choices(at_most.tobytes())


@lru_cache(maxsize=_MOST_TABLES)
def _all_choices(at_most: bytes) -> Ints:
    """`_with_pruning`, by the bytes of its argument, so that designs with equal tiles of filters
    share one table."""
    items = np.frombuffer(at_most, np.int64).reshape(-1, 3)
    best = np.zeros((len(items) + 1, len(items) + 1), np.int64)
    add_items(items, best)
    return best
