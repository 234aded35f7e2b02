"""Operators of the field on random machines: right bits, two equal models, bounds that hold."""

from __future__ import annotations

import itertools
from functools import partial
from random import Random

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.quantisation.inference.infer import infer
from lightsim.quantisation.synthetic.workload import synthetic_images, synthetic_workload
from tests.quantisation.naive import naive_network
from tests.tiled.operators.field import BLOCKS, field_network
from tests.tiled.simulation.test_joins import check


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_each_operator(scheme, block):
    for seed in range(4):
        check(seed, scheme, partial(field_network, blocks=(block,)))


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_operators_together(scheme):
    for seed in range(50, 55):
        check(seed, scheme, field_network)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_hundreds_of_operators_together(scheme):
    for seed in range(100, 400):
        check(seed, scheme, field_network)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(
    ("scheme", "accumulation"),
    [*itertools.product(sorted(SCHEMES), ["exact"]), ("lightnn2", "truncate"),
     ("flightnn", "truncate"), ("lightnn1", "truncate")],
)  # fmt: skip
def test_whole_layers_are_what_plain_integers_say(scheme, accumulation, block):
    for seed in range(2):
        dice = Random(f"{scheme} {block} {seed}")
        own = field_network(dice, scheme, 8, (block,))
        workload = synthetic_workload(own, SCHEMES[scheme], seed)
        images = synthetic_images(own, 1, seed)
        rules = {"overflow": "wrap", "accumulation": accumulation}
        found = infer(workload, images, keep="all", **rules)
        for name, values in naive_network(workload, images, **rules).items():
            assert found[name].tolist() == values, (seed, name)
