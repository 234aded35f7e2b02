"""What a convolution asks of a machine in all its tiles together, at least."""

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
    """Array steps, drain cycles, words of weights, and how many times over all sums would fill
    the psum memory and all row slots the parameter memory.
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
    # Passes of all groups with serial rows: slow groups count twice.
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
    # A filter more can turn an idle group active and a slow one fast; so that fewer filters with
    # a term never cost more, groups count as idle only where two-term filters leave them so.
    spread = (fast > 0) & (serial > 0) & (not depthwise)
    at_work = choice(spread, max(active, np.ceil(twos / max(fast, 1.0))), active)
    busy = outputs * (row_groups - min(row_groups, at_work) + steps * taken)

    lanes = design[at.POST_LANES + i]
    drain = groups * np.ceil(filters / lanes)
    # Where every group but the last is full, what is left over in each costs a cycle.
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
    """One of two numbers that are both there: a selection, which can be done for many machines
    at once, and not a branch, which cannot.
    """
    return one if condition else other
