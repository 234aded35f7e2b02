"""The bound itself: cycles that no legal mapping of a pass can beat, for many machines.

A pass lasts from the end of the previous pass to the acknowledgement of its own last word. Each
paragraph below bounds the pass by one resource that every mapping must use; the bound of the pass
is the largest of these numbers. Names and times are those of docs/machine.md.

*Array.* The row groups of all tiles together hold every filter, at most `rows` filters in a group.
So there are at least ceil(F/rows) groups, at least ceil((n1+n2)/rows) groups with a filter that is
not pruned, and at least ceil(n2/rows) groups with a two-term filter in serial rows. The steps of a
group, max(1, T passes), are 1 + (T-1)[passes > 0] + T[passes > 1]: they grow with each of these
three counts. Tiles of input channels are whole column groups, so the T of all tiles add up to the T
of the layer. The pixel groups of all tiles are at least ceil(positions/pixels). On an array with
fast and serial rows, g groups of which s are slow hold at most fast g + serial s two-term filters,
so s is the least number with n2 <= fast g + serial s. A mapping may put any filter in any row, so
no stronger statement about the groups holds.

Every tile also pays the flush D, and the first tile waits for its input. With N tiles the first one
reads at least first_words/N (see `facts`), so the array pays at least the minimum over N >= N0 of N
D + X/N. N0 follows from the banks: m n >= weights/bank, m s >= outputs/bank, n s >= input/bank, and
N^2 = (m n s)^2 is at least the product of the three.

*Post-processing.* Snapshots are drained one after another. One position of a row group takes as
many cycles as the fullest lane has rows: at least ceil(used/lanes), for every order of the filters.

*Ports.* A port returns one word in a cycle and has at most `outstanding` requests under way. The
words of a pass are requested during the pass, except for weights: the weight banks may have been
filled before the pass began.

*Loading again.* With n = 1, either the weights stay for all positions, or the input stays for all
filters, or one of the two fits its bank. With n > 1, weights or input stay only if the psum memory
holds the sums of all positions of a filter tile (order mns) or of all filters of a position tile
(order snm). In the other orders weights are read s times and the input m times, with m s >=
max(outputs/bank, sums/psum).

*Memory.* All words move at the peak rate less the refreshes. *Store.* A store stream pushes one
word in a cycle and loses one cycle for each request.

*Several passes.* Between the end of pass i - 1 and the end of pass j, all words of the passes i to
j arrive, except the weights that were already in the banks. Before the first pass the banks hold no
weights. Let E be the ends, and A_j the largest over i of E_(i-1) - banks + words of i to j. Then
A_j = max(A_(j-1), E_(j-1) - banks) + words of j, and E_j >= A_j. This holds for the port of the
weights and for the memory.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, kernel
from lightsim.tiled.bounds import layout as at
from lightsim.tiled.bounds.asked import asked, choice
from lightsim.tiled.bounds.moved import least_moving, moving
from lightsim.tiled.description.pipeline import BUFFER_READ_CYCLES, LAYER_START_CYCLES, POST_DEPTH

__all__ = ["network_cycles", "pass_cycles"]

Floats = NDArray[np.float64]


@kernel
def network_cycles(facts: Floats, k: Floats, design: Floats, count: int) -> None:
    """Carry the first `count` machines of a block through all passes; `design` is updated in place.

    `facts` float64[pass, FACTS]; `k` float64[pass, 2, machine or 1], filters with one term and with
    two terms; `design` float64[COLUMNS * BLOCK]. Its columns CYCLES, PORT_AHEAD and MEMORY_AHEAD
    hold the state before the first pass, and the state after the last pass on return.
    """
    for number in range(len(facts)):
        pass_cycles(facts[number], k[number], design, count)


@kernel
def pass_cycles(fact: Floats, k: Floats, design: Floats, count: int) -> None:
    """Carry `count` machines from the end of the previous pass to the end of this pass."""
    if fact[at.POSITIONS] == 0:
        return  # a copy that these machines do not make
    each = 1 if k.shape[1] > 1 else 0
    for i in range(count):
        design[at.ONES + i] = k[0, i * each]
        design[at.TWOS + i] = k[1, i * each]
    if fact[at.CONVOLVES] > 0:
        for i in range(count):
            least, weights = _convolution(fact, design, i)
            _go_on(fact, least, weights, design, i)
    else:
        for i in range(count):
            _go_on(fact, _elementwise(fact, design, i), 0.0, design, i)


@inlined
def _go_on(
    fact: Floats,
    least: float,
    weights: float,
    design: Floats,
    i: int,
) -> None:
    """Add a pass that takes at least `least` cycles and reads `weights` words of weights."""
    images = design[at.IMAGES + i]
    taken, back = fact[at.INPUT_WORDS] * images, fact[at.RESIDUAL_WORDS] * images
    shared = design[at.INPUT_WEIGHT + i] * taken + design[at.RESIDUAL_WEIGHT + i] * back
    every = weights + taken + back + fact[at.OUTPUT_WORDS] * images
    before, cost = design[at.CYCLES + i], design[at.WORD_CYCLES + i]
    port = (
        max(design[at.PORT_AHEAD + i], before - design[at.PREFETCH + i] * cost)
        + (weights + shared) * cost
    )
    held = (design[at.PREFETCH + i]) / design[at.RATE + i] + design[at.BLACKOUT + i]
    memory = max(design[at.MEMORY_AHEAD + i], before - held) + every / design[at.RATE + i]
    design[at.PORT_AHEAD + i] = port
    design[at.MEMORY_AHEAD + i] = memory
    design[at.CYCLES + i] = max(before + least, port, memory)


@inlined
def _convolution(fact: Floats, design: Floats, i: int) -> tuple[float, float]:
    images = design[at.IMAGES + i]
    taken = fact[at.INPUT_WORDS] * images
    back = fact[at.RESIDUAL_WORDS] * images
    stored = fact[at.OUTPUT_WORDS] * images
    busy, drains, weights, sums, slots = asked(fact, design, i)
    by_weight = max(1.0, weights / design[at.WEIGHT_BANK + i])
    by_input = max(1.0, taken / design[at.INPUT_BANK + i])
    by_output = max(1.0, stored / design[at.OUTPUT_BANK + i], back / design[at.RESIDUAL_BANK + i])
    tied = fact[at.TIED] > 0
    tiles = max(by_weight, by_input, by_output, slots)
    tiles = max(tiles, choice(tied, 1.0, np.sqrt(by_weight * by_input * by_output)))
    depth = design[at.DEPTH + i]
    late = max(0.0, weights - design[at.PREFETCH + i])
    alone = max(design[at.INPUT_SINGLE + i] * taken, design[at.WEIGHT_SINGLE + i] * late)
    begin = LAYER_START_CYCLES + choice(fact[at.FIRST_WORDS] > 0, design[at.READ_LATENCY + i], 0.0)
    end = POST_DEPTH + 1 + design[at.WRITE_LATENCY + i]
    first = _flush_and_fill(tiles, depth, fact, design, i)
    array = max(first, np.ceil(tiles) * depth + alone) + busy + 1
    # Where the filters determine the input channels, no input is read twice.
    by_input_once = choice(tied, 1.0, by_input)
    moved = least_moving(
        taken, weights, back, stored, by_weight, by_input_once, by_output, sums, slots, design, i
    )
    streams = _streams(taken, stored, by_input, by_output, depth, begin, end, design, i)
    return max(begin + max(array, depth + 1 + drains) + end, moved, streams), weights


@inlined
def _elementwise(fact: Floats, design: Floats, i: int) -> float:
    images, lanes = design[at.IMAGES + i], design[at.POST_LANES + i]
    taken = fact[at.INPUT_WORDS] * images
    back = fact[at.RESIDUAL_WORDS] * images
    stored = fact[at.OUTPUT_WORDS] * images
    position = fact[at.FULL_BLOCKS] * max(fact[at.TAPS], np.ceil(fact[at.WORD_CHANNELS] / lanes))
    rest = max(fact[at.TAPS], np.ceil(fact[at.REST] / lanes))
    position += choice(fact[at.REST] > 0, rest, 0.0)
    busy = images * fact[at.POSITIONS] * position
    by_input = max(1.0, taken / design[at.INPUT_BANK + i])
    by_output = max(1.0, stored / design[at.OUTPUT_BANK + i], back / design[at.RESIDUAL_BANK + i])
    tiles = max(by_input, by_output)
    depth = 1.0 * BUFFER_READ_CYCLES
    alone = design[at.INPUT_SINGLE + i] * taken
    begin = LAYER_START_CYCLES + choice(fact[at.FIRST_WORDS] > 0, design[at.READ_LATENCY + i], 0.0)
    end = POST_DEPTH + 1 + design[at.WRITE_LATENCY + i]
    first = _flush_and_fill(tiles, depth, fact, design, i)
    array = max(first, np.ceil(tiles) * depth + alone) + busy
    streams = _streams(taken, stored, by_input, by_output, depth, begin, end, design, i)
    least: float = max(begin + array + end, moving(taken, 0.0, back, stored, design, i), streams)
    return least


@inlined
def _flush_and_fill(tiles: float, depth: float, fact: Floats, design: Floats, i: int) -> float:
    """The least of N depth + X / N over all N >= `tiles`, in cycles."""
    fill = design[at.IMAGES + i] * fact[at.FIRST_WORDS] * max(1.0, 1.0 / design[at.PEAK + i])
    best = np.sqrt(fill / depth)
    least = max(best, np.ceil(tiles))
    cycles: float = least * depth + fill / least
    return cycles


@inlined
def _streams(
    taken: float,
    stored: float,
    by_input: float,
    by_output: float,
    depth: float,
    begin: float,
    end: float,
    design: Floats,
    i: int,
) -> float:
    """Cycles of the slower of two streams, input and output; every transfer pays its latency."""
    loads = taken + (np.ceil(by_input) - 1) * design[at.READ_LATENCY + i]
    requests = np.ceil(stored / design[at.REQUEST_WORDS + i])
    stores = stored + requests - 1 + (np.ceil(by_output) - 1) * design[at.WRITE_LATENCY + i]
    cycles: float = begin + depth + end + max(loads, stores)
    return cycles
