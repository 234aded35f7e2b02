"""Depths of FIFOs: enough loses nothing, and of the least no word can be spared."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from lightsim.streaming.sizing.depths import enough, free_to_choose, with_depths
from lightsim.streaming.sizing.least import least_depths
from lightsim.streaming.timeline.steady import least_interval, steady_state
from tests.quantisation.networks import dense
from tests.streaming.pipelines import random_case
from tests.streaming.test_paper import pipeline_of, residual


@pytest.mark.parametrize("seed", range(12))
def test_depths_that_are_enough_reach_the_slowest_engine(seed: int):
    pipeline = random_case(seed, "fixed4").pipeline
    free = replace(pipeline, design=replace(pipeline.design, pipelines="free"))
    steady = steady_state(with_depths(free, enough(free)))
    assert steady is not None
    # A line buffer may be what holds an engine back: endless FIFOs would not help.
    endless = {f.name: 8 * f.words for f in free.fifos if not f.lines}
    best = steady_state(with_depths(free, endless))
    assert best is not None and least_interval(free) <= steady.interval == best.interval


def test_of_the_least_depths_no_word_can_be_spared():
    pipeline = residual(40)
    sizing = least_depths(pipeline)
    assert sizing.interval == 144
    assert steady_state(with_depths(pipeline, sizing.depths)).interval == 144
    assert set(sizing.lost) == {name for name, depth in sizing.depths.items() if depth > 1}
    for name, found in sizing.lost.items():
        less = with_depths(pipeline, {**sizing.depths, name: sizing.depths[name] - 1})
        steady = steady_state(less)
        assert (None if steady is None else steady.interval) == found
        assert found is None or found > 144
    # The branch beside the convolution must hold what the window waits for: a word less and
    # the fork never gives the window's last row.
    assert sizing.depths["sum.1"] > 4


def test_depths_that_keep_it_alive_are_no_deeper():
    pipeline = residual(40)
    fast, alive = least_depths(pipeline, "fast"), least_depths(pipeline, "alive")
    assert sum(alive.depths.values()) < sum(fast.depths.values())
    assert alive.interval >= fast.interval
    assert alive.depths["sum.1"] > 1
    assert alive.lost["sum.1"] is None


def test_every_combination_below_the_least_depths_loses():
    layers = [dense(6, name="d", activation="relu"), dense(4, name="e")]
    pipeline = pipeline_of(layers, {"d": (1, 2), "e": (1, 3)}, image=(4, 1, 1))
    sizing = least_depths(pipeline)
    names = free_to_choose(pipeline)
    assert sizing.interval == least_interval(pipeline) == 12
    for depths in product(*(range(1, sizing.depths[name] + 1) for name in names)):
        chosen = dict(zip(names, depths, strict=True))
        steady = steady_state(with_depths(pipeline, chosen))
        kept = steady is not None and steady.interval == 12
        assert kept == (chosen == sizing.depths)
