"""A layer's curve: the least loss for every number of passes that its row groups may take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dse.tiled.allocation.filling import PRUNED_NEVER, fill, fill_any, loss_table
from dse.tiled.allocation.stacks import Stack

__all__ = ["Curve", "UniformCurve", "layer_curve", "uniform_curve"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The points of a layer: `passes` int64[point] rise and `losses` int64[point] fall.

    `splits[point][stack]` are the numbers of row groups with two passes and with one pass.
    `filter_losses` int64[out, 3] are the losses of every filter at k = 0, 1, 2.
    """

    passes: Ints
    losses: Ints
    splits: tuple[tuple[tuple[int, int], ...], ...]
    stacks: tuple[Stack, ...]
    filter_losses: Ints

    def __len__(self) -> int:
        """How many points there are."""
        return len(self.passes)

    def k_at(self, point: int) -> NDArray[np.int8]:
        """The k of the layer's filters at a point: int8[out]."""
        k = np.zeros(len(self.filter_losses), np.int8)
        for stack, (two, one) in zip(self.stacks, self.splits[point], strict=True):
            fill(stack, self.filter_losses, two, one, k)
        return k

    def example_at(self, point: int) -> NDArray[np.int8]:
        """An allocation int8[out] with as many passes as the allocation of `k_at`, but found
        without an assignment problem."""
        k = np.zeros(len(self.filter_losses), np.int8)
        for stack, (two, one) in zip(self.stacks, self.splits[point], strict=True):
            fill_any(stack, self.filter_losses, two, one, k)
        return k


@dataclass(frozen=True, slots=True, eq=False)
class UniformCurve:
    """The points of a layer whose filters all have the same number of terms: `terms` rising, and
    the layer's loss int64[point] at each."""

    terms: tuple[int, ...]
    losses: Ints
    filters: int

    def __len__(self) -> int:
        """How many points there are."""
        return len(self.terms)

    def k_at(self, point: int) -> NDArray[np.int8]:
        """The k of the layer's filters at a point: int8[out]."""
        return np.full(self.filters, self.terms[point], np.int8)

    example_at = k_at


def uniform_curve(terms: tuple[int, ...], losses: Ints) -> UniformCurve:
    """The points of a layer whose filters all have the same number of terms, one of `terms`;
    `losses` int64[out, 3]."""
    return UniformCurve(terms, losses[:, list(terms)].sum(axis=0), len(losses))


def layer_curve(stacks: tuple[Stack, ...], losses: Ints, prune: bool) -> Curve:
    """The points of a layer: a point with more passes has a smaller loss.

    The passes of a point are the sum over all row groups. They decide the cycles of a layer, so a
    term that does not change them costs nothing. `losses` int64[out, 3] are the losses of every
    filter at k = 0, 1, 2; without `prune` all filters keep a term. Every point has at least one
    pass.
    """
    if not prune:
        # A filter without terms gets a loss that no choice prefers.
        losses = np.column_stack((losses.max(axis=1) + 1, losses[:, 1:]))
    total = np.zeros(1, np.int64)
    trail: list[Ints] = []
    curves = [_stack_curve(stack, losses, prune) for stack in stacks]
    for own, _ in curves:
        sums = np.full(len(total) + len(own) - 1, PRUNED_NEVER, np.int64)
        chosen = np.zeros(len(sums), np.int64)
        for passes, loss in enumerate(own.tolist()):
            part = slice(passes, passes + len(total))
            better = total + loss < sums[part]
            sums[part][better] = (total + loss)[better]
            chosen[part][better] = passes
        total = np.minimum(sums, PRUNED_NEVER)
        trail.append(chosen)
    least = np.minimum.accumulate(np.concatenate(([PRUNED_NEVER], total[1:])))
    rows = np.flatnonzero(least[1:] < least[:-1]) + 1
    splits = tuple(_split(curves, trail, at) for at in rows.tolist())
    return Curve(rows, total[rows], splits, stacks, losses)


def _stack_curve(stack: Stack, losses: Ints, prune: bool) -> tuple[Ints, list[tuple[int, int]]]:
    """The least loss of a stack for every number of passes, int64[2 * groups + 1], and for each
    the numbers of groups with two passes and with one."""
    table = loss_table(stack, losses, prune)
    best = np.full(2 * stack.groups + 1, PRUNED_NEVER, np.int64)
    split = [(0, 0)] * len(best)
    for two in range(stack.groups + 1):
        for one in range(stack.groups + 1 - two):
            if table[two, one] < best[2 * two + one]:
                best[2 * two + one], split[2 * two + one] = table[two, one], (two, one)
    return best, split


def _split(
    curves: list[tuple[Ints, list[tuple[int, int]]]], trail: list[Ints], passes: int
) -> tuple[tuple[int, int], ...]:
    parts = []
    for (_, split), chosen in zip(reversed(curves), reversed(trail), strict=True):
        own = int(chosen[passes])
        parts.append(split[own])
        passes -= own
    return tuple(reversed(parts))
