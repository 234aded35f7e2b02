"""A space of accelerators: the proof with the bound of boxes, and every design on the timeline."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product

import numpy as np

from dse.proof import Proof
from lightsim.bounds import Axes, NetworkBound
from lightsim.estimation.defaults import default_accelerator
from lightsim.hardware.accelerator import Array, Buffer, LaneGroup, PostProcessing
from lightsim.hardware.catalogue import BOARDS
from lightsim.mapping.program import map_workload
from lightsim.network.zoo import load_network
from lightsim.numerics.scheme import SCHEMES
from lightsim.quantisation.select import quantise
from lightsim.timeline.model import run

ROWS, COLUMNS, PIXELS, LANES, INPUT = (4, 8, 12), (8, 16), (1, 2, 3), (2, 8), (4096, 16384)
CHOICES = (ROWS, COLUMNS, PIXELS, LANES, INPUT)
SCHEME = SCHEMES["flightnn"]
MOST_LANES = 200
BASE = default_accelerator(BOARDS["zc706"], SCHEME)


def design(index):
    rows, columns, pixels, lanes, nbytes = (c[i] for c, i in zip(CHOICES, index, strict=True))
    return replace(
        BASE,
        array=Array((LaneGroup("shift_add_serial", rows),), columns, pixels),
        post=PostProcessing(lanes),
        input=Buffer(nbytes, 2),
    )


def axes(indices):
    """The machines of int32[design, axis], as columns."""
    values = [np.array(c)[indices[:, a]] for a, c in enumerate(CHOICES)]
    return Axes.of([BASE]).vary(
        serial_rows=values[0],
        code_bits=values[0] * SCHEME.term_bits,
        columns=values[1],
        pixels=values[2],
        post_lanes=values[3],
        input_bytes=values[4],
    )


def test_columns_say_what_accelerators_say():
    every = np.array(list(product(*(range(len(c)) for c in CHOICES))))
    one, other = axes(every), Axes.of([design(index) for index in every])
    for field in fields(Axes):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name


def test_the_proven_design_is_the_best_of_all():
    workload = quantise(load_network("lenet"), SCHEME, 0)
    bound = NetworkBound(workload, BASE)
    known = {}

    def cycles(index):
        if index not in known:
            known[index] = run([map_workload(workload, design(index))]).cycles
        return known[index]

    def allowed(index):
        rows, columns, pixels = (c[i] for c, i in zip(CHOICES[:3], index, strict=False))
        return rows * columns * pixels <= MOST_LANES

    def evaluate(indices):
        rows = [tuple(int(i) for i in row) for row in indices]
        return np.array([float(cycles(row)) if allowed(row) else np.inf for row in rows])

    proof = Proof(
        [len(c) for c in CHOICES],
        lambda low, high: bound.box_cycles(axes(low), axes(high)),
        evaluate,
        lambda low, high: np.array([allowed(tuple(row)) for row in low]),
        batch=8,
        evaluations=4,
    )
    *_, end = proof.steps()
    evaluated = len(known)
    every = [i for i in product(*(range(len(c)) for c in CHOICES)) if allowed(i)]
    assert end.closed
    assert end.gap == 0
    assert end.value == min(cycles(index) for index in every)
    assert evaluated < len(every) / 2
