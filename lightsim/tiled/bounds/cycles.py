"""The bound itself: cycles below which no legal mapping of a pass can come, for many machines.

A pass lasts from the end of the one before it to its last word's acknowledgement. Each number
below bounds that time by one resource that every mapping has to use so long; the pass takes at
least the largest. Times and names are those of docs/machine.md.

*Array.* Row groups of all tiles hold every filter, at most `rows` each, so at least ceil(F/rows)
groups, ceil((n1+n2)/rows) with a filter that is not pruned and ceil(n2/rows) with a two-term one
in serial rows. Steps max(1, T passes) are 1 + (T-1)[passes > 0] + T[passes > 1], and grow with
each of the three; input channel tiles are whole column groups, so T adds up to the whole
layer's; pixel groups of all tiles are at least ceil(positions/pixels). With rows that take two
terms in one pass, g groups of which s are slow hold n2 <= fast g + serial s two-term filters:
s is the least that does. Filters may sit in any row, so nothing more is known of the groups.
Beside its steps every tile pays D, and the first waits for its input: of N tiles the first reads
at least first_words/N (facts), so the array pays at least min over N >= N0 of N D + X/N. N0
follows from the banks: m n >= weights/bank, m s >= outputs/bank, n s >= input/bank, and N^2 =
(m n s)^2 is at least their product.

*Post-processing.* Snapshots are drained one after another, a position of a row group in as many
cycles as the fullest lane has of its rows: at least ceil(used/lanes), however they are sorted.

*Ports.* A port returns a word a cycle, and at most `outstanding` requests are under way. All words
of a pass but those of weights are asked for in its own time; of the weights at most the banks
were filled before.

*Loading again.* With n = 1, weights stay for all positions or the input for all filters (or one
of them fits its bank). With n > 1 either stays only if the sums of all positions of a filter
tile (order mns) or of all filters of a position tile (snm) fit the psum memory; in other orders
weights are read s times and the input m times, m s >= max(outputs/bank, sums/psum).

*Memory.* All words at the peak rate, refreshes taken off. *Store.* A store stream pushes a word
a cycle and loses one a request.

*Several passes.* From the end of pass i - 1 to the end of pass j all weights of passes i to j
arrive but what filled the banks before, and so do all their other words; before pass 1 nothing
did. With E the ends and A_j the largest over i of E_(i-1) - banks + words of i to j,
A_j = max(A_(j-1), E_(j-1) - banks) + words of j, and E_j >= A_j. So for the weights' port and for
the memory.
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
    """Carry the first `count` machines of a block through all passes.

    `facts` [pass, FACTS]; `k` [pass, (one term, two terms), machine or 1]; `design` [COLUMNS *
    BLOCK], whose columns CYCLES, PORT_AHEAD and MEMORY_AHEAD are what it begins from.
    """
    for number in range(len(facts)):
        pass_cycles(facts[number], k[number], design, count)


@kernel
def pass_cycles(fact: Floats, k: Floats, design: Floats, count: int) -> None:
    """Carry `count` machines from the end of the pass before to the end of this one."""
    if fact[at.POSITIONS] == 0:
        return  # a copy that these machines do without
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
    """A pass that takes at least `least` cycles, and has these words of weights."""
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
    # Where the input follows from the filters nothing need be read again.
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
    """The least of N depth + X / N over N from `tiles` on."""
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
    """The input stream and the output stream by themselves: each transfer pays its latency."""
    loads = taken + (np.ceil(by_input) - 1) * design[at.READ_LATENCY + i]
    requests = np.ceil(stored / design[at.REQUEST_WORDS + i])
    stores = stored + requests - 1 + (np.ceil(by_output) - 1) * design[at.WRITE_LATENCY + i]
    cycles: float = begin + depth + end + max(loads, stores)
    return cycles
