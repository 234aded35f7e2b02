"""Cycles that a pass with a given tiling cannot beat, for every tiling of a table.

Unlike `tiled.bounds`, this bound knows the tiling: how often a tile is loaded, how many words halos
add, and how long tiles of every size compute. For each unit of the machine the bound adds the
unit's work for the whole pass, the time before the unit can begin, and the time after it ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lightsim.kernels.borrowed import inlined, kernel
from lightsim.tiled.description.pipeline import LAYER_START_CYCLES, PARAMETER_SLOTS, POST_DEPTH
from lightsim.tiled.optimum import layout as at

__all__ = [
    "FILTERS",
    "INPUT_CHANNELS",
    "TILES",
    "collect",
    "fits",
    "least",
    "loads_of",
    "sums_fit",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FILTERS, INPUT_CHANNELS, TILES = 0, 1, 2  # the loops m, n, s


@kernel
def collect(
    filters: Floats,
    positions: Floats,
    machine: Floats,
    orders: Ints,
    cutoff: float,
    places: Ints,
    limits: Floats,
) -> tuple[int, int]:
    """The number of legal tilings with a bound below `cutoff`, and the number of tilings bounded.

    `filters` [FILTER_FIELDS, choice], `positions` [POSITION_FIELDS, choice], `orders` [order, 3]
    loops from outermost to innermost. The tilings found are written to `places` [tiling, (filter
    choice, position choice, order)] and `limits` [tiling] as far as there is room.
    """
    found, looked = 0, 0
    for q in range(filters.shape[1]):
        for p in range(positions.shape[1]):
            if _computing(filters, q, positions, p, machine) >= cutoff:
                looked += 1
                continue
            if not fits(filters, q, positions, p, machine):
                continue
            for o in range(len(orders)):
                if _repeats(filters, q, positions, p, orders, o):
                    continue
                looked += 1
                if not sums_fit(filters, q, positions, p, machine, orders, o):
                    continue
                limit = _limit(filters, q, positions, p, machine, orders, o)
                if limit < cutoff:
                    if found < len(limits):
                        places[found, at.BY_FILTERS] = q
                        places[found, at.BY_POSITIONS], places[found, at.BY_ORDER] = p, o
                        limits[found] = limit
                    found += 1
    return found, looked


@kernel
def least(filters: Floats, positions: Floats, machine: Floats, orders: Ints, place: Ints) -> float:
    """The least bound of all legal tilings, infinite if none is legal; writes its `place` [3]."""
    best = np.inf
    for q in range(filters.shape[1]):
        for p in range(positions.shape[1]):
            if _computing(filters, q, positions, p, machine) >= best:
                continue
            if not fits(filters, q, positions, p, machine):
                continue
            for o in range(len(orders)):
                if sums_fit(filters, q, positions, p, machine, orders, o):
                    limit = _limit(filters, q, positions, p, machine, orders, o)
                    if limit < best:
                        best = limit
                        place[0], place[1], place[2] = q, p, o
    return best


@inlined
def _count(filters: Floats, q: int, positions: Floats, p: int, loop: int) -> float:
    """The number of tiles along one of the three loops."""
    if loop == FILTERS:
        return float(filters[at.M_TILES, q])
    if loop == INPUT_CHANNELS:
        return float(filters[at.N_TILES, q])
    return float(positions[at.TILES, p])


@inlined
def _repeats(filters: Floats, q: int, positions: Floats, p: int, orders: Ints, order: int) -> bool:
    """Whether an earlier order nests the loops that have several tiles in the same way."""
    for other in range(order):
        same, i, j = True, 0, 0
        while same:
            while i < 3 and _count(filters, q, positions, p, orders[order, i]) == 1:
                i += 1
            while j < 3 and _count(filters, q, positions, p, orders[other, j]) == 1:
                j += 1
            if i == 3 or j == 3:
                break
            same = orders[order, i] == orders[other, j]
            i += 1
            j += 1
        if same:
            return True
    return False


@inlined
def fits(filters: Floats, q: int, positions: Floats, p: int, machine: Floats) -> bool:
    """Whether the largest tile fits every buffer, as `tiled.mapping.tiles.footprint` has it."""
    word = machine[at.WORD]
    inputs = filters[at.HELD_BLOCKS, q] * positions[at.HELD_READ, p] * word
    back = filters[at.HELD_RESIDUAL, q] * positions[at.HELD_COMPUTED, p] * word
    outputs = filters[at.HELD_OUTPUT, q] * positions[at.HELD_COMPUTED, p] / machine[at.POOL] * word
    return bool(
        inputs <= machine[at.BANKS]
        and filters[at.HELD_WEIGHT, q] <= machine[at.BANKS + 1]
        and back <= machine[at.BANKS + 2]
        and outputs <= machine[at.BANKS + 3]
        and filters[at.ROW_GROUPS, q] * machine[at.ROWS] <= PARAMETER_SLOTS
    )


@inlined
def sums_fit(
    filters: Floats, q: int, positions: Floats, p: int, machine: Floats, orders: Ints, order: int
) -> bool:
    """Whether the psum memory holds the partial sums of all tiles inside the loop n."""
    if filters[at.N_TILES, q] == 1:
        return True
    slots = 1.0
    within = False
    for place in range(3):
        if within:
            slots *= _count(filters, q, positions, p, orders[order, place])
        within = within or orders[order, place] == INPUT_CHANNELS
    words = slots * filters[at.ROW_GROUPS, q] * positions[at.LARGEST_GROUPS, p]
    return bool(words * machine[at.PSUM_WORD] <= machine[at.PSUM_BITS])


@inlined
def loads_of(
    filters: Floats, q: int, positions: Floats, p: int, orders: Ints, order: int, without: int
) -> float:
    """How often a tile is loaded that stays while only the loop `without` advances."""
    loads, running = 1.0, 1.0
    for place in range(3):
        count = _count(filters, q, positions, p, orders[order, place])
        running *= count
        if count > 1 and orders[order, place] != without:
            loads = running
    return loads


@inlined
def _computing(filters: Floats, q: int, positions: Floats, p: int, machine: Floats) -> float:
    """Cycles of the array for all tiles: their flushes, their steps, and what draining adds."""
    s = positions[at.TILES, p]
    tiles = filters[at.M_TILES, q] * filters[at.N_TILES, q] * s
    groups = positions[at.PIXEL_GROUPS, p]
    cycles: float = tiles * machine[at.DEPTH] + groups * filters[at.STEPS, q]
    cycles += (groups - s) * filters[at.BEHIND, q]
    return cycles


@inlined
def _limit(
    filters: Floats, q: int, positions: Floats, p: int, machine: Floats, orders: Ints, order: int
) -> float:
    m, n, s = filters[at.M_TILES, q], filters[at.N_TILES, q], positions[at.TILES, p]
    tied = machine[at.TIED] > 0
    loads = loads_of(filters, q, positions, p, orders, order, INPUT_CHANNELS if tied else FILTERS)
    sweeps = loads / (m * s if tied else n * s)
    taken = filters[at.INPUT_BLOCKS, q] * positions[at.READ, p] * sweeps
    taking = loads * positions[at.FILLED, p] / s
    fetching = loads_of(filters, q, positions, p, orders, order, TILES) * machine[at.HAS_WEIGHTS]
    every_weight = filters[at.WEIGHT_WORDS, q] * fetching / (m * n)
    # Weight words that the banks do not hold yet when the pass begins.
    weights = max(0.0, every_weight - machine[at.AHEAD_WORDS])
    again_weights = fetching - 1
    fetching = max(0.0, fetching - machine[at.AHEAD_TILES])
    finishing = m * s
    back = filters[at.RESIDUAL_BLOCKS, q] * machine[at.POSITIONS]
    stored = filters[at.OUTPUT_BLOCKS, q] * machine[at.POSITIONS] / machine[at.POOL]

    latency, word = machine[at.READ_LATENCY], machine[at.MEMORY_CYCLES]
    each = max(1.0, word)
    first_input = filters[at.FIRST_BLOCKS, q] * positions[at.FIRST_READ, p]
    first_weight = filters[at.FIRST_WEIGHT, q] if machine[at.AHEAD_TILES] == 0 else 0.0
    waited = first_input + first_weight
    if n == 1:
        waited += filters[at.FIRST_RESIDUAL, q] * positions[at.HELD_COMPUTED, p]
    begin = machine[at.FIRST_LATENCY] + waited * word
    if machine[at.AHEAD_TILES] > 0:  # requests may come before the pass, so no wait is certain
        begin += LAYER_START_CYCLES if waited > 0 else -begin
    opened = float(LAYER_START_CYCLES) + latency
    if first_weight > 0:
        shared = machine[at.SHARED + 1] * first_input
        begin = max(begin, machine[at.FIRST_LATENCY] + first_weight * each + shared)
    else:
        opened = LAYER_START_CYCLES + machine[at.FIRST_LATENCY]
    if first_input > 0:
        begin = max(begin, opened + first_input * each)
    begin = max(begin, float(LAYER_START_CYCLES))

    last_store = filters[at.LAST_OUTPUT, q] * positions[at.LAST_COMPUTED, p] / machine[at.POOL]
    requests = machine[at.REQUEST_WORDS]
    answer = machine[at.WRITE_LATENCY]
    left = POST_DEPTH + _store(last_store, 1.0, requests, answer)
    end = positions[at.LAST_REST, p] * filters[at.LAST_DRAIN, q] + left
    last = machine[at.DEPTH] + positions[at.LAST_GROUPS, p] * filters[at.LAST_STEPS, q] + end
    first = machine[at.DEPTH] + positions[at.FIRST_GROUPS, p] * filters[at.FIRST_STEPS, q]
    array = begin + _computing(filters, q, positions, p, machine) + end
    # Snapshots are drained one after another, the first after a step at the earliest.
    drains = filters[at.DRAINS, q] * machine[at.POSITIONS]
    drained = begin + machine[at.DEPTH] + 1 + drains + left

    # Each stream on its own: a transfer begins when the previous transfer is done.
    apart = (1 + latency) / machine[at.OUTSTANDING]
    input_time = _load(taken, taking, latency, each, requests, apart)
    weight_time = _load(weights, fetching, latency, each, requests, apart)
    back_time = 0.0
    if back > 0:
        back_time = _load(back, finishing, latency, each, requests, apart)
    store_time = _store(stored, finishing, requests, answer)
    limit = max(array, LAYER_START_CYCLES + max(input_time, back_time) + last, weight_time + last)
    limit = max(limit, begin + first + machine[at.HAS_WEIGHTS] + POST_DEPTH + store_time)
    limit = max(limit, drained)

    # A buffer of one bank does not fill while it is read and does not empty while it is written.
    # The transfers of the first and the last tile are counted with these tiles.
    again = _load(taken - first_input, max(0.0, taking - 1), latency, each, requests, apart)
    alone = machine[at.SINGLE] * again
    held = every_weight - filters[at.FIRST_WEIGHT, q]
    again = _load(held, max(0.0, again_weights), latency, each, requests, apart)
    alone = max(alone, machine[at.SINGLE + 1] * again)
    limit = max(limit, array + alone)
    if n == 1 and machine[at.SINGLE + 3] > 0:
        emptied = _store(stored - last_store, finishing - 1, requests, answer)
        limit = max(limit, array + emptied + (finishing - 1) * POST_DEPTH)

    # A port returns one word in a cycle, for whichever stream.
    port = max(
        taken + machine[at.SHARED + 1] * weights + machine[at.SHARED + 2] * back,
        weights + machine[at.SHARED + 1] * taken + machine[at.SHARED + 6] * back,
        back + machine[at.SHARED + 2] * taken + machine[at.SHARED + 6] * weights,
    )
    read = taken + weights + back
    limit = max(limit, port + last)
    if read > 0:
        limit = max(limit, latency + read * word + last)
    every = read + stored
    least: float = max(limit, every * word, every * machine[at.RATE_CYCLES] - machine[at.BLACKOUT])
    return least


@inlined
def _load(
    words: float, transfers: float, latency: float, each: float, requests: float, apart: float
) -> float:
    """Cycles of transfers one after another, or of their requests if these take longer."""
    count = max(transfers, np.ceil(words / requests))
    cycles: float = max(words * each + transfers * latency, count * apart)
    return cycles


@inlined
def _store(words: float, transfers: float, requests: float, answer: float) -> float:
    """Cycles of a store stream: one per word, one per request, and one answer per transfer."""
    count = max(transfers, np.ceil(words / requests))
    cycles: float = words + count + transfers * answer
    return cycles
