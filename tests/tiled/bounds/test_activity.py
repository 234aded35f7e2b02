"""Activity on random machines, networks and mappings: never fewer events than the bound."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.bounds import Axes, NetworkBound
from lightsim.tiled.timeline.model import run
from tests.tiled.simulation.test_properties import random_case

PRODUCTS = ("shift_add_term", "multiply_8", "multiply_4", "xnor_bit")


def check(seed, scheme):
    """Every count of a random mapping against its bound; products against the cheapest rows."""
    case = random_case(seed, scheme)
    counted: dict[str, int] = {}
    for layer in run([case.program]).layers:
        for name, count in layer.events.items():
            counted[name] = counted.get(name, 0) + count
    bound = NetworkBound(case.workload, case.accelerator)
    found = bound.activity(Axes.of([case.accelerator], case.program.images))
    for name, least in found.events.items():
        assert least[0] <= counted.get(name, 0), name
    assert found.events["requantise"][0] == counted.get("requantise", 0)
    assert found.events["pool_op"][0] == counted.get("pool_op", 0)
    kinds = {group.pe for group in case.accelerator.array.groups}
    none, one, two = found.products[:, 0]
    none = 0 if SCHEMES[scheme].k_per_filter else none
    if all(kind.startswith("shift_add") for kind in kinds):
        assert counted.get("shift_add_term", 0) == one + 2 * two
    elif all(kind.startswith("multiply") for kind in kinds):
        products = sum(counted.get(name, 0) for name in PRODUCTS)
        assert products == none + one + two


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
@pytest.mark.parametrize("block", range(4))
def test_no_mapping_does_less_than_the_bound(scheme, block):
    for seed in range(10_000 + 10 * block, 10_010 + 10 * block):
        check(seed, scheme)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_no_mapping_does_less_than_the_bound_among_thousands(scheme):
    for seed in range(20_000, 20_500):
        check(seed, scheme)
