"""Activity that no mapping of a network can avoid, for many machines.

For every event that `tiled.mapping.activity` counts, and for the bytes that the memory moves, this
file gives the least count over all legal mappings. Products, requantisations and pooling do not
depend on the mapping.

The sum of a filter is updated in every step of its row group. The least number of updates is
therefore the number of steps of the quickest row that could hold the filter, at every position. The
bytes that the array reads follow from its steps (see `cycles`). The weight words follow from the
planes of the row groups: a group with at least one filter that is not pruned has one plane, and a
group of serial rows with a two-term filter has two.

Every needed word of input, residual and weights is read from memory at least once, and every output
word is written. Partial sums may stay in the array, so the least count of the psum memory is zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightsim.tiled.bounds import layout
from lightsim.tiled.bounds.axes import Axes

__all__ = ["Activity", "least_activity"]

Floats = NDArray[np.float64]
Table = dict[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """The least counts of every event.

    `events` maps the name of an event to its count, float64[machine]; `dram_byte` is one of the
    events. `products` float64[terms, machine] counts the products of filters with 0, 1, and 2 or
    more terms, because their events depend on the kind of row.
    """

    events: Table
    products: Floats


def least_activity(facts: Floats, k: Floats, design: Floats, machines: Axes) -> Activity:
    """The least activity of passes on machines.

    `facts` float64[pass, FACTS] are the passes; `k` float64[pass, 2] gives the number of filters
    with one term and with two terms; `design` float64[DESIGN_FIELDS, machine] gives the numbers of
    the machines.
    """
    events: Table = {}
    products = np.zeros((3, len(machines)))
    own = {
        name: design[getattr(layout, name) // layout.BLOCK]
        for name in (
            "FAST_ROWS", "SERIAL_ROWS", "XNOR_ROWS", "DEPTHWISE_ROWS", "PRUNES", "PIXELS",
            "IMAGES", "POST_LANES", "STEP_WORDS", "DEPTHWISE_WORDS", "PARAMETER_WORDS",
        )
    }  # fmt: skip
    word = machines.port_bits // 8
    for fact, (ones, twos) in zip(facts, k, strict=True):
        positions = fact[layout.POSITIONS] * own["IMAGES"]
        moved = fact[layout.INPUT_WORDS] + fact[layout.RESIDUAL_WORDS] + fact[layout.OUTPUT_WORDS]
        moved = moved * own["IMAGES"]
        if fact[layout.CONVOLVES]:
            weights = _convolution(fact, ones, twos, positions, own, machines, events)
            moved = moved + weights
            filters = fact[layout.FILTERS] * fact[layout.GROUPS]
            counts = np.array([filters - ones - twos, ones, twos])
            products += counts[:, None] * fact[layout.PRODUCTS] * positions
        else:
            lanes = own["POST_LANES"]
            taps = fact[layout.TAPS]
            steps = fact[layout.FULL_BLOCKS] * np.maximum(
                taps, np.ceil(fact[layout.WORD_CHANNELS] / lanes)
            )
            if fact[layout.REST] > 0:
                steps = steps + np.maximum(taps, np.ceil(fact[layout.REST] / lanes))
            _add(events, "input_buffer_byte", positions * steps * word)
        _add(events, "requantise", fact[layout.REQUANTISED] * own["IMAGES"])
        _add(events, "pool_op", fact[layout.POOLED] * own["IMAGES"])
        stored = fact[layout.OUTPUT_WORDS] * own["IMAGES"] * word
        _add(events, "output_buffer_byte", 2 * stored)
        _add(events, "dram_byte", moved * word)
    return Activity(events, products)


def _convolution(
    fact: Floats,
    ones: float,
    twos: float,
    positions: Floats,
    own: Table,
    machines: Axes,
    events: Table,
) -> Floats:
    """Add the events of one convolution to `events`; returns its weight words, float64[machine]."""
    depthwise = fact[layout.DEPTHWISE] > 0
    built = own["FAST_ROWS"] + own["SERIAL_ROWS"] + own["XNOR_ROWS"]
    rows = own["DEPTHWISE_ROWS"] if fact[layout.DEPTHWISE] == 1 else built
    row_groups = fact[layout.GROUPS] * np.ceil(fact[layout.FILTERS] / rows)
    filters, steps = fact[layout.FILTERS] * fact[layout.GROUPS], fact[layout.STEPS]
    prunes = own["PRUNES"] > 0
    serial, xnor = own["SERIAL_ROWS"] == built, own["XNOR_ROWS"] == built
    bits = fact[layout.ACTIVATION_BITS]
    active = np.where(prunes, np.ceil((ones + twos) / rows), row_groups)
    more = twos, fact[layout.THREES], fact[layout.FOURS]
    planes = active + np.where(serial, sum(np.ceil(filters / rows) for filters in more), 0)
    one = np.where(xnor, bits, 1)
    two = np.where(serial, 2, one)

    outputs = np.ceil(positions / own["PIXELS"])
    idle = np.where(prunes, 1, np.maximum(1, steps * one))
    added = (filters - ones - twos) * idle
    added += ones * np.maximum(1, steps * one) + twos * np.maximum(1, steps * two)
    added += np.where(serial, (more[1] + more[2]) * steps, 0)
    _add(events, "accumulate", positions * added)
    passes = np.where(xnor, active * bits, planes)
    busy = outputs * (row_groups - active + steps * passes)
    _add(events, "input_buffer_byte", busy * (machines.columns * machines.pixels * bits // 8))
    width = machines.code_bits * (1 if depthwise else machines.columns)
    _add(events, "weight_buffer_byte", outputs * steps * planes * (width // 8))
    word = own["DEPTHWISE_WORDS"] if depthwise else own["STEP_WORDS"]
    found: Floats = word * steps * planes + own["PARAMETER_WORDS"] * row_groups
    return found


def _add(events: Table, name: str, count: Floats) -> None:
    events[name] = events[name] + count if name in events else count
