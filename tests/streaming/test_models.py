"""Random pipelines: the simulation and the timeline agree by ==, and the bits are right."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from tests.streaming.pipelines import check_equal, random_case

FEW, MANY = 12, 100


@pytest.mark.parametrize("seed", range(FEW))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_both_models_agree(scheme: str, seed: int):
    check_equal(random_case(seed, scheme))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(FEW, MANY))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_both_models_agree_on_many(scheme: str, seed: int):
    check_equal(random_case(seed, scheme))


def test_deadlocks_are_among_the_cases():
    dead = [
        seed for seed in range(40) if check_equal(random_case(seed, "fixed8")).deadlock is not None
    ]
    assert 2 <= len(dead) <= 30
