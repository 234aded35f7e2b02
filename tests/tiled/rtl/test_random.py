"""The RTL and the simulation on random machines, networks, mappings and k: same bits and cycles."""

from __future__ import annotations

import pytest

from lightsim.numerics.formats.scheme import SCHEMES
from lightsim.tiled.rtl.comparison.verify import verify_programs
from lightsim.tiled.rtl.program.limits import check_programs
from tests.tiled.rtl.families import MEMBERS, family_verdicts
from tests.tiled.simulation.cases import random_case

# Families in the default suite and in all, for every scheme: 30 and 300 cases.
QUICK, ALL = 1, 10

# Cases that once differed, or that reach a rule which few others do: numbers of `random_case`.
FIXED = [
    ("binary", 0),  # a tile that reads nothing but padding; XNOR beside spatial rows
    ("fixed8", 0),  # the last tile of a pooling, with the next layer's descriptor in hand
    ("binary", 3),
    ("flightnn", 3),
]


def assert_all_equal(verdicts):
    for number, verdict in enumerate(verdicts):
        assert verdict.equal, (number, verdict.lines())
        assert verdict.values_compared > 0


@pytest.mark.parametrize("seed", range(QUICK))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_random_families(scheme, seed, tmp_path):
    assert_all_equal(family_verdicts(scheme, seed, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(QUICK, ALL))
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_more_random_families(scheme, seed, tmp_path):
    assert_all_equal(family_verdicts(scheme, seed, tmp_path))


def test_there_are_as_many_cases_as_asked_for():
    assert QUICK * len(SCHEMES) * MEMBERS >= 25
    assert ALL * len(SCHEMES) * MEMBERS >= 300


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "seed"), FIXED)
def test_fixed_cases(scheme, seed, tmp_path):
    case = random_case(seed, scheme)
    programs = [case.program] * len(case.batches)
    check_programs(programs)
    assert_all_equal([verify_programs(programs, case.batches, tmp_path)])
