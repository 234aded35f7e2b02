"""Cycles worked out by hand from docs/streaming.md, one rule at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lightsim.errors import InputError
from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from lightsim.streaming.description.accelerator import Folding, StreamingAccelerator
from lightsim.streaming.mapping.build import lay_out
from lightsim.streaming.simulation.machine import simulate
from lightsim.streaming.timeline.model import run
from lightsim.streaming.timeline.steady import steady_state
from lightsim.streaming.timing import check_alive
from tests.quantisation.networks import dense, network
from tests.tiled.simulation.layers import with_k


def pipeline_of(layers, folding, *, image=(4, 1, 1), scheme="fixed8", k=None, **rest):
    net = network(layers, image=image)
    workload = synthetic_workload(net, SCHEMES[scheme], 0)
    for name, terms in (k or {}).items():
        workload = with_k(workload, name, terms)
    layers = {name: Folding(*factors) for name, factors in folding.items()}
    design = StreamingAccelerator("paper", None, scheme, 100_000_000, layers, 64, **rest)
    return lay_out(workload, design)


def timed(pipeline, images=1):
    """Both models, which agree."""
    pixels = synthetic_images(pipeline.workload.network, images, 0)
    timing, _ = simulate(pipeline, pixels)
    played = run(pipeline, images)
    np.testing.assert_array_equal(timing.starts, played.starts)
    np.testing.assert_array_equal(timing.ends, played.ends)
    np.testing.assert_array_equal(timing.highest, played.highest)
    assert timing.deadlock == played.deadlock
    return {
        engine.name: (int(timing.starts[n, -1]), int(timing.ends[n, -1]))
        for n, engine in enumerate(pipeline.engines)
    }


def one_dense(**rest):
    """4 inputs, 6 filters: PE 2, SIMD 1, so 3 folds of 4 steps; DSP lanes, raw output."""
    return pipeline_of([dense(6, name="d")], {"d": (2, 1)}, **rest)


def test_a_dense_layer_by_hand():
    # Words leave memory in cycles 0 to 3 and are written 8 later; the engine reads them from 9 on,
    # makes 12 steps to 20, and its latency is 2 read + 3 DSP + 0 tree + 1 accumulate: the last
    # word is written in 26. It is read in 27; a word of 64 bits takes one cycle, and 8 to memory.
    times = timed(one_dense())
    assert times == {"load": (0, 12), "d": (9, 27), "store": (19, 36)}


def test_a_rigid_pipeline_gives_its_words_with_later_steps():
    # The engine starts alike: behind the load, whose pipeline nothing holds. The word of step 3
    # leaves with step 9, and so on: nothing differs as long as nothing waits.
    times = timed(one_dense(pipelines="rigid"))
    assert times == {"load": (0, 12), "d": (9, 27), "store": (19, 36)}
    # Image 1 starts behind image 0 at once.
    assert timed(one_dense(pipelines="rigid"), 2)["d"] == (21, 39)


@pytest.mark.parametrize(("depth", "steps"), [(1, 2), (2, 1), (3, 1)])
def test_a_fifo_of_one_word_passes_a_word_every_second_cycle(depth: int, steps: int):
    # A fork without latency writes 16 words, as fast as its FIFO lets it.
    layers = [
        {"name": "sum", "operator": "add", "inputs": ["input", "input"]},
    ]
    fifos = {"sum.0": depth, "sum.1": depth}
    pipeline = pipeline_of(layers, {"sum": (1, 1)}, image=(16, 1, 1), fifos=fifos)
    begun, ended = timed(pipeline)["input.fork"]
    assert ended - begun == 15 * steps + 1


def test_serial_lanes_take_a_pass_for_each_term_and_none_for_pruned_filters():
    # Sorted: (2, 2), (1, 1), (0, 0) on PE 2: 2 x 4 + 1 x 4 + 1 steps; the first dense layer may
    # permute because another one reads it.
    layers = [dense(6, name="d", activation="relu"), dense(3, name="e")]
    terms = {"d": [0, 2, 1, 0, 2, 1]}
    folding = {"d": (2, 1), "e": (3, 6)}
    made = pipeline_of(layers, folding, scheme="flightnn", k=terms)
    assert made.engine("d").program.image_steps == 8 + 4 + 1
    assert made.engine("d").plan.order.tolist() == [1, 4, 2, 5, 0, 3]
    kept = lay_out(made.workload, made.design, sorts=False)
    # (0, 2), (1, 0), (2, 1).
    assert kept.engine("d").program.image_steps == 8 + 4 + 8


def test_filters_that_others_need_in_order_stay_in_order():
    # A sum has both sides in one order, an output is stored as it is.
    layers = [
        dense(4, name="d", activation="relu"),
        {"name": "sum", "operator": "add", "inputs": ["d", "d"]},
        dense(3, name="e"),
    ]
    made = pipeline_of(layers, {"d": (1, 1), "e": (3, 4)}, scheme="flightnn", k={"d": [0, 2, 1, 0]})
    assert made.engine("d").plan.order.tolist() == [0, 1, 2, 3]


def test_the_window_holds_the_kernels_rows_and_the_stride():
    layers = [{"name": "c", "operator": "conv2d", "filters": 2, "kernel": 3, "padding": 1}]
    made = pipeline_of(layers, {"c": (1, 2)}, image=(4, 6, 5))
    lines = next(fifo for fifo in made.fifos if fifo.lines)
    # 3 + 1 rows of 5 pixels of 2 words; 30 positions of 9 taps of 2 words; 2 folds of each.
    assert (lines.depth, lines.words) == (4 * 5 * 2, 6 * 5 * 2)
    assert made.engine("c.window").program.image_steps == 30 * 9 * 2
    assert made.engine("c").program.image_steps == 30 * 9 * 2 * 2
    times = timed(made, 3)
    assert times["c.fill"][0] < times["c.window"][1]


def residual(depth: int):
    """A branch of a dense layer beside a branch of nothing, over 8 pixels."""
    layers = [
        {"name": "c", "operator": "conv2d", "filters": 4, "kernel": 3, "padding": 1},
        {"name": "sum", "operator": "add", "inputs": ["c", "input"]},
    ]
    fifos = {"sum.0": 2, "sum.1": depth}
    return pipeline_of(layers, {"c": (4, 4), "sum": (4, 1)}, image=(4, 4, 4), fifos=fifos)


def test_a_branch_that_is_too_shallow_is_a_deadlock_with_its_cycle():
    pipeline = residual(3)
    pixels = synthetic_images(pipeline.workload.network, 1, 0)
    timing, values = simulate(pipeline, pixels)
    assert values == {}
    assert timing.deadlock == run(pipeline, 1).deadlock
    assert timing.deadlock is not None
    assert timing.deadlock.waiting["input.fork"] == "room in 'sum.1'"
    assert timing.deadlock.waiting["sum"] == "a word of 'sum.0'"
    with pytest.raises(InputError) as told:
        check_alive(timing, pipeline)
    assert "deadlock after cycle" in str(told.value)
    assert "a deeper FIFO, of 'sum.1' (now 3)" in str(told.value)
    assert steady_state(pipeline) is None


def test_a_deep_branch_flows():
    steady = steady_state(residual(40))
    assert steady is not None
    # 16 positions of 9 taps.
    assert steady.interval == 144


def test_the_steady_interval_is_that_of_every_later_image():
    for depth in (12, 14, 20, 40):
        pipeline = residual(depth)
        steady = steady_state(pipeline)
        assert steady is not None
        done = run(pipeline, 60).done(pipeline)
        later = done[30 + steady.period :] - done[30 : -steady.period]
        assert set(later.tolist()) == {int(steady.interval * steady.period)}


def test_the_depth_of_an_engine_can_be_said():
    assert timed(one_dense(depth=0))["d"] == (9, 21)
    assert timed(one_dense(depth=9))["d"] == (9, 30)


@pytest.mark.parametrize(
    ("folding", "said"),
    [
        ({"d": (4, 1)}, "layer 'd': pe is 4; accepted: 1, 2, 3, 6"),
        ({"d": (2, 3)}, "layer 'd': simd is 3; accepted: 1, 2, 4"),
        ({"x": (2, 1)}, "paper, layers: unknown layer 'x'; known: d"),
    ],
)
def test_what_is_refused_is_answered_with_what_is_legal(folding, said: str):
    with pytest.raises(InputError, match=f"^{said}"):
        pipeline_of([dense(6, name="d")], folding)


def test_a_fifo_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="fifos: unknown FIFO 'stor'; did you mean 'store'"):
        one_dense(fifos={"stor": 3})
    with pytest.raises(InputError, match=r"has no folding; state \[layers.d\]"):
        made = one_dense()
        lay_out(made.workload, replace(made.design, layers={}))
