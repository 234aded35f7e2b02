"""The kernel of `growing`: buffers doubled in turn while everything stays within limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dse.tiled.design.resource_columns import BRAM, RESOURCES
from lightsim.kernels.borrowed import inlined, kernel

__all__ = ["grow"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_INPUT, _WEIGHT, _RESIDUAL, _OUTPUT, _PSUM = 0, 1, 2, 3, 4


@kernel
def grow(
    costs: Ints,
    sizes: Ints,
    steps: Ints,
    choice: Ints,
    banks: Ints,
    grows: Bools,
    rest: Ints,
    limits: Ints,
    step: Ints,
    found_sizes: Ints,
    found_used: Ints,
    found_fits: Bools,
) -> None:
    """Size the buffers of all variants on all families of an array.

    `costs` [memory, choice, banks, step, 5] and `sizes` [memory, choice, step] are tables; `steps`
    [memory, choice] is the number of sizes. `choice`, `banks` and `grows` [variant, memory]
    describe the variants. `rest` [family, 5] are the resources of everything else, `limits` [5]
    the most of each resource; `step` [5] is working memory. Writes `found_sizes`, `found_used` and
    `found_fits`.
    """
    for n in range(rest.shape[0]):
        for v in range(choice.shape[0]):
            for m in range(5):
                step[m] = 0
            growing = True
            left_in, left_weight = grows[v, _INPUT], grows[v, _WEIGHT]
            left_sums, left_out = grows[v, _PSUM], grows[v, _OUTPUT]
            while growing:
                if left_in:
                    left_in = _doubled(
                        costs, steps, choice, banks, grows, rest, limits, step, n, v, _INPUT
                    )
                if left_weight:
                    left_weight = _doubled(
                        costs, steps, choice, banks, grows, rest, limits, step, n, v, _WEIGHT
                    )
                if left_sums:
                    left_sums = _doubled(
                        costs, steps, choice, banks, grows, rest, limits, step, n, v, _PSUM
                    )
                if left_out:
                    left_out = _doubled(
                        costs, steps, choice, banks, grows, rest, limits, step, n, v, _OUTPUT
                    )
                growing = left_in or left_weight or left_sums or left_out
            fits = True
            for r in range(RESOURCES):
                used = _used(costs, choice, banks, rest, step, n, v, r)
                found_used[n, v, r] = used
                fits = fits and used <= limits[r]
            found_fits[n, v] = fits
            for m in range(5):
                found_sizes[n, v, m] = sizes[m, choice[v, m], step[m]]


@inlined
def _doubled(
    costs: Ints,
    steps: Ints,
    choice: Ints,
    banks: Ints,
    grows: Bools,
    rest: Ints,
    limits: Ints,
    step: Ints,
    n: int,
    v: int,
    memory: int,
) -> bool:
    """Double a memory if it may grow and the design still fits; whether it was doubled."""
    if step[memory] + 1 >= steps[memory, choice[v, memory]]:
        return False
    follows = memory == _OUTPUT and grows[v, _RESIDUAL]
    step[memory] += 1
    if follows:
        step[_RESIDUAL] += 1
    for r in range(RESOURCES):
        if _used(costs, choice, banks, rest, step, n, v, r) > limits[r]:
            step[memory] -= 1
            if follows:
                step[_RESIDUAL] -= 1
            return False
    return True


@inlined
def _used(
    costs: Ints, choice: Ints, banks: Ints, rest: Ints, step: Ints, n: int, v: int, r: int
) -> int:
    """The amount of the resource `r` that a design takes, block RAM in whole blocks."""
    used = rest[n, r]
    for m in range(5):
        used += costs[m, choice[v, m], banks[v, m], step[m], r]
    return int((used + 1) // 2 if r == BRAM else used)
