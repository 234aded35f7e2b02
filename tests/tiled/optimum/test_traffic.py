"""Fewest words of all tilings: never more than a mapping moves, and what the best of them moves."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.optimum.passes import network_words, pass_tilings
from lightsim.tiled.timeline.model import run
from tests.tiled.simulation.test_properties import random_case


def check(seed: int, scheme: str) -> bool:
    """The traffic of a random mapping against the fewest words; whether these say more than the
    bound that knows no buffers."""
    case = random_case(seed, scheme)
    acc, images = case.accelerator, case.program.images
    words = network_words(pass_tilings(case.workload, acc, images), acc, images)
    assert words is not None
    assert words * acc.word_bytes <= run([case.program]).traffic_bytes
    bound = NetworkBound(case.workload, acc).activity(Axes.of([acc], images))
    return words * acc.word_bytes > bound.events["dram_byte"][0]


@pytest.mark.parametrize("scheme", ["flightnn", "fixed8", "binary"])
def test_no_mapping_moves_fewer_words(scheme: str):
    closer = [check(seed, scheme) for seed in range(30_000, 30_012)]
    assert any(closer)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_no_mapping_moves_fewer_words_among_hundreds(scheme: str):
    for seed in range(40_000, 40_300):
        check(seed, scheme)
