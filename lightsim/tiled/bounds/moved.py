"""The least time for which the words of a pass keep the ports and the memory busy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined
from lightsim.tiled.bounds import layout as at
from lightsim.tiled.bounds.asked import choice

__all__ = ["least_moving", "moving"]

Floats = NDArray[np.float64]


@inlined
def moving(
    taken: float, weights: float, back: float, stored: float, design: Floats, i: int
) -> float:
    """The least cycles to move the words of input (`taken`), weights, residual (`back`) and output
    (`stored`) once, on machine `i`.
    """
    input_residual = design[at.INPUT_RESIDUAL + i]
    input_weight, residual_weight = design[at.INPUT_WEIGHT + i], design[at.RESIDUAL_WEIGHT + i]
    port = max(
        taken + input_residual * back + input_weight * weights,
        weights + input_weight * taken + residual_weight * back,
        back + input_residual * taken + residual_weight * weights,
    )
    memory = _memory(taken + weights + back + stored, design, i)
    least: float = max(port * design[at.WORD_CYCLES + i], memory)
    return least


@inlined
def _memory(words: float, design: Floats, i: int) -> float:
    """The least cycles for which `words` words keep the memory busy."""
    least: float = max(
        words / design[at.PEAK + i], words / design[at.RATE + i] - design[at.BLACKOUT + i]
    )
    return least


@inlined
def least_moving(
    taken: float,
    weights: float,
    back: float,
    stored: float,
    by_weight: float,
    by_input: float,
    by_output: float,
    sums: float,
    slots: float,
    design: Floats,
    i: int,
) -> float:
    """Cycles to move a convolution's words in the loop order that reads the fewest words again.

    `by_weight`, `by_input` and `by_output` say how many times all weights, all input and all output
    would fill their banks. `sums` and `slots` say the same of the sums in the psum memory and of
    the row slots in the parameter memory.
    """
    ahead = design[at.PREFETCH + i]
    once = moving(taken, max(0.0, weights - ahead), back, stored, design, i)
    filters = max(by_weight, slots)
    fits = (by_input <= 1) | (filters <= 1) | (sums <= 1)
    again = np.ceil(min(filters, sums))
    input_again = moving(taken * again, max(0.0, weights - ahead), back, stored, design, i)
    again = np.ceil(min(by_input, sums))
    weights_again = moving(taken, max(0.0, weights * again - ahead), back, stored, design, i)
    # Both are read again: the weights s times and the input m times, with m s >= max(by_output,
    # sums).
    mean = np.sqrt(weights * taken * max(by_output, sums))
    port = (1 + design[at.INPUT_WEIGHT + i]) * mean - ahead
    memory = _memory(2 * mean - ahead + back + stored, design, i)
    both = max(once, port * design[at.WORD_CYCLES + i], memory)
    return choice(fits, once, min(input_again, weights_again, both))
