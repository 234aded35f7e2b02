"""The least work that a convolution gives to a machine, over all its tiles together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined
from lightsim.tiled.bounds import layout as at
from lightsim.tiled.description.pipeline import PARAMETER_SLOTS

__all__ = ["asked", "choice"]

Floats = NDArray[np.float64]


@inlined
def asked(fact: Floats, design: Floats, i: int) -> tuple[float, float, float, float, float]:
    """The least work of the convolution `fact` on machine `i` of the block `design`.

    Returns five numbers: array steps; drain cycles; words of weights; how many times the sums of
    all tiles would fill the psum memory; and how many times all row slots would fill the parameter
    memory.
    """
    filters, groups = fact[at.FILTERS], fact[at.GROUPS]
    ones, twos = design[at.ONES + i], design[at.TWOS + i]
    fast, serial, xnor = (
        design[at.FAST_ROWS + i],
        design[at.SERIAL_ROWS + i],
        design[at.XNOR_ROWS + i],
    )
    built = fast + serial + xnor
    depthwise = fact[at.DEPTHWISE] > 0
    rows = choice(fact[at.DEPTHWISE] == 1, design[at.DEPTHWISE_ROWS + i], built)
    row_groups = groups * np.ceil(filters / rows)
    kept = ones + twos
    pruned = (design[at.PRUNES + i] > 0) & (kept < filters * groups)
    active = choice(pruned, np.ceil(kept / rows), row_groups)
    # Steps per tap, summed over all row groups, with serial rows: a slow group takes two passes.
    mostly_fast = max(active, np.ceil(twos / max(fast, 1.0)))
    mostly_serial = active + max(0.0, np.ceil((twos - fast * active) / max(serial, 1.0)))
    in_order = active + choice(fast > 0, 0.0, np.ceil(twos / rows))
    passes = choice(depthwise, in_order, choice(fast >= serial, mostly_fast, mostly_serial))
    # Where all rows are serial a row takes the terms beyond the second of a filter one by one.
    further = np.ceil(fact[at.THREES] / rows) + np.ceil(fact[at.FOURS] / rows)
    passes = passes + choice(fast > 0, 0.0, further)
    full = groups * np.floor(filters / rows)
    bits = fact[at.ACTIVATION_BITS]
    mixed = (xnor > 0) & (not depthwise)
    taken = choice(mixed, full * bits + row_groups - full, passes)
    taken = choice(xnor == built, active * bits, taken)
    positions = fact[at.POSITIONS] * design[at.IMAGES + i]
    outputs = np.ceil(positions / design[at.PIXELS + i])
    steps = fact[at.STEPS]
    # One more filter can turn an idle group into an active group and a slow group into a fast one.
    # The bound must not rise when fewer filters have a term. A group therefore counts as idle only
    # where the two-term filters leave the group idle.
    spread = (fast > 0) & (serial > 0) & (not depthwise)
    at_work = choice(spread, max(active, np.ceil(twos / max(fast, 1.0))), active)
    busy = outputs * (row_groups - min(row_groups, at_work) + steps * taken)

    lanes = design[at.POST_LANES + i]
    drain = groups * np.ceil(filters / lanes)
    # Every row group but the last is full. The filters of the last group are drained on their own.
    rest = filters - np.floor(filters / rows) * rows
    exact = full * design[at.DRAIN_FULL + i] + groups * np.ceil(rest / lanes)
    plain = (design[at.DRAIN_FULL + i] > 0) & (not depthwise) & (fast * serial == 0)
    drain = choice(plain, exact, drain)

    word = choice(depthwise, design[at.DEPTHWISE_WORDS + i], design[at.STEP_WORDS + i])
    weights = word * steps * passes + design[at.PARAMETER_WORDS + i] * row_groups
    sums = row_groups * outputs * design[at.PSUM_WORD + i] / design[at.PSUM_BITS + i]
    slots = row_groups * design[at.ROWS_LEAST + i] / PARAMETER_SLOTS
    return busy, positions * drain, weights, sums, slots


@inlined
def choice(condition: bool, one: float, other: float) -> float:
    """Select one of two numbers that are both computed already.

    A selection can be compiled to a vector instruction for many machines at once; a branch cannot.
    """
    return one if condition else other
